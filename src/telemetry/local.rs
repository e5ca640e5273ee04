//! The rings that this thread writes to: one for each bus.
//!
//! Two thread-locals, because one that is dropped with its thread costs each access a look whether it is still there. So the places
//! themselves are never dropped; the guard beside them is, and empties them.

use std::cell::RefCell;
use std::mem::{self, ManuallyDrop};
use std::sync::Arc;

use ninelives_core::event::WORDS;
use ninelives_core::ring::Producer;

use super::bus::EventRing;

struct Place {
    bus: u64,
    producer: Producer<Arc<EventRing>, WORDS>,
}

/// The rings of this thread: the one that is used most, and the others.
#[derive(Default)]
struct Places {
    // Here, not in the list: found with one look less.
    first: Option<Place>,
    others: Vec<Place>,
}

/// Frees the rings when the thread ends.
struct Guard;

thread_local! {
    // Nothing that runs while it is borrowed emits events, but for an allocator that does.
    static PLACES: RefCell<ManuallyDrop<Places>> =
        const { RefCell::new(ManuallyDrop::new(Places::NONE)) };
    static GUARD: Guard = const { Guard };
}

// === impl Places ===

impl Places {
    const NONE: Self = Self {
        first: None,
        others: Vec::new(),
    };
}

/// Pushes to this thread's ring of the bus, if that is the first of its rings.
#[inline]
pub(super) fn push(bus: u64, words: [u64; WORDS]) -> bool {
    let pushed = PLACES.try_with(|places| match places.try_borrow_mut() {
        Ok(mut places) => match &mut places.first {
            Some(place) if place.bus == bus => {
                place.producer.push(&words);
                true
            }
            _ => false,
        },
        Err(_) => false,
    });
    pushed.unwrap_or(false)
}

/// Pushes to this thread's ring of the bus; false when it has none.
///
/// Now and then the ring comes nearer to the first place, so that what is used most is found at once; not each time, or two that
/// take turns would change places all the time.
pub(super) fn push_further(bus: u64, words: [u64; WORDS]) -> bool {
    let pushed = PLACES.try_with(|places| {
        let mut places = places.try_borrow_mut().ok()?;
        let Places { first, others } = &mut **places;
        let at = others.iter().position(|place| place.bus == bus)?;
        if others[at].producer.push(&words) % 16 == 0 {
            match first {
                Some(first) if at == 0 => mem::swap(first, &mut others[0]),
                _ => others.swap(at, at / 2),
            }
        }
        Some(())
    });
    matches!(pushed, Ok(Some(())))
}

/// Keeps the producer for this thread's next events, and drops those of buses that are gone. In a thread that is ending, it drops it.
pub(super) fn keep(bus: u64, producer: Producer<Arc<EventRing>, WORDS>) {
    // Touched, it is there at the end. An error: the thread is past that, and the ring is free again.
    let _ = GUARD.try_with(|Guard| {
        PLACES.try_with(|places| {
            if let Ok(mut places) = places.try_borrow_mut() {
                // The bus is one owner of the ring, this place the other.
                let lives = |place: &Place| Arc::strong_count(place.producer.ring()) > 1;
                places.others.retain(lives);
                places.others.push(Place { bus, producer });
                if !places.first.as_ref().is_some_and(lives) {
                    places.first = places.others.pop();
                }
            }
        })
    });
}

impl Drop for Guard {
    fn drop(&mut self) {
        let taken = PLACES.try_with(|places| {
            let mut places = places.try_borrow_mut().ok()?;
            Some(ManuallyDrop::into_inner(mem::take(&mut *places)))
        });
        // Not under the borrow: whatever the allocator does is free to emit.
        drop(taken);
    }
}
