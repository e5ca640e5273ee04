//! A profiler that runs.

use std::fmt;

use super::sampler::Sampler;
use super::{FlameError, Profile, Sampling};

/// Takes samples while it exists; see the [page](super).
///
/// Dropping it ends the sampling and throws the samples away.
#[must_use = "a profiler that is dropped takes no samples"]
pub struct Profiler {
    sampler: Sampler,
    sampling: Sampling,
}

// === impl Profiler ===

impl Profiler {
    /// Begins to sample, every thread of the process.
    ///
    /// # Errors
    /// [`Unsupported`](FlameError::Unsupported) on other platforms; [`AlreadyRunning`](FlameError::AlreadyRunning) while there is
    /// another one; [`NoSampler`](FlameError::NoSampler) and [`System`](FlameError::System) when the sampler cannot be set up.
    pub fn start(sampling: Sampling) -> Result<Self, FlameError> {
        let sampler = Sampler::start(sampling.rate())?;
        Ok(Self { sampler, sampling })
    }

    /// How it samples.
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// How many samples there are so far. It copies the stacks: some 4 KiB for each that is different.
    ///
    /// # Errors
    /// [`System`](FlameError::System) when the file of the samples cannot be read.
    pub fn samples(&self) -> Result<u64, FlameError> {
        self.sampler.count()
    }

    /// What there is so far; sampling goes on.
    ///
    /// # Errors
    /// [`NoSamples`](FlameError::NoSamples) before the first one; [`System`](FlameError::System) as above.
    pub fn report(&self) -> Result<Profile, FlameError> {
        Profile::new(self.sampler.read()?, self.sampling)
    }

    /// Ends the sampling, and answers with what there is.
    ///
    /// # Errors
    /// As [`report`](Self::report); the sampling has ended in any case.
    pub fn stop(self) -> Result<Profile, FlameError> {
        self.report()
    }
}

impl fmt::Debug for Profiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiler")
            .field("sampling", &self.sampling)
            .finish_non_exhaustive()
    }
}
