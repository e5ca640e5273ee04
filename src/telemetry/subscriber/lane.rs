//! A subscriber's place in one ring.

use std::sync::Arc;

use ninelives_core::event::WORDS;
use ninelives_core::ring::{Read, Reader};

use super::Delivery;
use crate::emit::{Interest, PolicyEvent};
use crate::telemetry::bus::EventRing;

/// One ring, read so far.
pub(super) struct Lane {
    ring: Arc<EventRing>,
    reader: Reader,
    /// The next event, taken out to compare its time with that of others.
    pub(super) ahead: Option<PolicyEvent>,
}

/// What became of the events of a subscription.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) received: u64,
    pub(super) lost: u64,
    pub(super) filtered: u64,
}

// === impl Lane ===

impl Lane {
    /// The place behind event `next - 1`.
    pub(super) fn new(ring: &Arc<EventRing>, next: u64) -> Self {
        Self {
            ring: Arc::clone(ring),
            reader: Reader::at(next),
            ahead: None,
        }
    }

    /// The number that the ring's next event will get.
    pub(super) fn head(&self) -> u64 {
        self.ring.head()
    }

    /// The next event that is wanted, or a gap, of those before `until`.
    pub(super) fn next(
        &mut self,
        until: u64,
        interest: Interest,
        counts: &mut Counts,
    ) -> Option<Delivery> {
        while is_before(self.reader.next(), until) {
            match self.ring.read(&mut self.reader) {
                Read::Record { sequence, words } => {
                    let event = unpack(&words, sequence);
                    if interest.wants(event.kind()) {
                        return Some(Delivery::Event(event));
                    }
                    counts.filtered += 1;
                }
                Read::Lost(gap) => {
                    counts.lost += gap;
                    return Some(Delivery::Lagged(gap));
                }
                Read::Empty => break,
            }
        }
        None
    }

    /// How many of the events behind `until` were passed over already.
    pub(super) fn beyond(&self, until: u64) -> u64 {
        from(until, self.reader.next())
    }

    /// Events that were neither handed over, nor lost, nor filtered yet.
    pub(super) fn backlog(&self) -> u64 {
        from(self.reader.next(), self.head()) + u64::from(self.ahead.is_some())
    }
}

/// Numbers wrap, so the nearer way round tells which is before.
fn is_before(number: u64, until: u64) -> bool {
    (until.wrapping_sub(number) as i64) > 0
}

/// How far it is from one number to a later one; none to one that is not later: a head that is seen may be older than a gap that was told.
fn from(number: u64, until: u64) -> u64 {
    if is_before(number, until) {
        until.wrapping_sub(number)
    } else {
        0
    }
}

/// The event of a ring's record.
pub(in crate::telemetry) fn unpack(words: &[u64; WORDS], sequence: u64) -> PolicyEvent {
    match PolicyEvent::unpack(words, sequence) {
        Some(event) => event,
        None => unreachable!("a ring of events holds nothing else"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e10_a_place_past_the_head_that_is_seen_has_no_backlog() {
        let ring = Arc::new(EventRing::starting_at(4, u64::MAX).unwrap());
        assert_eq!(Lane::new(&ring, 1).backlog(), 0);
        assert_eq!(Lane::new(&ring, u64::MAX - 2).backlog(), 2);
    }
}
