//! What a shadow with another stagger would have done.

use std::time::Duration;

use super::ForkJoinConfig;
use crate::clock::Tick;
use crate::emit::{Arm, Emitter, Request, Verdict};
use crate::settings::{Shade, compare};
use crate::timer::Timer;

/// The stagger of a shadow, and when the left arm began.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    stagger: Duration,
    since: Tick,
}

// === impl Tried ===

impl Tried {
    #[inline(never)] // apart, so that the way of a call without a shadow is short
    pub(super) fn start<T: Timer, M: Emitter>(
        shade: &Shade<'_, ForkJoinConfig>,
        timer: &T,
        emitter: &M,
    ) -> Self {
        shade.sample(emitter, || timer.now());
        Self {
            stagger: shade.settings().stagger(),
            since: timer.now(),
        }
    }

    /// The race is won by `winner`; the right arm's turn had come, or not. Arms that are ready as the stagger ends are asked left
    /// first, so the shadow's turn comes after it. When the right arm wins before the shadow had begun it, nobody knows whether the
    /// left one would have been alone: nothing is told.
    #[cold]
    pub(super) fn judge<T: Timer, M: Emitter>(
        &self,
        winner: Arm,
        forked: bool,
        timer: &T,
        watch: &Request<M>,
    ) {
        let would_fork = self.stagger.is_zero() || timer.now().since(self.since) > self.stagger;
        if winner == Arm::Right && !would_fork {
            return;
        }
        let verdict = |forked| {
            if forked {
                Verdict::Forked
            } else {
                Verdict::Alone
            }
        };
        watch.told(|emitter| compare(emitter, verdict(forked), verdict(would_fork)));
    }
}
