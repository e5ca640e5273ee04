//! The door that a shadow is tried on: a second word, with the same calls, that nobody obeys.

use std::sync::Arc;

use ninelives_core::semaphore::{Entry, MAX_PERMITS, Priority, Semaphore};

use super::BulkheadConfig;
use super::demand::{self, Weight};
use super::mode::Rule;
use crate::adaptive::Adaptive;
use crate::emit::{Emitter, Verdict};
use crate::settings::{Beside, Shade};

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

/// How many permits may be inside; somebody in line has theirs.
fn room<Q: Rule>(config: &BulkheadConfig<Q>) -> u32 {
    let inside = config.max_concurrent() + config.queue().places();
    inside.min(MAX_PERMITS as usize) as u32
}

/// Asks the shadow's door about a call that the bulkhead let in; gives the door if that lets it in, too, and counts it.
#[inline]
pub(super) fn admitted<B: Beside<Arc<Semaphore>>, Q: Rule, M: Emitter, W: Weight>(
    door: &B,
    shade: Option<Shade<'_, BulkheadConfig<Q>>>,
    emitter: &M,
    weight: W,
) -> B {
    let (Some(shade), Some(door)) = (shade, door.held()) else {
        return B::holding(None);
    };
    let admitted = ask(door, shade, emitter, Verdict::Admitted, weight);
    B::holding(admitted.then(|| Arc::clone(door)))
}

/// Asks it about a call that was turned away. Nobody knows how long that would have stayed, so it is not counted.
#[inline]
pub(super) fn turned_away<B: Beside<Arc<Semaphore>>, Q: Rule, M: Emitter, W: Weight>(
    door: &B,
    shade: Option<Shade<'_, BulkheadConfig<Q>>>,
    emitter: &M,
    weight: W,
) {
    if let (Some(shade), Some(door)) = (shade, door.held())
        && ask(door, shade, emitter, Verdict::Rejected, weight)
    {
        door.release_many(weight.permits().get());
    }
}

/// Takes a call that is over out of the count.
#[inline(never)] // apart, so that the way of a call without a shadow is short
pub(super) fn give_back(door: Arc<Semaphore>, weight: u32) {
    door.release_many(weight);
}

#[inline(never)] // as `give_back`
fn ask<Q: Rule, M: Emitter, W: Weight>(
    door: &Semaphore,
    shade: Shade<'_, BulkheadConfig<Q>>,
    emitter: &M,
    primary: Verdict,
    weight: W,
) -> bool {
    shade.judge(emitter, primary, |_| {
        match door.try_acquire_many(demand::ask(weight, Priority::Normal)) {
            Entry::Acquired { .. } => (Verdict::Admitted, true),
            Entry::Full { .. } | Entry::Overweight { .. } | Entry::Closed | Entry::Waiting(_) => {
                (Verdict::Rejected, false)
            }
        }
    })
}
