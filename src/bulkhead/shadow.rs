//! The door that a shadow is tried on: a second word, with the same calls, that nobody obeys.

use std::sync::Arc;

use ninelives_core::semaphore::{Entry, MAX_PERMITS, Semaphore};

use super::BulkheadConfig;
use super::mode::Rule;
use super::permit::Permit;
use crate::adaptive::Adaptive;
use crate::emit::{Emitter, Verdict};
use crate::settings::{Beside, Settings};

/// A door for the shadows of `adaptive`. It counts everybody who is inside, in flight or in line; shadows share the count.
pub(super) fn door<Q: Rule + 'static>(adaptive: &Adaptive<BulkheadConfig<Q>>) -> Arc<Semaphore> {
    let Ok(door) = Semaphore::new(MAX_PERMITS) else {
        unreachable!("the widest limit is in its range")
    };
    let door = Arc::new(door);
    let watched = Arc::downgrade(&door);
    adaptive.follow_both(move |_, shadow| {
        let room = shadow.map_or(MAX_PERMITS, room);
        watched
            .upgrade()
            .is_some_and(|door| door.resize(room).is_ok())
    });
    door
}

/// How many calls may be inside.
fn room<Q: Rule>(config: &BulkheadConfig<Q>) -> u32 {
    let inside = config.max_concurrent() + config.queue().places();
    inside.min(MAX_PERMITS as usize) as u32
}

/// Asks the shadow's door about a call that the bulkhead itself decided as `primary`; gives its permit if both let it in.
#[inline]
pub(super) fn enter<Q: Rule, C: Settings<BulkheadConfig<Q>>, M: Emitter>(
    door: &C::Beside<Arc<Semaphore>>,
    settings: &C,
    reader: &mut C::Reader,
    emitter: &M,
    primary: Verdict,
) -> C::Beside<Permit> {
    let (Some(shade), Some(door)) = (settings.look(reader), door.held()) else {
        return Beside::holding(None);
    };
    let mut given = None;
    shade.judge(emitter, primary, |_| match door.try_acquire() {
        Entry::Acquired { .. } => {
            given = Some(Permit::new(door));
            Verdict::Admitted
        }
        Entry::Full { .. } | Entry::Closed | Entry::Waiting(_) => Verdict::Rejected,
    });
    // Of a call that is not made nobody knows how long it would have stayed.
    Beside::holding(given.filter(|_| primary == Verdict::Admitted))
}
