//! The command line.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::target::{Target, TargetError};

/// What `--help` prints.
pub const HELP: &str = "\
Two identical upstreams go through one seeded storm: one behind a bare client, one behind a ninelives policy.

Usage: storm [flags]

  --seconds N      length of the run, 3 to 3600 (20)
  --rps N          requests a second on each side, 1 to 20000 (500)
  --seed N         seed of the storm (42)
  --out DIR        where report.html and report.json go (target/storm)
  --upstream URL   drive a server of your own on a loopback address through the policy, without a storm
  --quiet          no progress
  --help           this text

Exit: 0 all checks hold, 1 a conservation check failed or the run could not be done, 2 a flag was wrong.
";

/// What a run is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags {
    /// Length of the run.
    pub seconds: u32,
    /// Requests a second on each side.
    pub rps: u32,
    /// Seed of the storm.
    pub seed: u64,
    /// Where the report goes.
    pub out: PathBuf,
    /// A server of the user's own.
    pub upstream: Option<Target>,
    /// No progress on stderr.
    pub quiet: bool,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// A run.
    Run(Flags),
    /// The help text.
    Help,
}

/// Why the command line was refused.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlagError {
    /// No such flag.
    Unknown(String),
    /// The flag needs a value and none followed.
    NoValue(&'static str),
    /// The value is not a whole number, or not one in the range.
    OutOfRange {
        flag: &'static str,
        value: String,
        min: u64,
        max: u64,
    },
    /// The directory's name is empty.
    EmptyOut,
    /// The upstream cannot be used.
    Upstream { value: String, why: TargetError },
}

// === impl Flags ===

impl Default for Flags {
    fn default() -> Self {
        Self {
            seconds: 20,
            rps: 500,
            seed: 42,
            out: PathBuf::from("target/storm"),
            upstream: None,
            quiet: false,
        }
    }
}

impl Flags {
    /// Reads the arguments that follow the program's name. Both `--flag value` and `--flag=value` are understood.
    ///
    /// # Errors
    ///
    /// The first argument that cannot be used.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Asked, FlagError> {
        let mut flags = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value = |flag| {
                inline
                    .clone()
                    .or_else(|| arguments.next())
                    .ok_or(FlagError::NoValue(flag))
            };
            match name {
                "--seconds" => flags.seconds = small("--seconds", value("--seconds")?, 3..=3600)?,
                "--rps" => flags.rps = small("--rps", value("--rps")?, 1..=20_000)?,
                "--seed" => flags.seed = number("--seed", value("--seed")?, 0..=u64::MAX)?,
                "--out" => flags.out = directory(value("--out")?)?,
                "--upstream" => flags.upstream = Some(target(value("--upstream")?)?),
                "--quiet" if inline.is_none() => flags.quiet = true,
                "--help" | "-h" if inline.is_none() => return Ok(Asked::Help),
                _ => return Err(FlagError::Unknown(argument)),
            }
        }
        Ok(Asked::Run(flags))
    }
}

fn number(flag: &'static str, value: String, range: RangeInclusive<u64>) -> Result<u64, FlagError> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(FlagError::OutOfRange {
            flag,
            value,
            min: *range.start(),
            max: *range.end(),
        }),
    }
}

fn small(flag: &'static str, value: String, range: RangeInclusive<u32>) -> Result<u32, FlagError> {
    let wide = u64::from(*range.start())..=u64::from(*range.end());
    number(flag, value, wide).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn directory(value: String) -> Result<PathBuf, FlagError> {
    if value.is_empty() {
        Err(FlagError::EmptyOut)
    } else {
        Ok(PathBuf::from(value))
    }
}

fn target(value: String) -> Result<Target, FlagError> {
    Target::parse(&value).map_err(|why| FlagError::Upstream { value, why })
}

// === impl FlagError ===

impl fmt::Display for FlagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(flag) => write!(f, "{flag}: no such flag, see --help"),
            Self::NoValue(flag) => write!(f, "{flag}: a value must follow"),
            Self::OutOfRange {
                flag,
                value,
                min,
                max,
            } => {
                write!(
                    f,
                    "{flag}: {value:?} is not a whole number in {min}..={max}"
                )
            }
            Self::EmptyOut => f.write_str("--out: the name of the directory is empty"),
            Self::Upstream { value, why } => write!(f, "--upstream: {value:?} {why}"),
        }
    }
}

impl std::error::Error for FlagError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Asked, FlagError> {
        Flags::parse(line.split_whitespace().map(str::to_owned))
    }

    fn refusal(line: &str) -> String {
        parse(line).expect_err("must be refused").to_string()
    }

    #[test]
    fn no_flags_mean_the_defaults() {
        assert_eq!(parse(""), Ok(Asked::Run(Flags::default())));
    }

    #[test]
    fn both_ways_to_write_a_value_are_understood() {
        let expected = Flags {
            seconds: 3,
            rps: 20_000,
            seed: 7,
            out: "x".into(),
            upstream: None,
            quiet: true,
        };
        assert_eq!(
            parse("--seconds 3 --rps=20000 --seed 7 --out=x --quiet"),
            Ok(Asked::Run(expected))
        );
    }

    #[test]
    fn a_refusal_names_the_flag_the_value_and_the_range() {
        assert_eq!(
            refusal("--seconds 2"),
            "--seconds: \"2\" is not a whole number in 3..=3600"
        );
        assert_eq!(
            refusal("--rps 20001"),
            "--rps: \"20001\" is not a whole number in 1..=20000"
        );
        assert_eq!(
            refusal("--rps many"),
            "--rps: \"many\" is not a whole number in 1..=20000"
        );
        assert_eq!(
            refusal("--seed -1"),
            "--seed: \"-1\" is not a whole number in 0..=18446744073709551615"
        );
    }

    #[test]
    fn unknown_flags_and_missing_values_are_refused() {
        assert_eq!(refusal("--sed 1"), "--sed: no such flag, see --help");
        assert_eq!(refusal("--rps"), "--rps: a value must follow");
        assert_eq!(
            refusal("--quiet=yes"),
            "--quiet=yes: no such flag, see --help"
        );
        assert_eq!(
            refusal("--out="),
            "--out: the name of the directory is empty"
        );
    }

    #[test]
    fn an_upstream_elsewhere_is_refused_by_name() {
        let refusal = refusal("--upstream http://192.0.2.1:80/");
        assert!(
            refusal.starts_with("--upstream: \"http://192.0.2.1:80/\" "),
            "{refusal}"
        );
        assert!(
            refusal.contains("127.0.0.0/8, ::1 or localhost"),
            "{refusal}"
        );
    }

    #[test]
    fn help_is_asked_for_by_either_name() {
        assert_eq!(parse("--rps 5 --help"), Ok(Asked::Help));
        assert_eq!(parse("-h"), Ok(Asked::Help));
    }
}
