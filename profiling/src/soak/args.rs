//! The command line of `soak`.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::Job;
use super::plant::{Plant, UnknownPlant};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// The table of flags.
    Help,
    /// A run.
    Run(Job),
    /// A short run of each plant: each must be seen.
    Prove,
}

/// A command line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageError {
    /// There is no such flag.
    UnknownFlag(String),
    /// The flag stands without its value.
    NoValue(&'static str),
    /// The value is not a number in its range.
    Number {
        /// Whose.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What can be.
        range: &'static str,
    },
    /// There is no such plant.
    Plant(UnknownPlant),
}

/// The table of flags.
pub const HELP: &str = "\
Loads stacks of policies over real HTTP while everything goes wrong, and checks that every law of conservation holds.

usage: cargo run --release -p profiling --bin soak -- [flags]

  --seconds N    how long (60)
  --days N       the same in days
  --rate N       calls a second (2000)
  --seed N       what all draws come from (42)
  --epoch N      seconds between two moments of quiet (10)
  --report DIR   where report.md, report.jsonl and the pictures go (nowhere)
  --plant NAME   breaks something on purpose: the run must fail
  --plants       runs each plant for a moment, in a process of its own, and fails when one is not seen
  --help         this table

It ends with 0 when every law held, 1 when one was broken, 2 when the flags are wrong, and 4 when nothing went on for five seconds.
SIGINT and SIGTERM end it early, with the same checks.";

const FLAGS: [&str; 7] = [
    "--seconds",
    "--days",
    "--rate",
    "--seed",
    "--epoch",
    "--report",
    "--plant",
];
const DAY: f64 = 24.0 * 60.0 * 60.0;

/// Reads a command line, the program's name left out.
///
/// # Errors
/// [`UsageError`], for the first word that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Asked, UsageError> {
    let mut job = Job::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Asked::Help),
            "--plants" => return Ok(Asked::Prove),
            _ => {}
        }
        let Some(flag) = FLAGS.into_iter().find(|flag| *flag == word) else {
            return Err(UsageError::UnknownFlag(word));
        };
        let value = words.next().ok_or(UsageError::NoValue(flag))?;
        match flag {
            "--seconds" => job.length = seconds(flag, value, 1.0)?,
            "--days" => job.length = seconds(flag, value, DAY)?,
            "--epoch" => job.epoch = seconds(flag, value, 1.0)?,
            "--rate" => {
                job.rate = number(flag, value, "1 to 100000", |n: &f64| {
                    (1.0..=100_000.0).contains(n)
                })?;
            }
            "--seed" => job.seed = number(flag, value, "a whole number", |_| true)?,
            "--report" => job.report = Some(PathBuf::from(value)),
            _ => job.plant = Some(value.parse::<Plant>().map_err(UsageError::Plant)?),
        }
    }
    Ok(Asked::Run(job))
}

fn seconds(flag: &'static str, value: String, unit: f64) -> Result<Duration, UsageError> {
    let most = 1000.0 * DAY;
    let in_range = |n: &f64| (0.5..=most).contains(&(n * unit));
    let number = number(flag, value, "half a second to 1000 days", in_range)?;
    Ok(Duration::from_secs_f64(number * unit))
}

fn number<T: std::str::FromStr>(
    flag: &'static str,
    value: String,
    range: &'static str,
    in_range: impl Fn(&T) -> bool,
) -> Result<T, UsageError> {
    match value.parse() {
        Ok(number) if in_range(&number) => Ok(number),
        _ => Err(UsageError::Number { flag, value, range }),
    }
}

// === impl UsageError ===

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFlag(word) => write!(f, "unknown flag `{word}`"),
            Self::NoValue(flag) => write!(f, "`{flag}` needs a value"),
            Self::Number { flag, value, range } => write!(f, "`{flag} {value}`: it takes {range}"),
            Self::Plant(error) => error.fmt(f),
        }
    }
}

impl Error for UsageError {}
