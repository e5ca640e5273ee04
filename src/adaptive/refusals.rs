//! The changes that were refused, as a live number.

use std::sync::Arc;

use super::{Adaptive, Changes};

// === impl Adaptive ===

impl<T> Adaptive<T> {
    /// How many changes were refused: those that the validation refused, shadows included, and those of a
    /// [registry](crate::registry) whose values made no settings. One that met another version, or found nothing to go back to, was not.
    pub fn refused(&self) -> u64 {
        *self.refusals.value()
    }

    /// The refusals from now on, as changes of their number: for who watches over changes and does not make them. Nothing else learns of a
    /// change that was refused, but its caller.
    pub fn subscribe_refused(&self) -> Changes<u64> {
        Changes::new(self.refusals.clone())
    }

    /// Counts a refusal, and tells of it.
    #[cold]
    fn refuse(&self) {
        let counted = self
            .refusals
            .change(|seen| Ok::<_, std::convert::Infallible>(seen.then(Arc::new(*seen.value + 1))));
        let Ok(_) = counted;
    }

    /// Counts a check that failed.
    pub(crate) fn noted<R, E>(&self, result: Result<R, E>) -> Result<R, E> {
        result.inspect_err(|_| self.refuse())
    }
}
