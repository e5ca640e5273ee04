//! `benches/budgets.toml`: a table for each budgeted benchmark.
//!
//! ```toml
//! [timeout_ready]       # a benchmark, by its id
//! baseline = "bare"     # what it is compared with, measured in the same run; without it the count stands alone
//! max = 10              # instructions it may take above the baseline
//! ```
//!
//! An id is the path that the runner prints, `instructions::layers::timeout::ready` for the case `ready` of the
//! function `timeout`, or as much of its end as is unambiguous. A space or a `/` may stand for `::`.

/// One row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The benchmark.
    pub id: String,
    /// The benchmark whose count is taken off.
    pub baseline: Option<String>,
    /// Instructions that may remain.
    pub max: i64,
}

/// Reads the page; the error names the row and the field.
pub fn parse(text: &str) -> Result<Vec<Budget>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
    if table.is_empty() {
        return Err("it has no rows".to_string());
    }
    table
        .iter()
        .map(|(id, row)| budget(id, row).map_err(|error| format!("row `{id}`: {error}")))
        .collect()
}

fn budget(id: &str, row: &toml::Value) -> Result<Budget, String> {
    let row = row
        .as_table()
        .ok_or("not a table of `baseline` and `max`")?;
    if let Some(unknown) = row.keys().find(|key| *key != "baseline" && *key != "max") {
        return Err(format!("unknown field `{unknown}`"));
    }
    let max = row
        .get("max")
        .and_then(toml::Value::as_integer)
        .ok_or("`max` is not a whole number")?;
    let baseline = match row.get("baseline") {
        None => None,
        Some(value) => Some(
            value
                .as_str()
                .ok_or("`baseline` is not the id of a benchmark")?
                .to_string(),
        ),
    };
    Ok(Budget {
        id: id.to_string(),
        baseline,
        max,
    })
}
