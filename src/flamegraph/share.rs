//! What each part of the library takes.

use std::fmt;

use super::Profile;
use super::frame::path;

/// A part of this library; a machine of the core belongs to the layer that stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// The timeout.
    Timeout,
    /// The retry, with backoff, jitter and budget.
    Retry,
    /// The circuit breaker.
    CircuitBreaker,
    /// The bulkhead, with its line.
    Bulkhead,
    /// `|`
    Fallback,
    /// `&`
    ForkJoin,
    /// Emitters, sinks, rings, readers.
    Events,
    /// Timers and clocks.
    Time,
    /// Everything else in this library: `+`, lifting, names, live values.
    Rest,
}

/// The samples of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: Part,
    /// Samples with a frame of this part on their stack: what it takes with all that it calls, the service inside it too.
    pub within: u64,
    /// Samples in this part itself: of the frames of the stack, those of the standard library and of helpers that are inlined
    /// everywhere left aside, the innermost one is of this part.
    pub own: u64,
    /// Samples of the whole profile.
    pub of: u64,
}

/// The modules of each part, the first one that fits counts.
const MODULES: [(&str, Part); 25] = [
    ("ninelives::timeout", Part::Timeout),
    ("ninelives::retry", Part::Retry),
    ("ninelives_core::backoff", Part::Retry),
    ("ninelives_core::budget", Part::Retry),
    ("ninelives_core::jitter", Part::Retry),
    ("ninelives_core::rng", Part::Retry),
    ("ninelives::circuit_breaker", Part::CircuitBreaker),
    ("ninelives_core::breaker", Part::CircuitBreaker),
    ("ninelives_core::window", Part::CircuitBreaker),
    ("ninelives::bulkhead", Part::Bulkhead),
    ("ninelives_core::semaphore", Part::Bulkhead),
    ("ninelives::algebra::fallback", Part::Fallback),
    ("ninelives::algebra::fork_join", Part::ForkJoin),
    ("ninelives::emit", Part::Events),
    ("ninelives::telemetry", Part::Events),
    ("ninelives_core::bell", Part::Events),
    ("ninelives_core::event", Part::Events),
    ("ninelives_core::ring", Part::Events),
    ("ninelives_core::sequence", Part::Events),
    ("ninelives_core::tally", Part::Events),
    ("ninelives::timer", Part::Time),
    ("ninelives::clock", Part::Time),
    ("ninelives_core::time", Part::Time),
    ("ninelives", Part::Rest),
    ("ninelives_core", Part::Rest),
];

/// Packages whose functions are inlined into whoever uses them: their time is their caller's.
const HELPERS: [&str; 9] = [
    "core",
    "alloc",
    "std",
    "arc_swap",
    "atomic_waker",
    "crossbeam_utils",
    "portable_atomic",
    "tower_layer",
    "tower_service",
];

/// The colour of frames that are not of this library.
const GREY: [u8; 3] = [208, 208, 208];

// === impl Part ===

impl Part {
    /// Every part.
    pub const ALL: [Self; 9] = [
        Self::Timeout,
        Self::Retry,
        Self::CircuitBreaker,
        Self::Bulkhead,
        Self::Fallback,
        Self::ForkJoin,
        Self::Events,
        Self::Time,
        Self::Rest,
    ];

    /// The part that a frame belongs to; none for one of another library.
    pub fn of(frame: &str) -> Option<Self> {
        let own = path(frame);
        let found = MODULES.iter().find(|(module, _)| is_in(own, module));
        found.map(|(_, part)| *part)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Retry => "retry",
            Self::CircuitBreaker => "circuit breaker",
            Self::Bulkhead => "bulkhead",
            Self::Fallback => "fallback",
            Self::ForkJoin => "fork-join",
            Self::Events => "events",
            Self::Time => "time",
            Self::Rest => "rest",
        }
    }

    const fn colour(self) -> [u8; 3] {
        match self {
            Self::Timeout => [245, 180, 60],
            Self::Retry => [125, 195, 95],
            Self::CircuitBreaker => [235, 105, 90],
            Self::Bulkhead => [95, 155, 225],
            Self::Fallback => [180, 130, 220],
            Self::ForkJoin => [225, 125, 185],
            Self::Events => [80, 190, 185],
            Self::Time => [190, 165, 115],
            Self::Rest => [240, 225, 150],
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

// === impl Share ===

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |samples: u64| 100.0 * samples as f64 / self.of.max(1) as f64;
        write!(
            f,
            "{:<16} {:>5.1} % itself {:>5.1} % with what it calls",
            self.part,
            percent(self.own),
            percent(self.within)
        )
    }
}

// === counting ===

/// The colour that a frame is drawn in.
pub(super) fn colour(frame: &str) -> [u8; 3] {
    Part::of(frame).map_or(GREY, Part::colour)
}

pub(super) fn shares(profile: &Profile) -> Vec<Share> {
    let of = profile.samples();
    let mut shares = Part::ALL.map(|part| Share {
        part,
        within: 0,
        own: 0,
        of,
    });
    for (stack, count) in profile.stacks() {
        let frames: Vec<&str> = stack.skip(1).collect();
        let on: Vec<Part> = frames.iter().filter_map(|frame| Part::of(frame)).collect();
        let own = frames.iter().rev().find(|frame| !is_helper(frame));
        let own = own.and_then(|frame| Part::of(frame));
        for share in &mut shares {
            share.within += if on.contains(&share.part) { count } else { 0 };
            share.own += if own == Some(share.part) { count } else { 0 };
        }
    }
    shares
        .into_iter()
        .filter(|share| share.within > 0)
        .collect()
}

fn is_helper(frame: &str) -> bool {
    HELPERS.iter().any(|package| is_in(path(frame), package))
}

/// Whether a path is that of the module or of something in it.
fn is_in(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests;
