//! Budgets against counts.

use std::fmt::Write;

use super::budgets::Budget;
use super::counts::Count;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    id: String,
    max: Option<i64>,
    measured: Result<i64, String>,
}

/// Where the layers' benchmarks are.
const LAYERS: &str = "instructions::layers::";
/// The case of a layer that has a sink.
const HEARD: &str = "::heard";

// === impl Row ===

impl Row {
    /// What is wrong with the row, naming it; none when it is within its budget.
    pub fn complaint(&self) -> Option<String> {
        match (&self.measured, self.max) {
            (Err(error), _) => Some(format!("{}: {error}", self.id)),
            (Ok(measured), Some(max)) if *measured > max => Some(format!(
                "{}: {measured} instructions, budget {max}",
                self.id
            )),
            (Ok(_), _) => None,
        }
    }
}

/// A row for each budget, then one for each benchmark that no budget names.
pub fn judge(budgets: &[Budget], counts: &[Count]) -> Vec<Row> {
    let mut named: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for budget in budgets {
        let found = find(counts, &budget.id);
        let base = budget
            .baseline
            .as_deref()
            .map(|id| find(counts, id).map_err(|error| format!("baseline {error}")));
        named.extend(
            [
                found.as_ref().ok(),
                base.as_ref().and_then(|base| base.as_ref().ok()),
            ]
            .into_iter()
            .flatten()
            .map(|count| count.id.as_str()),
        );
        let measured = match (found, base.transpose()) {
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(count), Ok(base)) => {
                Ok(count.instructions - base.map_or(0, |base| base.instructions))
            }
        };
        rows.push(Row {
            id: budget.id.clone(),
            max: Some(budget.max),
            measured,
        });
    }
    for count in counts
        .iter()
        .filter(|count| !named.contains(&count.id.as_str()))
    {
        let measured = nonzero(count).map(|count| count.instructions);
        rows.push(Row {
            id: count.id.clone(),
            max: None,
            measured,
        });
    }
    rows
}

/// A row for each layer of `counts` that has no sink: it may take no more instructions than in `untold`, a build without telemetry.
pub fn no_dearer(counts: &[Count], untold: &[Count]) -> Vec<Row> {
    let layers = counts
        .iter()
        .filter(|count| count.id.starts_with(LAYERS) && !count.id.ends_with(HEARD));
    let row = |count: &Count| {
        let without = untold.iter().find(|other| other.id == count.id);
        Row {
            id: format!("{} untold", &count.id[LAYERS.len()..]),
            max: without.map(|other| other.instructions),
            measured: match without {
                Some(_) => Ok(count.instructions),
                None => Err("the build without telemetry has no such benchmark".to_string()),
            },
        }
    };
    layers.map(row).collect()
}

/// The table, for reading.
pub fn table(rows: &[Row]) -> String {
    let width = rows
        .iter()
        .map(|row| row.id.len())
        .max()
        .unwrap_or_default()
        .max(9);
    let mut text = format!(
        "\n{:<width$} {:>8} {:>9}  verdict\n",
        "benchmark", "budget", "measured"
    );
    for row in rows {
        let max = row
            .max
            .map_or_else(|| "-".to_string(), |max| max.to_string());
        let measured = row
            .measured
            .as_ref()
            .map_or_else(|_| "-".to_string(), i64::to_string);
        let verdict = match (row.complaint(), row.max) {
            (Some(_), _) => "FAILED",
            (None, Some(_)) => "within",
            (None, None) => "no budget",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<width$} {max:>8} {measured:>9}  {verdict}", row.id);
    }
    text
}

/// The one count that this id means.
fn find<'a>(counts: &'a [Count], id: &str) -> Result<&'a Count, String> {
    let wanted = id.replace([' ', '/'], "::");
    let tail = format!("::{wanted}");
    let exact = counts.iter().find(|count| count.id == wanted);
    let ending: Vec<&Count> = counts
        .iter()
        .filter(|count| count.id.ends_with(&tail))
        .collect();
    match (exact, ending.as_slice()) {
        (Some(count), _) => nonzero(count),
        (None, [count]) => nonzero(count),
        (None, []) => Err(format!("`{id}` was not measured")),
        (None, several) => {
            let ids: Vec<&str> = several.iter().map(|count| count.id.as_str()).collect();
            Err(format!("`{id}` is ambiguous: {}", ids.join(", ")))
        }
    }
}

/// A count of zero means that nothing was measured: no benchmark runs in no instructions.
fn nonzero(count: &Count) -> Result<&Count, String> {
    if count.instructions > 0 {
        Ok(count)
    } else {
        Err(format!("`{}` counted no instructions", count.id))
    }
}
