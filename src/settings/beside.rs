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
        let (shadow, rest) = if is_measured() {
            self.measure(emitter, step)
        } else {
            step(self.shadow.value())
        };
        compare(emitter, primary, shadow);
        rest
    }

    /// Measures what a later evaluation will cost: runs `cost` now and then.
    #[inline]
    pub(crate) fn sample<M: Emitter, R>(&self, emitter: &M, cost: impl FnOnce() -> R) {
        if is_measured() {
            self.measure(emitter, |_| cost());
        }
    }

    /// Runs `step` on the shadow, and takes the shadow away when that usually costs more than it may.
    #[cold]
    fn measure<M: Emitter, R>(&self, emitter: &M, step: impl FnOnce(&V) -> R) -> R {
        let (result, tripped) = self.shadow.measure(|| step(self.shadow.value()));
        if tripped && self.live.adaptive().drop_shadow(self.shadow) {
            let allowance = self.shadow.allowance();
            emitter.tell(Kind::ShadowDropped, |at| PolicyEvent::ShadowDropped {
                at,
                allowance,
            });
        }
        result
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
