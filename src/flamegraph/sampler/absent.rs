//! No sampler.

use super::{Drawing, Samples};
use crate::flamegraph::FlameError;

/// There is none.
pub(in crate::flamegraph) enum Sampler {}

// === impl Sampler ===

impl Sampler {
    pub(in crate::flamegraph) const fn start(_rate: u32) -> Result<Self, FlameError> {
        Err(FlameError::Unsupported)
    }

    pub(in crate::flamegraph) const fn count(&self) -> Result<u64, FlameError> {
        match *self {}
    }

    pub(in crate::flamegraph) const fn read(&self) -> Result<Samples, FlameError> {
        match *self {}
    }
}

pub(in crate::flamegraph) fn draw(
    _stacks: &str,
    drawing: Drawing<'_>,
) -> Result<String, FlameError> {
    let Drawing {
        title: _title,
        subtitle: _subtitle,
        colours: _colours,
    } = drawing;
    Err(FlameError::Unsupported)
}
