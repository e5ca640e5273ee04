//! The rings that this thread writes to: one for each bus.

use std::cell::RefCell;
use std::sync::Arc;

use ninelives_core::event::WORDS;
use ninelives_core::ring::Producer;

use super::bus::EventRing;

struct Place {
    bus: u64,
    producer: Producer<Arc<EventRing>, WORDS>,
}

/// So many places are found about equally fast.
const NEAR: usize = 4;

thread_local! {
    // Dropped when the thread ends, and with it the producers: their rings are free then.
    static PLACES: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// Pushes to this thread's ring of the bus; false when it has none.
#[inline]
pub(super) fn push(bus: u64, words: &[u64; WORDS]) -> bool {
    let pushed = PLACES.try_with(|places| {
        // Nothing that is called while it is borrowed calls back, but for an allocator that emits events.
        let Ok(mut places) = places.try_borrow_mut() else {
            return false;
        };
        for (at, place) in places.iter_mut().enumerate() {
            if place.bus == bus {
                place.producer.push(words);
                if at >= NEAR {
                    // What is used often comes near, without two of them changing places all the time.
                    places.swap(at, at / 2);
                }
                return true;
            }
        }
        false
    });
    // An error: the thread is ending and its places are gone.
    pushed.unwrap_or(false)
}

/// Keeps the producer for this thread's next events, and drops those of buses that are gone. In a thread that is ending, it drops it.
pub(super) fn keep(bus: u64, producer: Producer<Arc<EventRing>, WORDS>) {
    // An error: the thread is ending, and the ring is free again.
    let _ = PLACES.try_with(|places| {
        if let Ok(mut places) = places.try_borrow_mut() {
            // The bus is one owner of the ring, this place the other.
            places.retain(|place| Arc::strong_count(place.producer.ring()) > 1);
            places.push(Place { bus, producer });
        }
    });
}
