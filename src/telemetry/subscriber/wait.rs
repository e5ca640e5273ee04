//! A wait that can be kept apart from its subscriber, and what a subscriber has left when it is closed.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::lane::Lane;
use super::{Delivery, Subscriber};
use crate::timer::Timer;

/// How long a write of another thread may be on its way: a thousand times what it takes.
const GRACE: Duration = Duration::from_millis(1);

pin_project! {
    /// A wait for the next delivery, apart from the subscriber that it is for.
    #[project = WaitProj]
    pub(in crate::telemetry) struct Wait<Z> {
        // The look after this is the last one before a sleep without an end: see "How to sleep" on the bell's page.
        #[pin]
        grace: Option<Z>,
        armed: bool,
    }
}

/// Where each ring stood when a subscriber was closed: what came later is not meant for it.
pub(in crate::telemetry) struct Cut(Vec<u64>);

// === impl Wait ===

impl<Z: Future<Output = ()>> Wait<Z> {
    pub(in crate::telemetry) const fn new() -> Self {
        Self {
            grace: None,
            armed: false,
        }
    }

    /// The next delivery of `subscriber`, which is the same one each time.
    pub(in crate::telemetry) fn poll<T: Timer<Sleep = Z>>(
        self: Pin<&mut Self>,
        subscriber: &mut Subscriber<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Delivery> {
        let mut this = self.project();
        if let Some(delivery) = subscriber.try_recv() {
            return this.over(delivery);
        }
        subscriber.member.bell().rest(cx.waker());
        if !*this.armed || subscriber.member.bell().is_rung() {
            subscriber.member.bell().quiet();
            subscriber.member.arm();
            *this.armed = true;
            if let Some(delivery) = subscriber.try_recv() {
                return this.over(delivery);
            }
            let grace = subscriber.timer.sleep(GRACE);
            this.grace.set(Some(grace));
        }
        if let Some(grace) = this.grace.as_mut().as_pin_mut()
            && grace.poll(cx).is_ready()
        {
            this.grace.set(None);
            if let Some(delivery) = subscriber.try_recv() {
                return this.over(delivery);
            }
        }
        Poll::Pending
    }
}

impl<Z> WaitProj<'_, Z> {
    /// The next wait begins anew.
    fn over(&mut self, delivery: Delivery) -> Poll<Delivery> {
        *self.armed = false;
        self.grace.set(None);
        Poll::Ready(delivery)
    }
}

impl<Z> std::fmt::Debug for Wait<Z> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wait")
            .field("armed", &self.armed)
            .field("grace", &self.grace.is_some())
            .finish()
    }
}

// === impl Subscriber ===

impl<T> Subscriber<T> {
    /// The timer of its grace.
    pub(in crate::telemetry) const fn timer(&self) -> &T {
        &self.timer
    }

    /// From here on only what was emitted before this call is of interest.
    pub(in crate::telemetry) fn cut(&mut self) -> Cut {
        self.refresh();
        Cut(self.lanes.iter().map(Lane::head).collect())
    }

    /// The next delivery of those before the cut, without waiting. Who asks counts: the subscriber's own counts end with the cut.
    pub(in crate::telemetry) fn next_before(&mut self, cut: &Cut) -> Option<Delivery> {
        let interest = self.member.interest();
        for (lane, until) in self.lanes.iter_mut().zip(&cut.0) {
            if lane.ahead.is_none() {
                match lane.next(*until, interest, &mut self.counts) {
                    Some(Delivery::Event(event)) => lane.ahead = Some(event),
                    Some(Delivery::Lagged(lost)) => {
                        // A ring that goes on being written may be lapped past the cut; those events are not this reader's.
                        let beyond = lane.beyond(*until);
                        return Some(Delivery::Lagged(lost - beyond));
                    }
                    None => {}
                }
            }
            if !self.merged && lane.ahead.is_some() {
                break;
            }
        }
        let waiting = self.lanes.iter_mut().filter(|lane| lane.ahead.is_some());
        let first = waiting.min_by_key(|lane| lane.ahead.map(|event| event.time()))?;
        first.ahead.take().map(Delivery::Event)
    }
}
