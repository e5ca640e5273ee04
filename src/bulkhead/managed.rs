//! What a registry knows of a bulkhead.

use super::mode::{Mode, Rule};
use super::{BulkheadConfig, BulkheadLayer};
use crate::adaptive::Adaptive;
use crate::parameters::Parameters;
use crate::registry::{Managed, Member, State};
use crate::settings::Live;

/// State: `limit`, `in_flight`, `waiting`, `closed`. Command: `close`.
impl<M, K, R, W> Managed for BulkheadLayer<M, K, Live<BulkheadConfig<R>>, W>
where
    M: Mode<Rule = R>,
    R: Rule + Send + Sync + 'static,
    BulkheadConfig<R>: Parameters,
{
    fn member(&self) -> Member {
        let (settings, semaphore) = (self.settings.adaptive(), &self.permits.semaphore);
        let follows: Adaptive<_> = settings.clone();
        Member::new("bulkhead", &self.name, settings, semaphore)
            .with_state(semaphore, move |semaphore| {
                // An override that has lapsed ends with this look.
                let _ = follows.get();
                let now = semaphore.snapshot();
                State::from([
                    ("limit", now.limit.into()),
                    ("in_flight", now.in_flight.into()),
                    ("waiting", now.waiting.into()),
                    ("closed", now.closed.into()),
                ])
            })
            .with_command(
                semaphore,
                "close",
                "turns every later call away, and everyone in line; it cannot be undone",
                |semaphore| semaphore.close(),
            )
    }
}
