//! Circuit breaker: state, epoch, counts and deadline in one word.

mod cell;
mod limits;
mod span;
pub mod step;
mod verdict;
mod word;

pub use cell::Breaker;
pub use limits::Limits;
pub use verdict::{Admission, Outcome, Rejected, Report, State, Ticket, Transition, View};
pub use word::Word;

#[cfg(test)]
mod tests;
