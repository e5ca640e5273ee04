//! One wait on a wheel.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives_core::wheel::{Entry, Pace, Refused, Stand, Wait, Wheel};

use super::super::tokio_timer::TokioSleep;
use super::{hall, heat};
use crate::clock::{Clock, Tick};
use crate::timer::{Timer, TokioTimer};

/// A wait of [`WheelTimer`](super::WheelTimer).
#[must_use = "futures do nothing unless polled"]
pub struct WheelSleep {
    state: State,
}

/// A place on a wheel, left when it is dropped.
struct Place(Option<Entry<'static>>);

enum State {
    /// Until a tick that may have passed already.
    Until(Tick),
    /// Until a tick that had not passed when this was made, a moment ago, and on this wheel if there was one.
    Ahead(Option<&'static Wheel>, Tick),
    /// So many nanoseconds from the first poll.
    Span(&'static Wheel, u64),
    /// With the deadline, if its owner knows it: then it need not wait for a driver that is late.
    Armed(Place, Tick),
    // boxed: only beyond the bounds of the wheels, or while a runtime ends.
    Elsewhere(Pin<Box<TokioSleep>>),
    Over,
}

/// What was armed on the wheel of another runtime.
#[cold]
#[inline(never)]
fn leave(entry: Entry<'static>) -> bool {
    entry.leave();
    false
}

// === impl Place ===

impl Drop for Place {
    #[inline(never)] // apart, so that who drops a wait that was never armed does little for it
    fn drop(&mut self) {
        if let Some(entry) = self.0.take() {
            entry.leave();
        }
    }
}

// === impl WheelSleep ===

impl WheelSleep {
    #[inline]
    pub(super) fn until(deadline: Tick) -> Self {
        Self {
            state: State::Until(deadline),
        }
    }

    #[inline]
    pub(super) fn ahead(wheel: Option<&'static Wheel>, deadline: Tick) -> Self {
        Self {
            state: State::Ahead(wheel, deadline),
        }
    }

    #[inline]
    pub(super) fn span(wheel: &'static Wheel, span: u64) -> Self {
        Self {
            state: State::Span(wheel, span),
        }
    }

    /// What spreads waits of one task over the slots.
    fn seed(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Takes a place on `wheel`, unless it refuses or is that of another runtime. Built where it stays: what is moved is read across the writes
    /// that made it.
    #[inline(always)]
    fn take(&mut self, wheel: &'static Wheel, wait: Wait, deadline: Tick, waker: &Waker) -> bool {
        let here = Cell::new(Some(wheel));
        let whose = &here;
        // The place of an arming among those of its thread, where one is needed: not by who arms the same again and again.
        let stamp = move || {
            hall::remember(whose, waker);
            heat::stamp()
        };
        match wheel.arm_otherwise(wait, self.seed(), stamp, waker) {
            Ok(entry) if here.get().is_some() => {
                self.state = State::Armed(Place(Some(entry)), deadline);
                true
            }
            Ok(entry) => leave(entry),
            Err(Refused::Closed | Refused::Full) => false,
        }
    }

    /// The first poll of a span, while that will do.
    #[inline(never)] // apart, so that the way of those who arm the same again is short
    fn arm_span(&mut self, wheel: &'static Wheel, span: u64, waker: &Waker) -> bool {
        self.take(wheel, Wait::Span(span), Tick::NEVER, waker)
    }

    /// The first poll, and the first one after an eviction.
    fn arm(&mut self, deadline: Tick, cx: &mut Context<'_>) -> Poll<()> {
        let first = match self.state {
            State::Ahead(wheel, _) => wheel,
            _ => hall::current(),
        };
        let wait = Wait::Until(deadline);
        match first {
            Some(wheel) if self.take(wheel, wait, deadline, cx.waker()) => Poll::Pending,
            first => {
                let may_be_another = first.is_some() || matches!(self.state, State::Ahead(None, _));
                self.arm_elsewhere(may_be_another, deadline, cx)
            }
        }
    }

    /// The wheel that refused may be that of a runtime that has ended, or of another one; and what was made outside of any has asked none: then
    /// this runtime's `may_be_another`.
    #[cold]
    fn arm_elsewhere(
        &mut self,
        may_be_another: bool,
        deadline: Tick,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let wheel = if may_be_another {
            hall::of_runtime()
        } else {
            None
        };
        let wait = Wait::Until(deadline);
        if let Some(wheel) = wheel
            && self.take(wheel, wait, deadline, cx.waker())
        {
            return Poll::Pending;
        }
        let sleep = Box::pin(TokioTimer.sleep_until(deadline)); // boxed: see `Elsewhere`
        self.state = State::Elsewhere(sleep);
        self.go_on(cx)
    }

    /// A poll of anything but a span.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let stand = match &mut self.state {
            State::Until(Tick::NEVER) | State::Ahead(_, Tick::NEVER) => return Poll::Pending,
            State::Until(deadline) if TokioTimer.now() >= *deadline => Stand::Fired,
            State::Until(deadline) | State::Ahead(_, deadline) => {
                let deadline = *deadline;
                return self.arm(deadline, cx);
            }
            State::Span(_, span) => {
                let span = Duration::from_nanos(*span);
                return self.arm(TokioTimer.now().after(span), cx);
            }
            State::Armed(Place(Some(entry)), deadline) => match entry.poll(cx.waker()) {
                Stand::Waiting if *deadline != Tick::NEVER && TokioTimer.now() >= *deadline => {
                    Stand::Fired
                }
                stand => stand,
            },
            State::Elsewhere(sleep) => match sleep.as_mut().poll(cx) {
                Poll::Ready(()) => Stand::Fired,
                Poll::Pending => Stand::Waiting,
            },
            State::Armed(Place(None), _) | State::Over => Stand::Fired,
        };
        match stand {
            Stand::Waiting => Poll::Pending,
            Stand::Fired => {
                self.state = State::Over;
                Poll::Ready(())
            }
            Stand::Evicted(deadline) => {
                // Before it is armed, which may panic: a wait that is polled outside of a runtime is not over.
                self.state = State::Until(deadline);
                self.arm(deadline, cx)
            }
        }
    }
}

impl Future for WheelSleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let State::Span(wheel, span) = self.state
            && let Pace::Coarse { .. } = wheel.pace()
        {
            // Where it was last, which is asked apart: whose wheel that is was found out then.
            if let Some(entry) = wheel.rearm(span, cx.waker()) {
                self.state = State::Armed(Place(Some(entry)), Tick::NEVER);
                return Poll::Pending;
            }
            if self.arm_span(wheel, span, cx.waker()) {
                return Poll::Pending;
            }
        }
        self.go_on(cx)
    }
}

impl std::fmt::Debug for WheelSleep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::Until(_) | State::Ahead(..) => "until a tick",
            State::Span(..) => "for a span",
            State::Armed(..) => "armed",
            State::Elsewhere(_) => "on a timer of tokio",
            State::Over => "over",
        };
        f.debug_struct("WheelSleep")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
