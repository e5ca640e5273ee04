//! Whether an operation waits for another thread: a thread is stopped at a random instruction, and its peer must go on; and nobody calls
//! the kernel to wait.
//!
//! `progress` starts itself again as the process under test: two threads that do the operation of a [`Subject`] again and again. It is
//! their debugger.
//!
//! # Stalls
//! It stops one of the two wherever that is, by `ptrace`, and counts what the other one does meanwhile: 200 operations, and the first may
//! go on. Blocked is who does none for 400 ms although it ran, or sleeps. A lock that is held for a few instructions is found by the number of
//! stops, not by luck of the scheduler: no deadline is near the time that an operation takes.
//!
//! # Futexes
//! Both threads do half of a million operations at once, and each of their system calls is counted. Waiting for another thread is one named
//! `futex`; none may be made.
//!
//! # Controls
//! A `Mutex` must be caught by both, a lock that spins by the first. If one is not, nothing was shown, and the run fails.
//!
//! # Not shown
//! That an operation is lock-free: only that none of those stops, and none of those operations, waited for anybody. A window of one
//! instruction may be missed. Linux on x86-64 and AArch64 only; elsewhere, and where `ptrace` is forbidden, the run ends with
//! [`Verdict::NotRun`].

mod args;
mod child;
mod futex;
mod locks;
mod proc;
mod stall;
mod subjects;
mod trace;

pub use args::{Asked, HELP, Job, UsageError, parse};
pub use child::serve;
pub use subjects::ALL;

use std::fmt;

use crate::rng::SplitMix64;
use ninelives::prelude::ConfigError;
use trace::Refused;

/// One operation, as two threads do it.
#[derive(Clone, Copy)]
pub struct Subject {
    /// What it is called by.
    pub name: &'static str,
    /// What the two threads do.
    pub about: &'static str,
    /// What is expected of it.
    pub kind: Kind,
    /// Makes what the two share, and what each of them does once.
    make: fn() -> Result<Pair, ConfigError>,
}

/// What is expected of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It waits for nobody.
    Free,
    /// It waits for nobody, and allocates: the allocator of the system locks, so its system calls are not counted.
    Allocates,
    /// A control, which waits in the kernel.
    Sleeps,
    /// A control, which waits without the kernel.
    Spins,
}

/// What each of the two threads does, once.
type Pair = [Box<dyn FnMut() + Send>; 2];

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody waited, and the controls were caught.
    Passed,
    /// Something waited, or a control did not; how often.
    Failed(usize),
    /// It cannot be seen here; why.
    NotRun(String),
}

/// Why a subject has no figures.
#[derive(Debug)]
enum Trouble {
    /// The kernel does not let itself be asked.
    Refused(Refused),
    /// The process under test went another way.
    Lost(String),
}

// === impl Job ===

impl Job {
    /// Looks at each subject, and prints a line for each.
    pub fn run(&self) -> Verdict {
        let mut random = SplitMix64::new(self.seed);
        println!("seed {}", self.seed);
        let mut failed = 0;
        for subject in ALL.iter().filter(|subject| self.is_of(subject)) {
            match self.look(subject, &mut random) {
                Ok(line) => {
                    println!("{:<12} {line}", subject.name);
                    failed += usize::from(!line.is_well(subject.kind));
                }
                Err(Trouble::Refused(Refused(why))) => return Verdict::NotRun(why),
                Err(Trouble::Lost(why)) => {
                    println!("{:<12} {why}", subject.name);
                    failed += 1;
                }
            }
        }
        match failed {
            0 => Verdict::Passed,
            some => Verdict::Failed(some),
        }
    }

    fn look(&self, subject: &Subject, random: &mut SplitMix64) -> Result<Line, Trouble> {
        let stalls = stall::look(self, subject, random)?;
        let calls = match subject.kind {
            Kind::Free | Kind::Sleeps => Some(futex::count(self, subject)?),
            Kind::Allocates | Kind::Spins => None,
        };
        Ok(Line { stalls, calls })
    }
}

/// The figures of one subject.
struct Line {
    stalls: stall::Stalls,
    calls: Option<futex::Calls>,
}

impl Line {
    fn is_well(&self, kind: Kind) -> bool {
        let waits = self.calls.as_ref().map(|calls| calls.futex > 0);
        match kind {
            Kind::Free => self.stalls.are_free() && waits == Some(false),
            Kind::Allocates => self.stalls.are_free(),
            Kind::Sleeps => self.stalls.blocked > 0 && waits == Some(true),
            Kind::Spins => self.stalls.blocked > 0,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stalls)?;
        match &self.calls {
            Some(calls) => write!(f, "; {calls}"),
            None => Ok(()),
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Line, futex::Calls, stall::Stalls};

    fn line(blocked: u64, starved: u64, futex: Option<u64>) -> Line {
        let stalls = Stalls {
            stops: 100,
            blocked,
            starved,
        };
        let calls = futex.map(|futex| Calls {
            operations: 100,
            futex,
            others: 7,
        });
        Line { stalls, calls }
    }

    #[test]
    fn one_stop_that_blocks_or_one_futex_call_is_too_much() {
        assert!(line(0, 1, Some(0)).is_well(Kind::Free));
        for bad in [
            line(1, 0, Some(0)),
            line(0, 0, Some(1)),
            line(0, 2, Some(0)),
        ] {
            assert!(!bad.is_well(Kind::Free), "{bad}");
        }
        assert!(!line(1, 0, None).is_well(Kind::Allocates));
    }

    #[test]
    fn a_count_that_was_not_made_is_not_a_count_of_zero() {
        assert!(!line(0, 0, None).is_well(Kind::Free));
        assert!(!line(1, 0, None).is_well(Kind::Sleeps));
    }

    #[test]
    fn a_control_that_is_not_caught_fails() {
        assert!(line(1, 0, Some(1)).is_well(Kind::Sleeps));
        for missed in [line(0, 0, Some(1)), line(1, 0, Some(0))] {
            assert!(!missed.is_well(Kind::Sleeps), "{missed}");
        }
        assert!(line(1, 0, None).is_well(Kind::Spins));
        assert!(!line(0, 0, None).is_well(Kind::Spins));
    }
}
