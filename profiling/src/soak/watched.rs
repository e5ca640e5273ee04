//! What is looked at in a stack: its policies, each with the laws that it obeys.

mod begun;
mod bulkhead;
mod circuit;
mod outside;
mod race;
mod retry;
mod windows;

pub use begun::begun;
pub use bulkhead::Bulkhead;
pub use circuit::Circuit;
pub use outside::Outside;
pub use race::Race;
pub use retry::{Grant, Retry};
pub use windows::Windows;

use super::laws::Laws;
use super::plant::Plant;

/// Something that has laws.
pub trait Watched: Send + Sync {
    /// What holds at every moment.
    fn bounds(&self, _: &Laws) {}

    /// What holds when all is quiet.
    fn settled(&self, laws: &Laws);

    /// Breaks what this plant breaks here, if it breaks anything here now.
    fn sabotage(&self, _: Plant) {}

    /// What it looks like, in one line.
    fn said(&self) -> String;
}
