//! A wait that can be kept apart from its subscriber, and what a subscriber has left when it is closed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::lane::Lane;
use super::{Delivery, Subscriber};
use crate::timer::Timer;

/// What a reader does once it has nothing left: it looks again after naps, each twice as long as the one before, and then sleeps until a
/// producer wakes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// The longest nap, but for the first.
    longest: Duration,
    /// How long the naps go on, in all.
    naps: Duration,
}

/// The first nap; and how long a write of another thread may be on its way: a thousand times what it takes.
const SHORTEST: Duration = Duration::from_millis(1);

pin_project! {
    /// A wait for the next delivery, apart from the subscriber that it is for.
    #[project = WaitProj]
    pub(in crate::telemetry) struct Wait<Z> {
        // Until the next look. None: a producer will ring.
        #[pin]
        nap: Option<Z>,
        stage: Stage,
    }
}

/// How far a wait has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Awake,
    /// A nap of this length, after so much silence, and no alarm.
    Napping {
        length: Duration,
        silence: Duration,
    },
    /// The alarm is armed, and a nap that runs is the grace: see "How to sleep" on the bell's page.
    Armed,
}

/// Where each ring stood when a subscriber was closed: what came later is not meant for it.
pub(in crate::telemetry) struct Cut(Vec<u64>);

// === impl Rest ===

impl Rest {
    /// A producer pays for a wake at most once in a second in which nothing came; until then there are 66 looks.
    pub(super) const DEFAULT: Self = Self {
        longest: Duration::from_millis(16),
        naps: Duration::from_secs(1),
    };

    /// A producer pays for each wake after a nap in which nothing came.
    pub(super) const PROMPT: Self = Self {
        longest: SHORTEST,
        naps: SHORTEST,
    };

    /// No producer ever pays.
    pub(super) const fn never_woken(longest: Duration) -> Self {
        let naps = Duration::MAX;
        Self { longest, naps }
    }

    /// The nap after one of `length`, when nothing came for `silence`; none when it is time to sleep.
    fn nap_after(self, length: Duration, silence: Duration) -> Option<Duration> {
        let twice = length.saturating_mul(2).min(self.longest);
        (silence < self.naps).then(|| twice.max(SHORTEST))
    }
}

// === impl Wait ===

impl<Z> Wait<Z> {
    pub(in crate::telemetry) const fn new() -> Self {
        Self {
            nap: None,
            stage: Stage::Awake,
        }
    }

    /// Whether the subscriber's bell has a waker of this wait.
    pub(super) fn is_armed(&self) -> bool {
        self.stage == Stage::Armed
    }
}

impl<Z: Future<Output = ()>> Wait<Z> {
    /// The next delivery of `subscriber`, which is the same one each time.
    pub(in crate::telemetry) fn poll<T: Timer<Sleep = Z>>(
        self: Pin<&mut Self>,
        subscriber: &mut Subscriber<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Delivery> {
        let mut this = self.project();
        if let Some(delivery) = subscriber.try_recv() {
            return this.over(subscriber, delivery);
        }
        if *this.stage == Stage::Armed {
            subscriber.member.bell().rest(cx.waker());
            if subscriber.member.bell().is_rung() {
                // In vain, but something is going on: armed again at once, it would be rung by each event.
                this.disarm(subscriber);
            }
        }
        if *this.stage == Stage::Awake {
            this.nap(subscriber, SHORTEST, Duration::ZERO);
        }
        if let Stage::Napping { length, silence } = *this.stage {
            ready!(this.poll_nap(cx));
            if let Some(delivery) = subscriber.try_recv() {
                return this.over(subscriber, delivery);
            }
            let silence = silence.saturating_add(length);
            if let Some(length) = subscriber.rest.nap_after(length, silence) {
                this.nap(subscriber, length, silence);
                if this.poll_nap(cx).is_ready() {
                    // A timer that does not wait: other tasks have their turn before the next look.
                    cx.waker().wake_by_ref();
                }
                return Poll::Pending;
            }
            this.arm(subscriber, cx);
            if let Some(delivery) = subscriber.try_recv() {
                return this.over(subscriber, delivery);
            }
        }
        if this.nap.is_some() {
            ready!(this.poll_nap(cx));
            if let Some(delivery) = subscriber.try_recv() {
                return this.over(subscriber, delivery);
            }
        }
        Poll::Pending
    }
}

impl<Z: Future<Output = ()>> WaitProj<'_, Z> {
    fn nap<T>(&mut self, subscriber: &Subscriber<T>, length: Duration, silence: Duration)
    where
        T: Timer<Sleep = Z>,
    {
        self.nap.set(Some(subscriber.timer.sleep(length)));
        *self.stage = Stage::Napping { length, silence };
    }

    /// Ready once the nap is over, and then there is none.
    fn poll_nap(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(nap) = self.nap.as_mut().as_pin_mut() {
            ready!(nap.poll(cx));
            self.nap.set(None);
        }
        Poll::Ready(())
    }

    /// Makes producers ring, and begins the grace. A look comes after this, and one after the grace.
    fn arm<T: Timer<Sleep = Z>>(&mut self, subscriber: &Subscriber<T>, cx: &Context<'_>) {
        let bell = subscriber.member.bell();
        bell.rest(cx.waker());
        bell.quiet();
        subscriber.member.arm();
        self.nap.set(Some(subscriber.timer.sleep(SHORTEST)));
        *self.stage = Stage::Armed;
    }

    fn disarm<T>(&mut self, subscriber: &Subscriber<T>) {
        if *self.stage == Stage::Armed {
            subscriber.member.bell().leave();
        }
        *self.stage = Stage::Awake;
        self.nap.set(None);
    }

    /// The next wait begins anew.
    fn over<T>(&mut self, subscriber: &Subscriber<T>, delivery: Delivery) -> Poll<Delivery> {
        self.disarm(subscriber);
        Poll::Ready(delivery)
    }
}

impl<Z> std::fmt::Debug for Wait<Z> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wait")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
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
