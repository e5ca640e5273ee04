//! How many executions each model took, by what it printed.

use std::collections::BTreeMap;

/// Executions by model, `breaker::l01_…`.
pub type Executions = BTreeMap<String, u64>;

/// Adds up the lines `executions of <model>: <number>`: one for each order of spawning.
pub fn parse(text: &str) -> Result<Executions, String> {
    let mut all = Executions::new();
    for line in text.lines() {
        let Some(line) = line.strip_prefix("executions of ") else {
            continue;
        };
        let (model, number) = line
            .rsplit_once(": ")
            .and_then(|(model, number)| Some((model, number.parse::<u64>().ok()?)))
            .ok_or_else(|| format!("`{line}` is no number of executions"))?;
        *all.entry(model.to_string()).or_default() += number;
    }
    if all.is_empty() {
        return Err("no model has said how many executions it took".to_string());
    }
    Ok(all)
}

/// The two runs beside each other, for the log.
pub fn table(plain: &Executions, touched: &Executions) -> String {
    let mut text = format!("\n{:>10} {:>10}  model\n", "plain", "touched");
    for (model, executions) in plain {
        let touched = touched.get(model).copied().unwrap_or(0);
        text += &format!("{executions:>10} {touched:>10}  {model}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orders_of_a_model_are_added_up() {
        let text = "running 2 tests\nexecutions of a::b: 3\nx\nexecutions of a::b: 4\nexecutions of c::d: 1\n";
        let expected = [("a::b".to_string(), 7), ("c::d".to_string(), 1)];
        assert_eq!(parse(text), Ok(expected.into()));
    }

    #[test]
    fn a_run_that_says_nothing_is_refused() {
        assert!(parse("test result: ok\n").is_err());
        assert!(parse("executions of a::b: some\n").is_err());
    }
}
