//! The task of a pump.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Limits;
use super::report::Shared;
use crate::emit::PolicyEvent;
use crate::telemetry::sink::TelemetrySink;
use crate::telemetry::subscriber::{Cut, Delivery, Subscriber, Wait};
use crate::timer::Timer;
use crate::turn;

pin_project! {
    /// Takes events from the rings to the sink, until the [`PumpHandle`](super::PumpHandle) ends it. Spawn it.
    ///
    /// # Cancel safety
    /// Dropping it ends the pump: what was left counts as undelivered.
    #[must_use = "futures do nothing unless polled"]
    #[project = PumpTaskProj]
    pub struct PumpTask<S: TelemetrySink, T: Timer> {
        #[pin]
        wait: Wait<T::Sleep>,
        // What the sink does with the event in hand.
        #[pin]
        call: Option<S::Future>,
        // How long it may.
        #[pin]
        patience: Option<T::Sleep>,
        // After a shutdown: how long the rest may take.
        #[pin]
        drain: Option<T::Sleep>,
        // None once the pump has ended.
        ends: Option<Ends<S, T>>,
        hand: Option<PolicyEvent>,
        cut: Option<Cut>,
        limits: Limits,
        shared: Arc<Shared>,
    }

    impl<S: TelemetrySink, T: Timer> PinnedDrop for PumpTask<S, T> {
        fn drop(this: Pin<&mut Self>) {
            this.project().finish();
        }
    }
}

/// Where events come from and go to.
struct Ends<S, T> {
    subscriber: Subscriber<T>,
    sink: S,
}

/// What became of an event.
enum Outcome {
    Delivered,
    Failed,
    TimedOut,
    Panicked,
}

// === impl PumpTask ===

impl<S: TelemetrySink, T: Timer> PumpTask<S, T> {
    pub(super) fn new(
        subscriber: Subscriber<T>,
        sink: S,
        limits: Limits,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            wait: Wait::new(),
            call: None,
            patience: None,
            drain: None,
            ends: Some(Ends { subscriber, sink }),
            hand: None,
            cut: None,
            limits,
            shared,
        }
    }
}

impl<S: TelemetrySink, T: Timer> Future for PumpTask<S, T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if this.ends.is_none() {
            return Poll::Ready(());
        }
        // The waker first: a stop that comes before it is seen, one that comes after it wakes it.
        this.shared.stop.rest(cx.waker());
        if this.shared.stop.is_rung() && this.begin_draining(cx).is_ready() {
            this.finish();
            return Poll::Ready(());
        }
        for _ in 0..this.limits.batch.get() {
            if this.hand.is_none() {
                match ready!(this.next(cx)) {
                    Some(Delivery::Event(event)) => {
                        this.shared.received.add(1);
                        *this.hand = Some(event);
                    }
                    Some(Delivery::Lagged(lost)) => {
                        this.shared.lost.add(lost);
                        continue;
                    }
                    None => {
                        this.finish();
                        return Poll::Ready(());
                    }
                }
            }
            let outcome = ready!(this.deliver(cx));
            this.settle(outcome);
        }
        // The other tasks of this thread come first.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: TelemetrySink, T: Timer> PumpTaskProj<'_, S, T> {
    /// Fixes what is left to deliver, and for how long; ready when the time is over.
    fn begin_draining(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let (None, Some(ends)) = (&self.cut, self.ends.as_mut()) {
            *self.cut = Some(ends.subscriber.cut());
            if self.limits.drain_deadline.is_zero() {
                return Poll::Ready(()); // a timer may be late
            }
            let drain = ends.subscriber.timer().sleep(self.limits.drain_deadline);
            self.drain.set(Some(drain));
        }
        match self.drain.as_mut().as_pin_mut() {
            Some(drain) => drain.poll(cx),
            None => Poll::Pending,
        }
    }

    /// The next delivery; none when everything before the cut was delivered.
    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        let Some(ends) = self.ends.as_mut() else {
            return Poll::Ready(None);
        };
        match &*self.cut {
            Some(cut) => Poll::Ready(ends.subscriber.next_before(cut)),
            None => {
                let wait = self.wait.as_mut();
                wait.poll(&mut ends.subscriber, cx).map(Some)
            }
        }
    }

    /// Brings the event in hand to the sink.
    fn deliver(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        match self.offer(cx) {
            // Unwind safety: the sink is used again, as the page says.
            Some(Poll::Pending) => {}
            Some(Poll::Ready(outcome)) => return Poll::Ready(outcome),
            None => return Poll::Ready(Outcome::Panicked),
        }
        if self.limits.event_timeout.is_zero() {
            return Poll::Ready(Outcome::TimedOut); // a timer may be late
        }
        if self.patience.is_none() {
            let timer = self.ends.as_ref().map(|ends| ends.subscriber.timer());
            let patience = timer.map(|timer| timer.sleep(self.limits.event_timeout));
            self.patience.set(patience);
        }
        match self.patience.as_mut().as_pin_mut() {
            Some(patience) => patience.poll(cx).map(|()| Outcome::TimedOut),
            None => Poll::Pending,
        }
    }

    /// Asks the sink, calls it, and polls what it does; none is a panic.
    fn offer(&mut self, cx: &mut Context<'_>) -> Option<Poll<Outcome>> {
        let (Some(ends), Some(event)) = (self.ends.as_mut(), *self.hand) else {
            unreachable!("there is an event in hand")
        };
        let call = &mut self.call;
        turn::caught(move || {
            if call.is_none() {
                match ready!(ends.sink.poll_ready(cx)) {
                    Ok(()) => call.set(Some(ends.sink.call(event))),
                    Err(_) => return Poll::Ready(Outcome::Failed),
                }
            }
            let Some(running) = call.as_mut().as_pin_mut() else {
                unreachable!("it was called above")
            };
            running.poll(cx).map(|result| match result {
                Ok(()) => Outcome::Delivered,
                Err(_) => Outcome::Failed,
            })
        })
    }

    /// Counts the event in hand, and drops what the sink did with it.
    fn settle(&mut self, outcome: Outcome) {
        let dropped = quietly(|| self.call.set(None));
        self.patience.set(None);
        *self.hand = None;
        let outcome = if dropped { outcome } else { Outcome::Panicked };
        let counts = &self.shared;
        match outcome {
            Outcome::Delivered => &counts.delivered,
            Outcome::Failed => &counts.failed,
            Outcome::TimedOut => &counts.timed_out,
            Outcome::Panicked => &counts.panicked,
        }
        .add(1);
    }

    /// Counts what is left, lets go of everything, and says that the pump has ended. Once.
    fn finish(&mut self) {
        let Some(Ends {
            mut subscriber,
            sink,
        }) = self.ends.take()
        else {
            return;
        };
        quietly(|| self.call.set(None));
        // The wakers in these are the task's, and their drop is foreign code too.
        quietly(|| self.patience.set(None));
        quietly(|| self.drain.set(None));
        quietly(|| self.wait.set(Wait::new()));
        quietly(|| self.shared.stop.leave());
        let cut = match self.cut.take() {
            Some(cut) => cut,
            None => subscriber.cut(),
        };
        if self.hand.take().is_some() {
            self.shared.undelivered.add(1);
        }
        while let Some(delivery) = subscriber.next_before(&cut) {
            match delivery {
                Delivery::Event(_) => {
                    self.shared.received.add(1);
                    self.shared.undelivered.add(1);
                }
                Delivery::Lagged(lost) => self.shared.lost.add(lost),
            }
        }
        quietly(|| drop(subscriber));
        quietly(|| drop(sink));
        quietly(|| self.shared.done.ring());
    }
}

/// Runs what is not the pump's: a drop, or a waker; false when that panics. It may run while this thread panics already, where another panic would end the process.
fn quietly(drops: impl FnOnce()) -> bool {
    turn::caught(drops).is_some()
}

impl<S: TelemetrySink, T: Timer> fmt::Debug for PumpTask<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PumpTask")
            .field("report", &self.shared.report())
            .field("draining", &self.cut.is_some())
            .field("ended", &self.ends.is_none())
            .finish_non_exhaustive()
    }
}
