//! One reader of a stream of events, with its own place in every ring and its own counts.

mod lane;
mod recv;
mod wait;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) use lane::unpack;
pub use recv::Recv;
pub(super) use wait::{Cut, Wait};

use self::lane::{Counts, Lane};
use self::wait::Rest;
use super::bus::{Bus, Member};
use crate::emit::{Interest, PolicyEvent};
use crate::timer::{Timer, TokioTimer};

/// Receives what a [`StreamingSink`](super::StreamingSink) is told after the subscription, for as long as it lives.
///
/// For every subscriber, at any time, exactly:
/// `emitted since it subscribed == received + lost + filtered + backlog`. An event that nobody is subscribed to is not made, and not
/// counted.
///
/// Events of one thread come in order. Between threads the order is that of the rings, some events of each in turn; [`merged`](Self::merged)
/// puts them into the order of their times.
///
/// # How it waits
/// [`recv`](Self::recv), and a [`Pump`](super::Pump), poll the rings between naps on the timer `T`: 1 ms, 2, 4, 8, and then 16 ms each. After a
/// second in which nothing came they sleep until an event comes, and cost nothing. That event calls the waker of the sleeping task, on the thread
/// that emits: with most runtimes a system call, which takes microseconds there. So on a stream in use nobody pays for a wake, and an event is
/// received 16 ms late at most. [`prompt`](Self::prompt) and [`never_woken`](Self::never_woken) choose otherwise.
///
/// Dropping the subscriber ends the subscription.
pub struct Subscriber<T = TokioTimer> {
    member: Member,
    lanes: Vec<Lane>,
    counts: Counts,
    // The lane whose turn it is, and how many more events it may hand over.
    turn: usize,
    left: u32,
    merged: bool,
    rest: Rest,
    timer: T,
}

/// What a subscriber receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// An event.
    Event(PolicyEvent),
    /// This many events were overwritten before this subscriber read them, wanted or not: their kinds are not known any more.
    Lagged(u64),
}

/// How many events one ring hands over before another has its turn.
const TURN: u32 = 32;

// === impl Subscriber ===

impl<T> Subscriber<T> {
    pub(super) fn join(bus: &Arc<Bus>, interest: Interest, timer: T) -> Self {
        // First the seat, then the places: what is emitted from now on is behind them.
        let member = Member::join(bus, interest);
        let rings = bus.rings();
        let lanes = rings.iter().map(|ring| Lane::new(ring, ring.head()));
        Self {
            lanes: lanes.collect(),
            member,
            counts: Counts::default(),
            turn: 0,
            left: TURN,
            merged: false,
            rest: Rest::DEFAULT,
            timer,
        }
    }

    /// The same subscription, events of all threads in the order of their times.
    ///
    /// Each event handed over is the earliest of those that were in the rings at that moment. One with an earlier time that comes into
    /// a ring later, from a thread that was slow to emit it, comes out later too. Costs a look at every ring for each event.
    #[must_use = "the subscription ends when it is dropped"]
    pub fn merged(mut self) -> Self {
        self.merged = true;
        self
    }

    /// The same subscription, asleep after one nap of 1 ms: for kinds of events that are rare, and should be known at once.
    ///
    /// Each wanted event that comes while it sleeps pays for the wake.
    #[must_use = "the subscription ends when it is dropped"]
    pub const fn prompt(mut self) -> Self {
        self.rest = Rest::PROMPT;
        self
    }

    /// The same subscription, which never sleeps until it is woken, but naps for up to `longest` while nothing comes, after a first nap of
    /// 1 ms: an emitting thread never wakes it.
    ///
    /// An event after a silence is received at most that much later, if its ring keeps it for as long. An idle reader looks at every ring
    /// after each nap.
    #[must_use = "the subscription ends when it is dropped"]
    pub const fn never_woken(mut self, longest: Duration) -> Self {
        self.rest = Rest::never_woken(longest);
        self
    }

    /// The next event, or how many were lost before it. `None`: everything that was emitted before this call has been handed over, counted as
    /// lost, or filtered.
    ///
    /// # Progress
    /// Wait-free for what was emitted before the call: it looks at each ring once, and passes over unwanted events.
    pub fn try_recv(&mut self) -> Option<Delivery> {
        let delivery = if self.merged {
            self.earliest()
        } else {
            self.in_turn()
        };
        if let Some(Delivery::Event(_)) = delivery {
            self.counts.received += 1;
        }
        delivery
    }

    /// What it is subscribed to.
    pub fn interest(&self) -> Interest {
        self.member.interest()
    }

    /// Events that were handed over.
    pub fn received(&self) -> u64 {
        self.counts.received
    }

    /// Events that were overwritten before they were handed over: the sum of what `Lagged` said.
    pub fn lost(&self) -> u64 {
        self.counts.lost
    }

    /// Events of kinds that it is not subscribed to. Only those that another subscriber wanted are made at all.
    pub fn filtered(&self) -> u64 {
        self.counts.filtered
    }

    /// Events that it has not read yet, including those that are overwritten by now.
    pub fn backlog(&self) -> u64 {
        let known: u64 = self.lanes.iter().map(Lane::backlog).sum();
        let rings = self.member.bus().rings();
        let unknown = rings.iter().skip(self.lanes.len());
        let first = self.member.bus().first();
        known
            + unknown
                .map(|ring| ring.head().wrapping_sub(first))
                .sum::<u64>()
    }

    /// Takes up the rings that are new; false when there are none.
    fn refresh(&mut self) -> bool {
        let rings = self.member.bus().rings();
        let new = rings.iter().skip(self.lanes.len());
        let known = self.lanes.len();
        let first = self.member.bus().first();
        self.lanes.extend(new.map(|ring| Lane::new(ring, first)));
        self.lanes.len() > known
    }

    /// The next of the ring whose turn it is, or of the one after it that has any.
    fn in_turn(&mut self) -> Option<Delivery> {
        let mut empty = 0;
        loop {
            if empty == self.lanes.len() {
                let known = self.lanes.len();
                if !self.refresh() {
                    return None;
                }
                self.take_turn(known);
            }
            if self.left == 0 {
                self.take_turn((self.turn + 1) % self.lanes.len());
            }
            let lane = &mut self.lanes[self.turn];
            let until = lane.head();
            if let Some(delivery) = lane.next(until, self.member.interest(), &mut self.counts) {
                self.left -= 1;
                return Some(delivery);
            }
            empty += 1;
            if empty < self.lanes.len() {
                self.take_turn((self.turn + 1) % self.lanes.len());
            }
        }
    }

    fn take_turn(&mut self, lane: usize) {
        self.turn = lane;
        self.left = TURN;
    }

    /// The earliest of what the rings have.
    fn earliest(&mut self) -> Option<Delivery> {
        self.refresh();
        for lane in &mut self.lanes {
            if lane.ahead.is_none() {
                let until = lane.head();
                match lane.next(until, self.member.interest(), &mut self.counts) {
                    Some(Delivery::Event(event)) => lane.ahead = Some(event),
                    Some(lagged) => return Some(lagged),
                    None => {}
                }
            }
        }
        let waiting = self.lanes.iter_mut().filter(|lane| lane.ahead.is_some());
        let first = waiting.min_by_key(|lane| lane.ahead.map(|event| event.time()))?;
        first.ahead.take().map(Delivery::Event)
    }
}

impl<T: Timer> Subscriber<T> {
    /// The next event, or how many were lost before it, waiting until there is one.
    ///
    /// See "How it waits" above. What is emitted in the very moment in which it falls asleep may be received a millisecond late.
    ///
    /// # Cancel safety
    /// Dropping the wait loses nothing.
    ///
    /// # Panics
    /// As the timer does: `TokioTimer` panics outside a tokio runtime that has time enabled.
    pub fn recv(&mut self) -> Recv<'_, T> {
        Recv::new(self)
    }
}

impl Subscriber {
    /// The same subscription with another timer for its naps.
    #[must_use = "the subscription ends when it is dropped"]
    pub fn with_timer<U: Timer>(self, timer: U) -> Subscriber<U> {
        Subscriber {
            member: self.member,
            lanes: self.lanes,
            counts: self.counts,
            turn: self.turn,
            left: self.left,
            merged: self.merged,
            rest: self.rest,
            timer,
        }
    }
}

impl<T> fmt::Debug for Subscriber<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("counts", &self.counts)
            .field("rings", &self.lanes.len())
            .field("merged", &self.merged)
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// The event, if it is one.
    pub const fn event(self) -> Option<PolicyEvent> {
        match self {
            Self::Event(event) => Some(event),
            Self::Lagged(_) => None,
        }
    }
}
