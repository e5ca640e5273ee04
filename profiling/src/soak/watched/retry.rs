//! Retries: attempts and what they cost.

use std::sync::Arc;
use std::time::Instant;

use ninelives::emit::Kind;

use super::Watched;
use crate::soak::gauge::Passed;
use crate::soak::laws::{Law, Laws};
use crate::soak::tally::Told;

/// A retry, and what is inside.
pub struct Retry {
    /// The name of the stack.
    pub name: String,
    /// What it told.
    pub told: Arc<Told>,
    /// Its attempts.
    pub passed: Arc<Passed>,
    /// What its budget grants, if that does not change.
    pub grant: Option<Grant>,
}

/// What a budget grants: so many for each request, so many a second, and so many at once.
pub struct Grant {
    /// Tokens of a request.
    pub ratio: f64,
    /// Tokens of a second.
    pub per_second: f64,
    /// Tokens that are kept.
    pub cap: f64,
    /// Since when.
    pub since: Instant,
}

// === impl Retry ===

impl Watched for Retry {
    fn settled(&self, laws: &Laws) {
        let (name, told) = (&self.name, &self.told);
        let (requests, attempts) = (told.outcomes(), self.passed.calls.get());
        let again = told.of(Kind::RetryAttempt);
        // A retry that was told may have been dropped in its wait; a deadline may have passed before the first attempt.
        laws.hold(Law::Attempts, attempts <= requests + again, || {
            format!("{name}: {attempts} attempts of {requests} requests and {again} retries")
        });
        let Some(grant) = &self.grant else { return };
        let repeated = attempts.saturating_sub(requests);
        let seconds = grant.since.elapsed().as_secs_f64();
        let granted = grant.cap + grant.ratio * requests as f64 + grant.per_second * seconds + 1.0;
        laws.hold(Law::Attempts, repeated as f64 <= granted, || {
            format!("{name}: {repeated} retries, and the budget granted {granted:.0}")
        });
    }

    fn said(&self) -> String {
        let (told, attempts) = (&self.told, self.passed.calls.get());
        let (requests, again) = (told.outcomes(), told.of(Kind::RetryAttempt));
        format!(
            "{}: {attempts} attempts of {requests} requests, {again} retries",
            self.name
        )
    }
}
