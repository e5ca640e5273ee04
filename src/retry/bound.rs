//! What bounds the attempts of one request: nothing, the time it has in all, or what it carries.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::clock::Tick;
use crate::deadline::{Carried, Heed, Heeding, Manner, Sealed, Unheeding};
use crate::timer::Timer;

/// What bounds the attempts of a retry in time: [`Unheeding`], [`Clipped`] or [`Heeding`]. Not to be implemented elsewhere.
pub trait Bound: Manner {
    /// Whether an attempt that runs is ended at the end of the time.
    #[doc(hidden)]
    const CLIPS: bool;

    /// What a request keeps for it.
    #[doc(hidden)]
    type Frame<T: Timer, X>: Frame<T, X>;
}

/// Ends the attempt that runs when the total time is over; takes requests as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clipped;

/// What a request keeps of its bounds.
#[doc(hidden)]
pub trait Frame<T: Timer, X> {
    /// It came, carrying this; `alone` if one attempt is all it gets here.
    fn new(came: Tick, carried: Carried, alone: bool) -> Self;

    /// When it came and what it carried, if anybody is to know.
    fn origin(&self) -> Option<(Tick, Carried)>;

    fn is_alone(&self) -> bool;

    /// Keeps the answer of an attempt, in place of any other.
    fn keep(self: Pin<&mut Self>, answer: X);

    /// The answer that was kept last.
    fn take(self: Pin<&mut Self>) -> Option<X>;

    /// The request is over: nothing is waited for any more.
    fn disarm(self: Pin<&mut Self>);

    /// Ready once `deadline` has passed.
    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>, timer: &T, deadline: Tick) -> Poll<()>;
}

pin_project! {
    /// The bounds of a request that is held to them.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Held<P, X> {
        #[pin]
        sleep: Option<P>,
        came: Tick,
        carried: Carried,
        alone: bool,
        last: Option<X>,
    }
}

// === impl Bound ===

impl Bound for Unheeding {
    const CLIPS: bool = false;
    type Frame<T: Timer, X> = ();
}

impl Bound for Clipped {
    const CLIPS: bool = true;
    type Frame<T: Timer, X> = Held<T::Sleep, X>;
}

impl Bound for Heeding {
    const CLIPS: bool = true;
    type Frame<T: Timer, X> = Held<T::Sleep, X>;
}

// === impl Clipped ===

impl Sealed for Clipped {}

impl Manner for Clipped {
    const HEEDS: bool = false;
    type Due = ();
}

impl<Req> Heed<Req> for Clipped {
    fn look(_request: &Req) -> Carried {
        Carried::NOTHING
    }

    fn leave(_request: &mut Req, _carried: Carried) {}
}

// === impl Frame ===

impl<T: Timer, X> Frame<T, X> for () {
    #[inline]
    fn new(_came: Tick, _carried: Carried, _alone: bool) -> Self {}

    #[inline]
    fn origin(&self) -> Option<(Tick, Carried)> {
        None
    }

    #[inline]
    fn is_alone(&self) -> bool {
        false
    }

    #[inline]
    fn keep(self: Pin<&mut Self>, _answer: X) {}

    #[inline]
    fn take(self: Pin<&mut Self>) -> Option<X> {
        None
    }

    #[inline]
    fn disarm(self: Pin<&mut Self>) {}

    #[inline]
    fn poll_end(self: Pin<&mut Self>, _: &mut Context<'_>, _: &T, _: Tick) -> Poll<()> {
        Poll::Pending
    }
}

impl<T: Timer, X> Frame<T, X> for Held<T::Sleep, X> {
    fn new(came: Tick, carried: Carried, alone: bool) -> Self {
        Self {
            sleep: None,
            came,
            carried,
            alone,
            last: None,
        }
    }

    fn origin(&self) -> Option<(Tick, Carried)> {
        Some((self.came, self.carried))
    }

    fn is_alone(&self) -> bool {
        self.alone
    }

    fn keep(self: Pin<&mut Self>, answer: X) {
        *self.project().last = Some(answer);
    }

    fn take(self: Pin<&mut Self>) -> Option<X> {
        self.project().last.take()
    }

    fn disarm(self: Pin<&mut Self>) {
        let mut sleep = self.project().sleep;
        if sleep.is_some() {
            sleep.set(None);
        }
    }

    fn poll_end(self: Pin<&mut Self>, cx: &mut Context<'_>, timer: &T, deadline: Tick) -> Poll<()> {
        if deadline == Tick::NEVER {
            return Poll::Pending;
        }
        let mut sleep = self.project().sleep;
        if sleep.is_none() {
            sleep.set(Some(timer.sleep_until(deadline)));
        }
        if let Some(armed) = sleep.as_mut().as_pin_mut() {
            ready!(armed.poll(cx));
        }
        sleep.set(None);
        Poll::Ready(())
    }
}
