//! The runner's output: for each benchmark a line with its name, then a line with its instructions.
//!
//! ```text
//! instructions::layers::timeout ready:5
//!   Instructions:                          28|28                   (No change)
//! ```

/// What one benchmark executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Its path, the case last: `instructions::layers::timeout::ready`.
    pub id: String,
    /// Instructions of this run.
    pub instructions: i64,
}

/// Reads every count; an error when there is none, or a number cannot be read.
pub fn parse(output: &str) -> Result<Vec<Count>, String> {
    let mut counts = Vec::new();
    let mut name = None;
    for line in output.lines() {
        if line.starts_with(|c: char| !c.is_whitespace()) && line.contains("::") {
            name = Some(path(line));
        } else if let Some(value) = line.trim_start().strip_prefix("Instructions:") {
            let id = name
                .take()
                .ok_or_else(|| format!("a count without a benchmark: `{}`", line.trim()))?;
            let now = value.split('|').next().unwrap_or_default().trim();
            let instructions = now
                .parse()
                .map_err(|_| format!("{id}: `{now}` is not a count"))?;
            counts.push(Count { id, instructions });
        }
    }
    if counts.is_empty() {
        Err("the benchmark printed no counts".to_string())
    } else {
        Ok(counts)
    }
}

/// `module::function case:arguments` without the arguments, the case as the last part of the path.
fn path(line: &str) -> String {
    match line.trim_end().split_once(' ') {
        None => line.trim_end().to_string(),
        Some((function, case)) => {
            format!("{function}::{}", case.split(':').next().unwrap_or_default())
        }
    }
}
