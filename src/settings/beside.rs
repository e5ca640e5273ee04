//! What stands beside a policy's own settings: their shadow, if they can have one.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use super::Live;
use crate::adaptive::Shadow;
use crate::emit::{Emitter, Kind, PolicyEvent, Verdict};

/// A place for something that only live settings can have: `()` has no size and never holds it.
pub trait Beside<X>: fmt::Debug {
    #[doc(hidden)]
    fn holding(held: Option<X>) -> Self;

    #[doc(hidden)]
    fn held(&self) -> Option<&X>;

    #[doc(hidden)]
    fn take(&mut self) -> Option<X>;
}

/// The shadow that one request is tried under.
pub struct Shade<'a, V> {
    shadow: &'a Arc<Shadow<V>>,
    live: &'a Live<V>,
}

/// What the shadow said, and whether it was taken away for what that cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    verdict: Verdict,
    dropped: bool,
}

/// One evaluation in so many is measured.
const MEASURED: u32 = 64;

thread_local! {
    static TURN: Cell<u32> = const { Cell::new(0) };
}

// === impl Beside ===

impl<X> Beside<X> for () {
    #[inline]
    fn holding(_held: Option<X>) -> Self {}

    #[inline]
    fn held(&self) -> Option<&X> {
        None
    }

    #[inline]
    fn take(&mut self) -> Option<X> {
        None
    }
}

impl<X: fmt::Debug> Beside<X> for Option<X> {
    #[inline]
    fn holding(held: Option<X>) -> Self {
        held
    }

    #[inline]
    fn held(&self) -> Option<&X> {
        self.as_ref()
    }

    #[inline]
    fn take(&mut self) -> Option<X> {
        Option::take(self)
    }
}

// === impl Shade ===

impl<'a, V> Shade<'a, V> {
    pub(super) const fn new(shadow: &'a Arc<Shadow<V>>, live: &'a Live<V>) -> Self {
        Self { shadow, live }
    }

    /// The shadow's settings.
    #[inline]
    pub(crate) fn settings(&self) -> &V {
        self.shadow.value()
    }

    /// What the shadow makes of a step that the policy decided as `primary`: told where the two disagree. It changes nothing that
    /// a request can see. Gives what the step gives besides.
    #[inline]
    pub(crate) fn judge<M: Emitter, R>(
        &self,
        emitter: &M,
        primary: Verdict,
        step: impl FnOnce(&V) -> (Verdict, R),
    ) -> R {
        let (said, rest) = self.weigh(step);
        self.tell(emitter, primary, said);
        rest
    }

    /// As [`judge`](Self::judge), for a policy that holds something: it tells what there is to tell [later](Self::tell).
    #[inline]
    pub(crate) fn weigh<R>(&self, step: impl FnOnce(&V) -> (Verdict, R)) -> (Said, R) {
        let run = || step(self.shadow.value());
        let ((verdict, rest), dropped) = if is_measured() {
            self.run_measured(run)
        } else {
            (run(), false)
        };
        (Said { verdict, dropped }, rest)
    }

    /// Tells of a step that was weighed, and that the policy decided as `primary`.
    pub(crate) fn tell<M: Emitter>(&self, emitter: &M, primary: Verdict, said: Said) {
        if said.dropped {
            self.tell_dropped(emitter);
        }
        compare(emitter, primary, said.verdict);
    }

    /// Measures what a later evaluation will cost: runs `cost` now and then.
    #[inline]
    pub(crate) fn sample<M: Emitter, R>(&self, emitter: &M, cost: impl FnOnce() -> R) {
        if is_measured() && self.run_measured(cost).1 {
            self.tell_dropped(emitter);
        }
    }

    /// Runs a step on the shadow, and takes the shadow away when that usually costs more than it may: says whether it did.
    #[cold]
    fn run_measured<R>(&self, run: impl FnOnce() -> R) -> (R, bool) {
        let (result, tripped) = self.shadow.measure(run);
        let dropped = tripped && self.live.adaptive().drop_shadow(self.shadow);
        (result, dropped)
    }

    fn tell_dropped<M: Emitter>(&self, emitter: &M) {
        let allowance = self.shadow.allowance();
        emitter.tell(Kind::ShadowDropped, |at| PolicyEvent::ShadowDropped {
            at,
            allowance,
        });
    }
}

// === impl Said ===

impl Said {
    /// Whether there is anything to tell.
    #[inline]
    pub(crate) fn is_news(self, primary: Verdict) -> bool {
        self.verdict != primary || self.dropped
    }
}

/// Tells where a policy and its shadow disagree.
#[inline]
pub(crate) fn compare<M: Emitter>(emitter: &M, primary: Verdict, shadow: Verdict) {
    if shadow != primary {
        emitter.tell(Kind::ShadowEvent, |at| PolicyEvent::ShadowEvent {
            at,
            primary,
            shadow,
        });
    }
}

#[inline]
fn is_measured() -> bool {
    let turn = TURN.get();
    TURN.set(turn.wrapping_add(1));
    turn.is_multiple_of(MEASURED)
}

impl<V> fmt::Debug for Shade<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shade")
    }
}
