//! The command line of `simulate`.

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, fs, io};

use super::{Findings, Simulation, UnknownSimulation};

/// What a command line asks for.
#[derive(Clone)]
pub enum Asked {
    /// The table of flags.
    Help,
    /// The scenarios.
    List,
    /// A run.
    Run(Job),
}

/// A run that was asked for.
#[derive(Clone)]
pub struct Job {
    simulation: Simulation,
    seed: u64,
    out: Option<PathBuf>,
}

/// A command line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageError {
    /// There is no such flag.
    UnknownFlag(String),
    /// The flag stands without its value.
    NoValue(&'static str),
    /// A seed is a whole number.
    Seed(String),
    /// No scenario was named.
    NoScenario,
    /// There is no such scenario.
    Scenario(UnknownSimulation),
}

/// The table of flags.
pub const HELP: &str = "\
Runs a policy in virtual time, prints what it found and draws its course.

usage: cargo run --release -p profiling --bin simulate -- --scenario NAME [flags]

  --scenario NAME   what to simulate
  --seed N          what all randomness is a function of (42)
  --out FILE        where the plot goes, as SVG (nowhere)
  --list            the scenarios
  --help            this table";

const FLAGS: [&str; 3] = ["--scenario", "--seed", "--out"];

/// Reads a command line, the program's name left out.
///
/// # Errors
/// [`UsageError`], for the first word that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Asked, UsageError> {
    let (mut name, mut seed, mut out) = (None, 42, None);
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
            "--scenario" => name = Some(value),
            "--out" => out = Some(PathBuf::from(value)),
            _ => seed = value.parse().map_err(|_| UsageError::Seed(value))?,
        }
    }
    let name = name.ok_or(UsageError::NoScenario)?;
    let simulation = Simulation::named(&name).map_err(UsageError::Scenario)?;
    Ok(Asked::Run(Job {
        simulation,
        seed,
        out,
    }))
}

// === impl Job ===

impl Job {
    /// Runs it, and writes the plot where it was asked for.
    ///
    /// # Errors
    /// A policy refused its settings; the file cannot be written, with its path.
    pub fn run(&self) -> Result<Findings, Box<dyn Error>> {
        let findings = self.simulation.run(self.seed)?;
        if let Some(path) = &self.out {
            fs::write(path, findings.plot.svg()).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?;
        }
        Ok(findings)
    }
}

// === impl UsageError ===

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFlag(word) => write!(f, "unknown flag `{word}`"),
            Self::NoValue(flag) => write!(f, "`{flag}` needs a value"),
            Self::Seed(value) => write!(f, "`--seed {value}`: it takes a whole number"),
            Self::NoScenario => f.write_str("no `--scenario`"),
            Self::Scenario(error) => error.fmt(f),
        }
    }
}

impl Error for UsageError {}
