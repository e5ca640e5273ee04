//! The command line of `progress`.

use std::error::Error;
use std::fmt;

use super::{ALL, Subject};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The table of flags.
    Help,
    /// The subjects.
    List,
    /// A run.
    Run(Job),
    /// To be the process under test, for this subject, with so many operations for each thread, or without end.
    Serve(String, Option<u64>),
}

/// A run that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What the moments of the stops are a function of, as far as the machine lets them be.
    pub seed: u64,
    /// Stops of each subject.
    pub stops: u64,
    /// Operations of each subject under the count of system calls.
    pub operations: u64,
    /// One subject, or all of them.
    pub subject: Option<String>,
}

/// A command line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsageError {
    /// There is no such flag.
    UnknownFlag(String),
    /// The flag stands without its value.
    NoValue(String),
    /// The flag takes a whole number above zero.
    Number(String, String),
    /// There is no such subject.
    Subject(String),
}

/// The table of flags.
pub const HELP: &str = "\
Stops one of two threads at random instructions and asks whether the other one goes on; then counts the futex calls of a million operations.

usage: cargo run --release -p profiling --bin progress -- [flags]

  --subject NAME    one subject (all)
  --stops N         stops of each subject (1000)
  --operations N    operations whose system calls are counted (1000000)
  --seed N          what the moments of the stops are a function of, as far as the machine lets them (42)
  --list            the subjects
  --help            this table

Exit code 0: nobody waited; 1: somebody did, or a control did not; 3: not run, with the reason.";

/// How the program asks itself to be the process under test.
pub(super) const SERVE: &str = "--serve";

/// Reads a command line, the program's name left out.
///
/// # Errors
/// [`UsageError`], for the first word that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Asked, UsageError> {
    let mut job = Job {
        seed: 42,
        stops: 1_000,
        operations: 1_000_000,
        subject: None,
    };
    let mut serve = None;
    let mut operations = None;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| UsageError::NoValue(word.clone()))
        };
        match word.as_str() {
            "--help" | "-h" => return Ok(Asked::Help),
            "--list" => return Ok(Asked::List),
            "--seed" => job.seed = number(&word, value()?)?,
            "--stops" => job.stops = number(&word, value()?)?,
            "--operations" => operations = Some(number(&word, value()?)?),
            "--subject" => job.subject = Some(known(value()?)?),
            SERVE => serve = Some(known(value()?)?),
            _ => return Err(UsageError::UnknownFlag(word)),
        }
    }
    if let Some(name) = serve {
        return Ok(Asked::Serve(name, operations));
    }
    job.operations = operations.unwrap_or(job.operations);
    Ok(Asked::Run(job))
}

fn number(flag: &str, word: String) -> Result<u64, UsageError> {
    match word.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err(UsageError::Number(flag.to_owned(), word)),
    }
}

fn known(name: String) -> Result<String, UsageError> {
    match ALL.iter().any(|subject| subject.name == name) {
        true => Ok(name),
        false => Err(UsageError::Subject(name)),
    }
}

// === impl Job ===

impl Job {
    pub(super) fn is_of(&self, subject: &Subject) -> bool {
        self.subject
            .as_ref()
            .is_none_or(|name| name == subject.name)
    }
}

// === impl UsageError ===

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFlag(word) => write!(f, "unknown flag `{word}`"),
            Self::NoValue(flag) => write!(f, "`{flag}` needs a value"),
            Self::Number(flag, value) => {
                write!(f, "`{flag} {value}`: it takes a whole number above zero")
            }
            Self::Subject(name) => write!(f, "no subject `{name}`"),
        }
    }
}

impl Error for UsageError {}

#[cfg(test)]
mod tests {
    use super::{Asked, UsageError, parse};

    fn read(line: &str) -> Result<Asked, UsageError> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_subject_that_there_is_not_is_refused_by_name() {
        let error = read("--subject nothing").unwrap_err();
        assert_eq!(error.to_string(), "no subject `nothing`");
        assert!(matches!(read("--subject admit"), Ok(Asked::Run(_))));
    }

    #[test]
    fn no_stops_are_not_a_run() {
        for line in ["--stops 0", "--stops many", "--operations -1"] {
            assert!(matches!(read(line), Err(UsageError::Number(..))), "{line}");
        }
        assert_eq!(
            read("--stops"),
            Err(UsageError::NoValue("--stops".to_owned()))
        );
    }

    #[test]
    fn operations_are_those_of_the_count_and_of_the_process_under_test() {
        let Ok(Asked::Run(job)) = read("--operations 7 --stops 3 --seed 9") else {
            panic!("a run");
        };
        assert_eq!((job.operations, job.stops, job.seed), (7, 3, 9));
        let serve = Asked::Serve("admit".to_owned(), Some(7));
        assert_eq!(read("--serve admit --operations 7"), Ok(serve));
    }
}
