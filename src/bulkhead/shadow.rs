//! The door that a shadow is tried on: a second word, with the same calls, that nobody obeys.

use std::mem;
use std::sync::Arc;

use ninelives_core::semaphore::{Entry, MAX_PERMITS, Priority, Semaphore};

use super::BulkheadConfig;
use super::demand::{self, Weight, places_of};
use super::mode::Rule;
use crate::adaptive::Adaptive;
use crate::emit::{Emitter, Verdict};
use crate::settings::{Beside, Said, Shade};

/// Permits that were taken, and go back when whoever is told of it panics.
struct Entered<'a> {
    door: &'a Semaphore,
    weight: u32,
}

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
    room_of(Priority::Critical, config)
}

/// The same for a class, which may take its share of the places.
fn room_of<Q: Rule>(priority: Priority, config: &BulkheadConfig<Q>) -> u32 {
    let places = places_of(priority, config.queue().places());
    let inside = config.max_concurrent() + places as usize;
    inside.min(MAX_PERMITS as usize) as u32
}

/// Asks the shadow's door about a call that the bulkhead let in; gives the door if that lets it in, too, and counts it.
#[inline]
pub(super) fn admitted<B: Beside<Arc<Semaphore>>, Q: Rule, M: Emitter, W: Weight>(
    door: &B,
    shade: Option<Shade<'_, BulkheadConfig<Q>>>,
    emitter: &M,
    call: (W, Priority),
) -> B {
    let (Some(shade), Some(door)) = (shade, door.held()) else {
        return B::holding(None);
    };
    let admitted = ask(door, shade, emitter, Verdict::Admitted, call);
    B::holding(admitted.then(|| Arc::clone(door)))
}

/// The same of a call without classes, whose permits are out of `semaphore` and held by nobody yet: where there is no shadow, that is
/// shorter.
#[inline]
pub(super) fn admitted_from<B: Beside<Arc<Semaphore>>, Q: Rule, M: Emitter, W: Weight>(
    semaphore: &Semaphore,
    door: &B,
    shade: Option<Shade<'_, BulkheadConfig<Q>>>,
    emitter: &M,
    weight: W,
) -> B {
    let (Some(shade), Some(door)) = (shade, door.held()) else {
        return B::holding(None);
    };
    let held = Some(semaphore);
    let admitted = ask_highest(door, shade, emitter, Verdict::Admitted, weight, held);
    B::holding(admitted.then(|| Arc::clone(door)))
}

/// Asks it about a call that was turned away for `entry`. Nobody knows how long that would have stayed, so it is not counted; of a
/// bulkhead that is closed nobody asks what it would do open.
#[inline]
pub(super) fn turned_away<B: Beside<Arc<Semaphore>>, Q: Rule, M: Emitter, W: Weight>(
    door: &B,
    shade: Option<Shade<'_, BulkheadConfig<Q>>>,
    emitter: &M,
    call: (W, Priority),
    entry: &Entry,
) {
    if let (Some(shade), Some(door)) = (shade, door.held())
        && !matches!(entry, Entry::Closed)
        && ask(door, shade, emitter, Verdict::Rejected, call)
    {
        door.release_many(call.0.permits().get());
    }
}

/// Takes a call that is over out of the count.
#[inline(never)] // apart, so that the way of a call without a shadow is short
pub(super) fn give_back(door: Arc<Semaphore>, weight: u32) {
    door.release_many(weight);
}

#[inline] // where there are no classes, only the first way is left
fn ask<Q: Rule, M: Emitter, W: Weight>(
    door: &Semaphore,
    shade: Shade<'_, BulkheadConfig<Q>>,
    emitter: &M,
    primary: Verdict,
    (weight, priority): (W, Priority),
) -> bool {
    match priority {
        Priority::Critical => ask_highest(door, shade, emitter, primary, weight, None),
        class => ask_of(door, shade, emitter, primary, (weight, class)),
    }
}

/// Asks about a call to which no place is denied. `held`: what its permits are out of, if nobody holds them yet.
#[inline(never)] // as `give_back`
fn ask_highest<Q: Rule, M: Emitter, W: Weight>(
    door: &Semaphore,
    shade: Shade<'_, BulkheadConfig<Q>>,
    emitter: &M,
    primary: Verdict,
    weight: W,
    held: Option<&Semaphore>,
) -> bool {
    let (said, admitted) = shade.weigh(|config| verdict(enter(door, config, weight).is_some()));
    if said.is_news(primary) {
        let held = [admitted.then_some(door), held];
        tell(&shade, emitter, primary, said, held, weight);
    }
    admitted
}

/// Asks about a call of a class that may not have all places.
#[inline(never)] // as `give_back`
fn ask_of<Q: Rule, M: Emitter, W: Weight>(
    door: &Semaphore,
    shade: Shade<'_, BulkheadConfig<Q>>,
    emitter: &M,
    primary: Verdict,
    (weight, class): (W, Priority),
) -> bool {
    let (said, admitted) = shade.weigh(|config| {
        let Some(inside) = enter(door, config, weight) else {
            return verdict(false);
        };
        let admitted = inside <= room_of(class, config);
        if !admitted {
            door.release_many(weight.permits().get());
        }
        verdict(admitted)
    });
    if said.is_news(primary) {
        let held = [admitted.then_some(door), None];
        tell(&shade, emitter, primary, said, held, weight);
    }
    admitted
}

/// Tells what there is to tell. What is held nowhere else goes back when that panics.
#[cold]
#[inline(never)]
fn tell<V, M: Emitter, W: Weight>(
    shade: &Shade<'_, V>,
    emitter: &M,
    primary: Verdict,
    said: Said,
    held: [Option<&Semaphore>; 2],
    weight: W,
) {
    let weight = weight.permits().get();
    let held = held.map(|door| door.map(|door| Entered { door, weight }));
    shade.tell(emitter, primary, said);
    mem::forget(held);
}

const fn verdict(admitted: bool) -> (Verdict, bool) {
    match admitted {
        true => (Verdict::Admitted, true),
        false => (Verdict::Rejected, false),
    }
}

/// A call comes to the door: how many permits are inside then, if it gets its own.
#[inline]
fn enter<Q: Rule, W: Weight>(
    door: &Semaphore,
    config: &BulkheadConfig<Q>,
    weight: W,
) -> Option<u32> {
    let limit = config.max_concurrent();
    if limit > 0 && weight.permits().get() as usize > limit {
        return None; // no place in a line would help it
    }
    match door.try_acquire_many(demand::ask(weight, Priority::Normal)) {
        Entry::Acquired { in_flight } => Some(in_flight),
        Entry::Full { .. } | Entry::Overweight { .. } | Entry::Closed | Entry::Waiting(_) => None,
    }
}

// === impl Entered ===

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.door.release_many(self.weight);
    }
}
