//! Why there is no flame graph.

use std::error::Error;
use std::{fmt, io};

/// Why sampling could not begin, or its result not be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum FlameError {
    /// This platform has no sampler: it needs Linux or macOS, on x86-64 or AArch64.
    Unsupported,
    /// A profiler runs in this process already: stop it first. Nothing was changed.
    AlreadyRunning,
    /// No sample was taken: the program ran for too short a time, or used no processor.
    NoSamples,
    /// The sampler could not be set up when it was first asked for, for want of a temporary file as a rule. It does not try again in
    /// this process.
    NoSampler,
    /// The operating system refused something.
    System(io::Error),
    /// The graph could not be drawn.
    Drawing(String),
}

// === impl FlameError ===

impl fmt::Display for FlameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str(
                "flame graphs need Linux or macOS on x86-64 or AArch64, which this program was not built for",
            ),
            Self::AlreadyRunning => {
                f.write_str("a profiler is running in this process already: stop it first")
            }
            Self::NoSamples => f.write_str("no sample was taken"),
            Self::NoSampler => f.write_str(
                "the sampler could not be set up: it needs a directory for temporary files",
            ),
            Self::System(error) => write!(f, "the operating system refused: {error}"),
            Self::Drawing(why) => write!(f, "the graph could not be drawn: {why}"),
        }
    }
}

impl Error for FlameError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::System(error) => Some(error),
            _ => None,
        }
    }
}
