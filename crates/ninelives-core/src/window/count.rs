//! The window over a number of outcomes: one word for a few, a ring for many.

mod cell;
mod recent;
pub mod step;
mod sum;

pub use cell::CountWindow;
pub use recent::Recent;
pub use sum::{Seat, Sum};
