//! Where the producers of a bus look for each event: a place that is never given back, so that no call counts as its owner.
//!
//! A call that tells events would own the bus as long as it is out, once for each of its layers, and to own is to count. So what a producer
//! needs of a bus is at a post, and a policy's emitter is a plain reference to it, with the bus's number. When a bus ends, its post is
//! for the next one: a program has as many as it ever had buses at once. An emitter that is still about then wants nothing and tells nobody:
//! its number is not that of the post's bus, nor that of any ring.

use std::sync::{Arc, Weak};

use arc_swap::{ArcSwapOption, ArcSwapWeak};
use crossbeam_utils::CachePadded;
use ninelives_core::bell::Alarm;
use ninelives_core::event::{SharedInterest, WORDS};
use ninelives_core::sequence::Sequence;
use ninelives_core::tenancy::Tenancy;

use super::bus::Bus;
use super::local;
use crate::emit::{Interest, Kind, PolicyEvent};

/// What a producer reads for each event. Written when somebody joins or leaves, goes to sleep or is woken, and when a bus begins or ends.
pub(super) struct Post {
    tenancy: Tenancy,
    interest: SharedInterest,
    alarm: Alarm,
    bus: ArcSwapWeak<Bus>,
}

/// What knows a bus: its post, and its number.
#[derive(Clone, Copy)]
pub(super) struct Wire {
    post: &'static Post,
    bus: u64,
}

/// Numbers of buses, never used again: a thread may still know a bus that is gone.
static NUMBERS: Sequence = Sequence::new();

/// Every post there ever was: the list only grows.
static POSTS: ArcSwapOption<Vec<&'static Post>> = ArcSwapOption::const_empty();

// === impl Post ===

impl Post {
    fn of(bus: u64) -> &'static Self {
        let post = Self {
            tenancy: Tenancy::of(bus),
            interest: SharedInterest::new(),
            alarm: Alarm::new(),
            bus: ArcSwapWeak::new(Weak::new()),
        };
        Box::leak(Box::new(CachePadded::new(post)))
    }

    pub(super) fn interest(&self) -> &SharedInterest {
        &self.interest
    }

    pub(super) fn alarm(&self) -> &Alarm {
        &self.alarm
    }

    /// Whether somebody sleeps for the event of these words. From them, not from the event: one register less to keep.
    #[inline]
    fn is_awaited(&self, words: [u64; WORDS]) -> bool {
        self.alarm.is_armed(Interest::of(&words).bits())
    }

    /// Somebody sleeps for what was written. If the bus that it was written for has ended since, the readers of the next one look in vain.
    #[cold]
    #[inline(never)]
    fn wake(&self) {
        if self.alarm.answer() {
            // Behind the answer: who armed had joined a bus that was here.
            if let Some(bus) = self.bus.load().upgrade() {
                bus.ring_all();
            }
        }
    }
}

// === impl Wire ===

impl Wire {
    /// Of a bus that begins: a post that was left, or a new one.
    pub(super) fn new(bus: &Weak<Bus>) -> Self {
        let number = NUMBERS.next();
        let wire = Self {
            post: vacant(number),
            bus: number,
        };
        wire.post.bus.store(Weak::clone(bus));
        wire
    }

    pub(super) fn post(self) -> &'static Post {
        self.post
    }

    pub(super) fn number(self) -> u64 {
        self.bus
    }

    /// The bus, if it is there.
    pub(super) fn bus(self) -> Option<Arc<Bus>> {
        let bus = self.post.bus.load().upgrade()?;
        (bus.number() == self.bus).then_some(bus)
    }

    #[inline]
    pub(super) fn wants(self, kind: Kind) -> bool {
        self.wants_any(Interest::NONE.with(kind))
    }

    #[inline]
    pub(super) fn wants_any(self, kinds: Interest) -> bool {
        self.post.tenancy.is(self.bus) && self.post.interest.get().meets(kinds)
    }

    /// Puts the event into this thread's ring, and wakes who sleeps for it.
    ///
    /// Always inline: where the event is made, packing it is a few instructions; anywhere else it is a table of all kinds.
    #[inline(always)]
    pub(super) fn emit(self, event: &PolicyEvent) {
        let [a, b, c, d] = event.pack();
        self.push(a, b, c, d);
    }

    /// One function for all events, with the words in registers, and nothing to come back for: every call in it is the last thing it
    /// does, so it saves no registers.
    #[inline(never)]
    fn push(self, a: u64, b: u64, c: u64, d: u64) {
        if !local::push(self.bus, [a, b, c, d]) {
            return self.push_further(a, b, c, d);
        }
        if self.post.is_awaited([a, b, c, d]) {
            self.post.wake();
        }
    }

    /// The thread's first ring is that of another bus.
    #[inline(never)]
    fn push_further(self, a: u64, b: u64, c: u64, d: u64) {
        if !local::push_further(self.bus, [a, b, c, d]) {
            self.push_first([a, b, c, d]);
        }
        if self.post.is_awaited([a, b, c, d]) {
            self.post.wake();
        }
    }

    /// This thread has no ring here. If it is ending, and has no place to keep one, it takes a ring for this event alone.
    #[cold]
    #[inline(never)]
    fn push_first(self, words: [u64; WORDS]) {
        if self.post.interest.get() == Interest::NONE {
            return;
        }
        if let Some(bus) = self.bus() {
            let mut producer = bus.attach();
            producer.push(&words);
            local::keep(self.bus, producer);
        }
    }

    /// The bus ends: the next one finds its post as if it were new.
    pub(super) fn end(self) {
        self.post.bus.store(Weak::new());
        // Only a member of the bus would be in its way, and there is none.
        while !(self.post.interest).narrow(self.post.interest.look(), Interest::NONE) {}
        self.post.tenancy.leave();
    }
}

/// A post that nobody has, for the bus with this number.
fn vacant(bus: u64) -> &'static Post {
    let known = POSTS.load();
    let mut known = known.iter().flat_map(|posts| posts.iter().copied());
    known
        .find(|post| post.tenancy.take(bus))
        .unwrap_or_else(|| {
            let post = Post::of(bus);
            POSTS.rcu(|posts| {
                let mut longer = posts.as_deref().cloned().unwrap_or_default();
                longer.push(post);
                Some(Arc::new(longer))
            });
            post
        })
}
