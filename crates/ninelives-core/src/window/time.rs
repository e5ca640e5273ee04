//! The window over time: slots of a ring, on stripes.

mod cell;
mod shape;
mod slot;
pub mod step;
mod word;

pub use cell::{Entry, Lane, TimeWindow};
#[cfg(test)]
pub(super) const PLACES: u32 = shape::PLACES;
pub use shape::Shape;
pub use word::{Stamp, Word};
