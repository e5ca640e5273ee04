//! The laws: what must hold at every moment, and what must hold when all is quiet.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::count::Count;

/// A law of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Law {
    /// No panic but the planned ones.
    Panics,
    /// Every call has one end.
    Calls,
    /// Permits and places come back, and never were more than the limit.
    Permits,
    /// Tickets of probes come back.
    Probes,
    /// Changes of a circuit's state and its events say the same.
    Transitions,
    /// One outcome event for each request, per policy.
    Outcomes,
    /// Each subscriber has every event, or knows that it has not.
    Events,
    /// Attempts come from requests and retries, and these from the budget.
    Attempts,
    /// Versions of settings never fall, and no value lives longer than it is held.
    Versions,
    /// Windows count what they were told, and a part is never more than the whole.
    Windows,
    /// Waits, tasks, threads, files and policies are as many as before.
    Remains,
    /// Memory stays as it is.
    Memory,
}

/// The books of the laws.
#[derive(Debug)]
pub struct Laws {
    seed: u64,
    epoch: Count,
    checked: [Count; Law::ALL.len()],
    broken: [Count; Law::ALL.len()],
    breaches: Mutex<Vec<Arc<Breach>>>,
}

/// A law that did not hold.
#[derive(Debug)]
pub struct Breach {
    /// Which.
    pub law: Law,
    /// The seed and the epoch: what to ask for to come here again.
    pub place: (u64, u64),
    /// What was seen.
    pub what: String,
}

/// Breaches that are kept; of more, only the number.
const KEPT: usize = 40;

// === impl Law ===

impl Law {
    /// Every law.
    pub const ALL: [Self; 12] = [
        Self::Panics,
        Self::Calls,
        Self::Permits,
        Self::Probes,
        Self::Transitions,
        Self::Outcomes,
        Self::Events,
        Self::Attempts,
        Self::Versions,
        Self::Windows,
        Self::Remains,
        Self::Memory,
    ];

    /// Its number.
    pub const fn number(self) -> &'static str {
        match self {
            Self::Panics => "K0",
            Self::Calls => "K1",
            Self::Permits => "K2",
            Self::Probes => "K3",
            Self::Transitions => "K4",
            Self::Outcomes => "K5",
            Self::Events => "K6",
            Self::Attempts => "K7",
            Self::Versions => "K8",
            Self::Windows => "K10",
            Self::Remains => "K13",
            Self::Memory => "K14",
        }
    }

    /// What it says.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Panics => "no panic but the planned ones",
            Self::Calls => {
                "calls = answered + failed + rejected + timed out + given up + cancelled + panicked"
            }
            Self::Permits => {
                "permits and places come back; never more inside than the limit allowed"
            }
            Self::Probes => "tickets of probes come back",
            Self::Transitions => {
                "for each state: times entered - times left, by the events = whether it is the state"
            }
            Self::Outcomes => "one outcome event for each request, per policy",
            Self::Events => {
                "emitted = received + lost + filtered, per subscriber; received = delivered + failed + timed out + panicked + undelivered, per pump"
            }
            Self::Attempts => "attempts = requests + retries; retries <= what the budget granted",
            Self::Versions => {
                "versions of settings never fall; refused values are never seen; values alive = the current one + the one before + held"
            }
            Self::Windows => {
                "failed + well = calls, each as the events tell; slow <= calls; a shorter window <= a longer one"
            }
            Self::Remains => {
                "armed waits = fired + disarmed; wheels, tasks, threads, files and policies as before"
            }
            Self::Memory => "resident memory: end <= 1.10 x the value at 20 s + 8 MB",
        }
    }
}

// === impl Laws ===

impl Laws {
    /// No law was checked yet.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            epoch: Count::default(),
            checked: Default::default(),
            broken: Default::default(),
            breaches: Mutex::default(),
        }
    }

    /// The next epoch begins; its number.
    pub fn turn(&self) -> u64 {
        self.epoch.up();
        self.epoch.get()
    }

    /// The number of the epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch.get()
    }

    /// How often any law did not hold.
    pub fn breaches_in_all(&self) -> u64 {
        self.broken.iter().map(Count::get).sum()
    }

    /// Checks: a law that does not hold is written down, and said.
    pub fn hold(&self, law: Law, holds: bool, what: impl FnOnce() -> String) {
        self.checked[law as usize].up();
        if holds {
            return;
        }
        self.broken[law as usize].up();
        let breach = Breach {
            law,
            place: (self.seed, self.epoch.get()),
            what: what(),
        };
        eprintln!("broken: {breach}");
        let mut breaches = self.kept();
        if breaches.len() < KEPT {
            breaches.push(Arc::new(breach));
        }
    }

    /// Two numbers that must be the same.
    pub fn same(&self, law: Law, what: &str, one: u64, other: u64) {
        self.hold(law, one == other, || format!("{what}: {one} and {other}"));
    }

    /// How often the law was checked, and how often it did not hold.
    pub fn count(&self, law: Law) -> (u64, u64) {
        let law = law as usize;
        (self.checked[law].get(), self.broken[law].get())
    }

    /// Whether one was broken.
    pub fn are_broken(&self) -> bool {
        self.breaches_in_all() > 0
    }

    /// The first of what was broken.
    pub fn breaches(&self) -> Vec<Arc<Breach>> {
        self.kept().clone()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Breach>>> {
        self.breaches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Breach ===

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seed, epoch) = self.place;
        let (number, text) = (self.law.number(), self.law.text());
        write!(f, "{seed}:{epoch} {number} ({text}): {}", self.what)
    }
}
