//! Which floor sees which. A floor that is to import from another one says so here, in a change that a reviewer reads.

/// A group of top-level modules that may import the same things.
#[derive(Clone, Copy, Debug)]
pub struct Floor {
    /// Its name.
    pub name: &'static str,
    /// Its modules; a page and its rooms are one module.
    pub modules: &'static [&'static str],
    /// The floors it may import from; with its own name here, its modules see each other.
    pub sees: &'static [&'static str],
}

/// The floors of one package, lowest first.
#[derive(Clone, Copy, Debug)]
pub struct House {
    /// The directory of its sources, with a `/` at the end.
    pub root: &'static str,
    /// The floors.
    pub floors: &'static [Floor],
}

/// The floor of `lib.rs` and the prelude: no logic, so it may name everything.
pub const DOOR: &str = "door";

/// Every package whose arrows are checked.
pub const HOUSES: [House; 2] = [
    House {
        root: "crates/ninelives-core/src/",
        floors: &[
            Floor {
                name: "words",
                modules: &[
                    "bits",
                    "decision",
                    "generation",
                    "limit",
                    "meter",
                    "occupancy",
                    "rng",
                    "sequence",
                    "sync",
                    "tally",
                    "tenancy",
                    "time",
                    "weighted",
                ],
                sees: &["words"],
            },
            Floor {
                name: "machines",
                modules: &[
                    "backoff",
                    "bell",
                    "breaker",
                    "budget",
                    "jitter",
                    "ring",
                    "semaphore",
                    "wheel",
                    "window",
                ],
                sees: &["words"],
            },
            Floor {
                name: "events",
                modules: &["event"],
                sees: &["words", "machines"],
            },
            Floor {
                name: DOOR,
                modules: &["lib"],
                sees: &[],
            },
        ],
    },
    House {
        root: "src/",
        floors: &[
            Floor {
                name: "base",
                modules: &[
                    "adaptive",
                    "budget",
                    "clock",
                    "compose",
                    "counted",
                    "deadline",
                    "emit",
                    "error",
                    "lift",
                    "name",
                    "parameters",
                    "registry",
                    "settings",
                    "share",
                    "stripe",
                    "timer",
                    "turn",
                ],
                sees: &["base"],
            },
            Floor {
                name: "layers",
                modules: &[
                    "bulkhead",
                    "chaos",
                    "circuit_breaker",
                    "retry",
                    "testing",
                    "timeout",
                ],
                sees: &["base"],
            },
            Floor {
                name: "algebra",
                modules: &["algebra"],
                sees: &["base"],
            },
            Floor {
                name: "sinks",
                modules: &["telemetry"],
                sees: &["base"],
            },
            Floor {
                name: "instruments",
                modules: &["flamegraph"],
                sees: &["base"],
            },
            Floor {
                name: DOOR,
                modules: &["lib", "prelude"],
                sees: &[],
            },
        ],
    },
];

// === impl House ===

impl House {
    /// The house that a page belongs to, and the parts of its module path; none for `lib.rs` itself.
    pub fn of(path: &str) -> Option<(&'static Self, Vec<&str>)> {
        let house = HOUSES.iter().find(|house| path.starts_with(house.root))?;
        let inner = path.strip_prefix(house.root)?.strip_suffix(".rs")?;
        let parts = if inner == "lib" {
            Vec::new()
        } else {
            inner.split('/').collect()
        };
        Some((house, parts))
    }

    /// The floor of a top-level module.
    pub fn floor(&self, module: &str) -> Option<&Floor> {
        self.floors
            .iter()
            .find(|floor| floor.modules.contains(&module))
    }
}
