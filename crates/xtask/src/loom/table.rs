//! The table of `loom-tests/README.md`: what each model is about, and how many executions it takes.
//!
//! ```text
//! | `breaker::l01_…` | L01 | law | actors | bound | executions | with touches | mutants |
//! ```

use std::collections::BTreeSet;

use super::executions::Executions;
use super::mutants::Mutant;

/// What a row says that can be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The file and the test.
    pub model: String,
    /// Executions of a plain run.
    pub plain: u64,
    /// Executions of a run that touches.
    pub touched: u64,
    /// What it kills.
    pub mutants: BTreeSet<String>,
}

/// Where it is.
pub const PAGE: &str = "loom-tests/README.md";

const CELLS: usize = 8;

/// In the place of a number: the model does not run in this way. In the place of mutants: it has none.
const NOT_RUN: &str = "—";

/// Reads the rows; the error names the row.
pub fn parse(text: &str) -> Result<Vec<Row>, String> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| row(line).map_err(|error| format!("{error}: {line}")))
        .collect()
}

fn row(line: &str) -> Result<Row, String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
    if cells.len() != CELLS {
        return Err(format!("{} cells, not {CELLS}", cells.len()));
    }
    let number = |cell: &str| {
        if cell == NOT_RUN {
            return Ok(0);
        }
        let digits = cell.replace(' ', "");
        digits
            .parse()
            .map_err(|_| format!("`{cell}` is no number of executions"))
    };
    let names = cells[7].split(',').map(bare);
    let names = names.filter(|name| !name.is_empty() && name != NOT_RUN);
    Ok(Row {
        model: bare(cells[0]),
        plain: number(cells[5])?,
        touched: number(cells[6])?,
        mutants: names.collect(),
    })
}

fn bare(cell: &str) -> String {
    cell.trim().trim_matches('`').to_string()
}

/// What is wrong between the table and a run: models that one of them does not have, and models that took less than half of the
/// executions that are written down.
pub fn complaints(rows: &[Row], ran: &Executions, written: fn(&Row) -> u64) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in rows {
        match ran.get(&row.model) {
            None if written(row) == 0 => {}
            None => wrong.push(format!("{} is in the table and did not run", row.model)),
            Some(took) if took * 2 < written(row) => wrong.push(format!(
                "{}: {took} executions, and the table says {}",
                row.model,
                written(row)
            )),
            Some(_) => {}
        }
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
    let missing = ran.keys().filter(|model| !known.contains(model.as_str()));
    wrong.extend(missing.map(|model| format!("{model} is not in the table")));
    wrong
}

/// What is wrong between the table and the list of mutants: rows that name others than the list has for their model.
pub fn killers(rows: &[Row], mutants: &[Mutant]) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in rows {
        let of_row = mutants.iter().filter(|one| one.models.contains(&row.model));
        let listed: BTreeSet<String> = of_row.map(|mutant| mutant.name.clone()).collect();
        if listed != row.mutants {
            let listed = listed.into_iter().collect::<Vec<_>>().join(", ");
            wrong.push(format!("{}: its mutants are {listed}", row.model));
        }
    }
    let known: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
    for mutant in mutants {
        let strange = mutant
            .models
            .iter()
            .filter(|model| !known.contains(model.as_str()));
        wrong.extend(strange.map(|model| format!("{}: {model} is not in the table", mutant.name)));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::mutants;
    use super::*;

    const TEXT: &str = "# T\n| model | x |\n|---|---|\n| `a::b` | L01 | law | 2 | 2 | 100 | 50 | `m`, `n` |\n\
         | `a::c` | — | law | 2 | 1 / — | 7 | — | — |\n";

    fn ran(executions: &[(&str, u64)]) -> Executions {
        let all = executions.iter();
        all.map(|(model, took)| ((*model).to_string(), *took))
            .collect()
    }

    #[test]
    fn rows_are_read_and_a_broken_one_is_shown() {
        let rows = parse(TEXT).unwrap();
        assert_eq!(
            (rows[0].plain, rows[0].touched, rows[0].mutants.len()),
            (100, 50, 2)
        );
        assert_eq!(
            (rows[1].plain, rows[1].touched, rows[1].mutants.len()),
            (7, 0, 0)
        );
        assert!(parse("| `a::b` | L01 |\n").unwrap_err().contains("2 cells"));
    }

    #[test]
    fn a_model_that_takes_less_than_half_is_named() {
        let rows = parse(TEXT).unwrap();
        let half = ran(&[("a::b", 50), ("a::c", 7)]);
        assert!(complaints(&rows, &half, |row| row.plain).is_empty());
        let less = ran(&[("a::b", 49), ("a::c", 7)]);
        let wrong = complaints(&rows, &less, |row| row.plain);
        assert_eq!(wrong, ["a::b: 49 executions, and the table says 100"]);
    }

    #[test]
    fn a_model_on_one_side_only_is_named() {
        let rows = parse(TEXT).unwrap();
        let touched = ran(&[("a::b", 50)]);
        assert!(complaints(&rows, &touched, |row| row.touched).is_empty());
        let wrong = complaints(&rows, &ran(&[("a::b", 100), ("a::d", 1)]), |row| row.plain);
        let expected = [
            "a::c is in the table and did not run",
            "a::d is not in the table",
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn a_row_that_names_other_mutants_than_the_list_is_named() {
        let rows = parse(TEXT).unwrap();
        let list = |models: &str| {
            let edit = "page = 'p'\nwas = 'a'\nis = 'b'";
            let one = |name| format!("[{name}]\nmodels = [{models}]\n[[{name}.edits]]\n{edit}\n");
            mutants::parse(&(one("m") + &one("n"))).unwrap()
        };
        assert!(killers(&rows, &list("'a::b'")).is_empty());
        assert_eq!(
            killers(&rows, &list("'a::b', 'a::c'")),
            ["a::c: its mutants are m, n"]
        );
        assert_eq!(killers(&rows, &list("'a::b', 'x::y'")).len(), 2);
    }
}
