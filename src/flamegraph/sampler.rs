//! Where the samples come from: pprof, where it builds.

use std::path::PathBuf;
use std::time::Duration;

// The cfg stands in Cargo.toml too.
#[cfg(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod signals;
#[cfg(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(super) use signals::{Sampler, draw};

#[cfg(not(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
mod absent;
#[cfg(not(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
pub(super) use absent::{Sampler, draw};

/// Everything that was sampled.
pub(super) struct Samples {
    pub(super) stacks: Vec<Stack>,
    /// Wall time since the start.
    pub(super) took: Duration,
}

/// Samples that were taken at one place.
pub(super) struct Stack {
    pub(super) thread: String,
    /// The innermost one first.
    pub(super) calls: Vec<Call>,
    pub(super) count: u64,
}

/// A function on a stack, as the debug information has it.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) file: Option<PathBuf>,
}

/// How a graph is drawn.
pub(super) struct Drawing<'a> {
    pub(super) title: &'a str,
    pub(super) subtitle: String,
    /// Red, green and blue of each frame, by its name.
    pub(super) colours: Vec<(&'a str, [u8; 3])>,
}
