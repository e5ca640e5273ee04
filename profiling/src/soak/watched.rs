//! What is looked at in a stack: its policies, each with the laws that it obeys.

mod bulkhead;
mod circuit;
mod outside;
mod race;
mod retry;

pub use bulkhead::Bulkhead;
pub use circuit::Circuit;
pub use outside::Outside;
pub use race::Race;
pub use retry::{Grant, Retry};

use super::laws::Laws;

/// Something that has laws.
pub trait Watched: Send + Sync {
    /// What holds at every moment.
    fn bounds(&self, _: &Laws) {}

    /// What holds when all is quiet.
    fn settled(&self, laws: &Laws);

    /// What it looks like, in one line.
    fn said(&self) -> String;
}
