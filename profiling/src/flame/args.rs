//! The command line of `flame`.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use ninelives::ConfigError;
use ninelives::flamegraph::Sampling;

use super::{Job, Until};
use crate::scenario::{Scenario, UnknownScenario};

/// What a command line asks for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The table of flags.
    Help,
    /// The scenarios.
    List,
    /// A graph.
    Graph(Job),
}

/// A command line that cannot be understood.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum UsageError {
    /// There is no such flag.
    UnknownFlag(String),
    /// The flag stands without its value.
    NoValue(&'static str),
    /// The value of a flag is not what it takes.
    BadValue {
        /// The flag.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What it takes.
        takes: &'static str,
    },
    /// There is no such scenario.
    Scenario(UnknownScenario),
    /// The sampler does not take this rate.
    Rate(ConfigError),
    /// Seconds and samples were both given.
    TwoEnds,
}

/// The table of flags.
pub const HELP: &str = "\
Draws where the processor time of a scenario goes.

usage: cargo run --release -p profiling --features flamegraph --bin flame -- [flags]

  --scenario NAME   what to look at (full-stack)
  --seconds N       how long, 0.1 to 3600 (5)
  --samples N       or until there are so many samples, 1 to 1000000
  --out FILE        where the graph goes (flame.svg)
  --folded FILE     where the folded stacks go, one line each (nowhere)
  --rate N          samples for each second of processor time, 1 to 1000 (997)
  --threads N       threads of the scenarios that have several, 1 to 64 (one for each processor)
  --seed N          what all randomness is a function of (42)
  --list            the scenarios
  --help            this table";

const FLAGS: [&str; 8] = [
    "--scenario",
    "--seconds",
    "--samples",
    "--out",
    "--folded",
    "--rate",
    "--threads",
    "--seed",
];

/// Reads a command line, the program's name left out.
///
/// # Errors
/// [`UsageError`], for the first word that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Asked, UsageError> {
    let mut name = "full-stack".to_owned();
    let (mut seconds, mut samples) = (None, None);
    let (mut out, mut folded) = (PathBuf::from("flame.svg"), None);
    let (mut rate, mut seed) = (997, 42);
    let mut threads = available_parallelism().map_or(2, usize::from).min(64);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Asked::Help),
            "--list" => return Ok(Asked::List),
            _ => {}
        }
        let Some(flag) = FLAGS.into_iter().find(|flag| *flag == word) else {
            return Err(UsageError::UnknownFlag(word));
        };
        let value = words.next().ok_or(UsageError::NoValue(flag))?;
        match flag {
            "--scenario" => name = value,
            "--seconds" => {
                let takes = "a number from 0.1 to 3600";
                seconds = Some(read(flag, &value, takes, |n: &f64| {
                    (0.1..=3600.0).contains(n)
                })?);
            }
            "--samples" => {
                let takes = "a whole number from 1 to 1000000";
                samples = Some(read(flag, &value, takes, |n| (1..=1_000_000).contains(n))?);
            }
            "--out" => out = PathBuf::from(value),
            "--folded" => folded = Some(PathBuf::from(value)),
            "--rate" => rate = read(flag, &value, "a whole number", |_| true)?,
            "--threads" => {
                let takes = "a whole number from 1 to 64";
                threads = read(flag, &value, takes, |n| (1..=64).contains(n))?;
            }
            _ => seed = read(flag, &value, "a whole number", |_| true)?,
        }
    }
    let until = match (seconds, samples) {
        (Some(_), Some(_)) => return Err(UsageError::TwoEnds),
        (None, Some(samples)) => Until::Samples(samples),
        (seconds, None) => Until::Passed(Duration::from_secs_f64(seconds.unwrap_or(5.0))),
    };
    Ok(Asked::Graph(Job {
        scenario: Scenario::named(&name).map_err(UsageError::Scenario)?,
        until,
        out,
        folded,
        sampling: Sampling::new().with_rate(rate).map_err(UsageError::Rate)?,
        seed,
        threads,
    }))
}

fn read<T: FromStr>(
    flag: &'static str,
    value: &str,
    takes: &'static str,
    fits: impl Fn(&T) -> bool,
) -> Result<T, UsageError> {
    let bad = || UsageError::BadValue {
        flag,
        value: value.to_owned(),
        takes,
    };
    value.parse().ok().filter(fits).ok_or_else(bad)
}

// === impl UsageError ===

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFlag(word) => write!(f, "unknown flag `{word}`"),
            Self::NoValue(flag) => write!(f, "`{flag}` needs a value"),
            Self::BadValue { flag, value, takes } => {
                write!(f, "`{flag} {value}`: it takes {takes}")
            }
            Self::Scenario(error) => error.fmt(f),
            Self::Rate(error) => error.fmt(f),
            Self::TwoEnds => f.write_str("`--seconds` and `--samples`: a run has one end"),
        }
    }
}

impl Error for UsageError {}
