//! What ran, what failed, what was skipped and why.

use std::fmt;
use std::time::Duration;

use crate::outcome::Outcome;

/// One step of the run.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: &'static str,
    /// Its answer; none when an earlier failure ended the run.
    pub outcome: Option<Outcome>,
    /// Wall time.
    pub took: Duration,
}

/// The run so far; displayed as a table with a closing line of counts.
#[derive(Clone, Debug)]
pub struct Report {
    lines: Vec<Line>,
    strict: bool,
}

// === impl Line ===

impl Line {
    /// The answer in a word or two.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Some(Outcome::Passed) => "passed",
            Some(Outcome::FellBack(_)) => "fell back",
            Some(Outcome::Skipped { .. }) => "SKIPPED",
            Some(Outcome::Failed(_)) => "FAILED",
            None => "not run",
        }
    }

    fn note(&self) -> String {
        match &self.outcome {
            Some(Outcome::Passed) => String::new(),
            Some(Outcome::Skipped {
                why,
                optional: true,
            }) => format!("{why} (optional)"),
            Some(Outcome::FellBack(why) | Outcome::Failed(why) | Outcome::Skipped { why, .. }) => {
                why.clone()
            }
            None => "an earlier step failed".to_string(),
        }
    }
}

// === impl Report ===

impl Report {
    /// An empty report of a strict or a lenient run.
    pub fn new(strict: bool) -> Self {
        Self {
            lines: Vec::new(),
            strict,
        }
    }

    /// Adds a step.
    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Whether the run may be called a success.
    pub fn is_green(&self) -> bool {
        self.lines.iter().all(|line| {
            line.outcome
                .as_ref()
                .is_some_and(|outcome| outcome.is_green(self.strict))
        })
    }

    fn count(&self, words: &[&str]) -> usize {
        self.lines
            .iter()
            .filter(|line| words.contains(&line.word()))
            .count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<14} {:<10} {:>9}  note", "step", "result", "time")?;
        for line in &self.lines {
            let row = format!(
                "{:<14} {:<10} {:>7.1} s  {}",
                line.name,
                line.word(),
                line.took.as_secs_f64(),
                line.note()
            );
            writeln!(f, "{}", row.trim_end())?;
        }
        let missing = |line: &&Line| {
            matches!(
                line.outcome,
                Some(Outcome::Skipped {
                    optional: false,
                    ..
                })
            )
        };
        if self.strict && self.lines.iter().any(|line| missing(&line)) {
            writeln!(
                f,
                "CI=true: a skipped step that is not optional fails the run"
            )?;
        }
        let (passed, failed) = (
            self.count(&["passed", "fell back"]),
            self.count(&["FAILED"]),
        );
        writeln!(
            f,
            "{passed} passed, {failed} failed, {} skipped",
            self.lines.len() - passed - failed
        )
    }
}
