//! What the producers of events and their subscribers share: rings, interest, bells, names.

use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use ninelives_core::bell::Bell;
use ninelives_core::event::WORDS;
use ninelives_core::ring::{MAX_CAPACITY, Producer, Ring};

use super::names::Names;
use super::post::Wire;
use crate::emit::Interest;
use crate::error::ConfigError;
use crate::turn;

/// One thread's events.
pub(super) type EventRing = Ring<WORDS>;

/// Every ring there ever was on a bus, in the order in which they came: the list only grows.
pub(super) type Rings = Vec<Arc<EventRing>>;

/// One ring for each thread that emits, and everybody who reads them.
pub(super) struct Bus {
    wire: Wire,
    capacity: u32,
    first: u64,
    rings: ArcSwap<Rings>,
    seats: ArcSwap<Vec<Arc<Seat>>>,
    names: Names,
}

/// What the bus knows of a reader.
struct Seat {
    interest: Interest,
    bell: Bell,
}

/// A reader's place in the list of readers. Dropping it ends what it stands for.
pub(super) struct Member {
    bus: Arc<Bus>,
    seat: Arc<Seat>,
}

// === impl Bus ===

impl Bus {
    /// A bus whose rings keep `capacity` events each, rounded up to a power of two.
    pub(super) fn new(capacity: usize) -> Result<Arc<Self>, ConfigError> {
        Self::starting_at(capacity, 0)
    }

    /// A bus whose rings begin with the number `first`.
    pub(super) fn starting_at(capacity: usize, first: u64) -> Result<Arc<Self>, ConfigError> {
        let capacity = match u32::try_from(capacity) {
            Ok(events @ 1..=MAX_CAPACITY) => events,
            _ => {
                let range = 1..=u64::from(MAX_CAPACITY);
                return Err(ConfigError::count("capacity", capacity as u64, range));
            }
        };
        Ok(Arc::new_cyclic(|bus| Self {
            wire: Wire::new(bus),
            capacity,
            first,
            rings: ArcSwap::default(),
            seats: ArcSwap::default(),
            names: Names::default(),
        }))
    }

    /// What its emitters know of it.
    #[inline]
    pub(super) fn wire(&self) -> Wire {
        self.wire
    }

    /// What no other bus is ever called.
    pub(super) fn number(&self) -> u64 {
        self.wire.number()
    }

    /// How many events each ring keeps.
    pub(super) fn capacity(&self) -> usize {
        self.capacity.next_power_of_two() as usize
    }

    /// The number of the first event of a ring.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn rings(&self) -> Guard<Arc<Rings>> {
        self.rings.load()
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// A free ring, or a new one.
    pub(super) fn attach(&self) -> Producer<Arc<EventRing>, WORDS> {
        let known = self.rings.load();
        let free = known.iter().filter(|ring| !ring.is_owned());
        if let Some(producer) = free.map(Arc::clone).find_map(Producer::attach) {
            return producer;
        }
        let ring = self.ring();
        let producer = Producer::attach(Arc::clone(&ring)).expect("nobody else knows it");
        self.rings.rcu(|rings| with(rings, &ring));
        producer
    }

    /// Makes rings until there are free ones for so many threads.
    pub(super) fn reserve(&self, threads: usize) {
        let free = |rings: &Rings| rings.iter().filter(|ring| !ring.is_owned()).count();
        while free(&self.rings.load()) < threads {
            let ring = self.ring();
            self.rings.rcu(|rings| with(rings, &ring));
        }
    }

    fn ring(&self) -> Arc<EventRing> {
        let ring = EventRing::starting_at(self.capacity, self.first);
        Arc::new(ring.expect("the capacity was checked"))
    }

    /// Wakes every reader that sleeps. A waker that panics keeps no other reader asleep, and is nothing to who emits.
    pub(super) fn ring_all(&self) {
        for seat in self.seats.load().iter() {
            turn::apart(|| seat.bell.ring());
        }
    }

    /// A seat in the list, and its interest in that of all.
    fn join(&self, interest: Interest) -> Arc<Seat> {
        let seat = Arc::new(Seat {
            interest,
            bell: Bell::new(),
        });
        // Into the list first: see the page of `SharedInterest`.
        self.seats.rcu(|seats| with(seats, &seat));
        self.wire.post().interest().add(interest);
        seat
    }

    fn leave(&self, seat: &Arc<Seat>) {
        self.seats.rcu(|seats| {
            let others = seats.iter().filter(|other| !Arc::ptr_eq(other, seat));
            others.cloned().collect::<Vec<_>>()
        });
        loop {
            let seen = self.wire.post().interest().look();
            let seats = self.seats.load();
            let all = seats
                .iter()
                .fold(Interest::NONE, |all, other| all.union(other.interest));
            if self.wire.post().interest().narrow(seen, all) {
                return;
            }
        }
    }

    /// Makes events of these kinds for as long as the bus lives.
    pub(super) fn want(&self, interest: Interest) {
        self.join(interest);
    }

    /// How many readers there are.
    pub(super) fn readers(&self) -> usize {
        self.seats.load().len()
    }
}

/// The list with one more.
fn with<T>(list: &Arc<Vec<Arc<T>>>, one: &Arc<T>) -> Vec<Arc<T>> {
    let mut longer = Vec::with_capacity(list.len() + 1);
    longer.extend_from_slice(list);
    longer.push(Arc::clone(one));
    longer
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.wire.end();
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("capacity", &self.capacity())
            .field("rings", &self.rings.load().len())
            .field("readers", &self.readers())
            .field("interest", &self.wire.post().interest().get())
            .finish()
    }
}

// === impl Member ===

impl Member {
    /// A reader that wants `interest`: what is emitted from now on is meant for it.
    pub(super) fn join(bus: &Arc<Bus>, interest: Interest) -> Self {
        Self {
            bus: Arc::clone(bus),
            seat: bus.join(interest),
        }
    }

    pub(super) fn bus(&self) -> &Bus {
        &self.bus
    }

    pub(super) fn interest(&self) -> Interest {
        self.seat.interest
    }

    pub(super) fn bell(&self) -> &Bell {
        &self.seat.bell
    }

    /// Makes producers ring the bell. The reader looks once more after this, and again after a grace.
    pub(super) fn arm(&self) {
        self.bus.wire.post().alarm().arm(self.seat.interest.bits());
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.bus.leave(&self.seat);
    }
}
