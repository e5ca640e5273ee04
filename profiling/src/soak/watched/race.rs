//! Races: arms.

use std::sync::Arc;

use ninelives::emit::Kind;

use super::Watched;
use crate::soak::gauge::Passed;
use crate::soak::laws::{Law, Laws};
use crate::soak::tally::Told;

/// Both arms of a race.
pub struct Race {
    /// The name of the stack.
    pub name: String,
    /// What it told.
    pub told: Arc<Told>,
    /// What came through its arms.
    pub passed: Arc<Passed>,
}

// === impl Race ===

impl Watched for Race {
    fn settled(&self, laws: &Laws) {
        let (name, calls) = (&self.name, self.passed.calls.get());
        let arms = self.told.of(Kind::ForkStarted);
        laws.hold(Law::Attempts, calls <= arms, || {
            format!("{name}: {calls} calls inside of {arms} arms")
        });
        let (won, answered) = (
            self.told.of(Kind::ForkWon),
            self.told.of(Kind::RequestSuccess),
        );
        laws.same(
            Law::Outcomes,
            &format!("{name}: arms that won, and answers"),
            won,
            answered,
        );
    }

    fn said(&self) -> String {
        let (arms, won) = (self.told.of(Kind::ForkStarted), self.told.of(Kind::ForkWon));
        format!("{}: {arms} arms, {won} won", self.name)
    }
}
