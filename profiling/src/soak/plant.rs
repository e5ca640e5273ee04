//! Breakages on purpose: a soak that does not see them proves nothing.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::future::pending;
use std::hint::black_box;
use std::mem::forget;
use std::str::FromStr;
use std::thread;

/// Something that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// A call is leaked with all that it holds, in place of being dropped.
    Permit,
    /// How a call ended is not written down.
    Outcome,
    /// An event does not reach the stream.
    Event,
    /// A retry's event is not counted: its attempt comes from nowhere.
    Attempt,
    /// A change of a circuit's state is not counted.
    Transition,
    /// A probe of a circuit is forgotten by its caller, ticket and all.
    Probe,
    /// The outcome of a request is told twice.
    Verdict,
    /// A policy is replaced by another one of the same name, whose versions begin anew.
    Version,
    /// A call keeps the value of a setting for ever.
    Value,
    /// An outcome gets into one of two windows that look at the same calls.
    Window,
    /// A task is started that never ends.
    Task,
    /// A file is opened and never closed.
    Descriptor,
    /// A thread is started that never ends.
    Thread,
    /// Memory is taken and never given back.
    Memory,
    /// A panic that is nobody's plan.
    Panic,
    /// The load stands still.
    Stuck,
}

/// There is no plant of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPlant(String);

/// How many calls there are to one that a plant strikes.
const ONE_IN: u64 = 200;
const LEAKED: usize = 4 << 20;

// === impl Plant ===

impl Plant {
    /// Every plant.
    pub const ALL: [Self; 16] = [
        Self::Permit,
        Self::Outcome,
        Self::Event,
        Self::Attempt,
        Self::Transition,
        Self::Probe,
        Self::Verdict,
        Self::Version,
        Self::Value,
        Self::Window,
        Self::Task,
        Self::Descriptor,
        Self::Thread,
        Self::Memory,
        Self::Panic,
        Self::Stuck,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Outcome => "outcome",
            Self::Event => "event",
            Self::Attempt => "attempt",
            Self::Transition => "transition",
            Self::Probe => "probe",
            Self::Verdict => "verdict",
            Self::Version => "version",
            Self::Value => "value",
            Self::Window => "window",
            Self::Task => "task",
            Self::Descriptor => "descriptor",
            Self::Thread => "thread",
            Self::Memory => "memory",
            Self::Panic => "panic",
            Self::Stuck => "stuck",
        }
    }

    /// The law that must see it; none for the one that the watchdog sees.
    pub const fn law(self) -> Option<&'static str> {
        match self {
            Self::Permit => Some("K2"),
            Self::Outcome => Some("K1"),
            Self::Event => Some("K6"),
            Self::Attempt => Some("K7"),
            Self::Transition => Some("K4"),
            Self::Probe => Some("K3"),
            Self::Verdict => Some("K5"),
            Self::Version | Self::Value => Some("K8"),
            Self::Window => Some("K10"),
            Self::Task | Self::Descriptor | Self::Thread => Some("K13"),
            Self::Memory => Some("K14"),
            Self::Panic => Some("K0"),
            Self::Stuck => None,
        }
    }

    /// Whether it is seen by what the host tells of the process, where it tells anything.
    pub const fn is_of_host(self) -> bool {
        matches!(self, Self::Descriptor | Self::Thread | Self::Memory)
    }

    /// Whether it strikes what has this number.
    pub const fn strikes(self, number: u64) -> bool {
        number % ONE_IN == ONE_IN / 2
    }

    /// Breaks what a call inside a policy can break.
    pub fn strike(self, number: u64) {
        if !self.strikes(number) {
            return;
        }
        match self {
            Self::Task => drop(tokio::spawn(pending::<()>())),
            Self::Descriptor => forget(File::open("/dev/null")),
            Self::Thread => drop(thread::spawn(|| {
                loop {
                    thread::park();
                }
            })),
            // Written to, so that it is resident, and looked at, so that it is made.
            Self::Memory => forget(black_box(vec![1_u8; LEAKED])),
            Self::Panic => panic!("nobody planned this"),
            _ => {}
        }
    }
}

impl FromStr for Plant {
    type Err = UnknownPlant;

    fn from_str(name: &str) -> Result<Self, UnknownPlant> {
        let found = Self::ALL.into_iter().find(|plant| plant.name() == name);
        found.ok_or_else(|| UnknownPlant(name.to_owned()))
    }
}

// === impl UnknownPlant ===

impl fmt::Display for UnknownPlant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Plant::ALL.map(Plant::name).join(", ");
        write!(f, "no plant `{}`: there are {names}", self.0)
    }
}

impl Error for UnknownPlant {}
