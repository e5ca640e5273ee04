//! What a shadow with another stagger would have done.

use super::ForkJoinConfig;
use crate::clock::Tick;
use crate::emit::{Arm, Emitter, Request, Verdict};
use crate::settings::{Shade, compare};
use crate::timer::Timer;

/// When the right arm's turn would have come; zero: at once.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    turn: Tick,
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
        let stagger = shade.settings().stagger();
        let turn = match stagger.is_zero() {
            true => Tick::ZERO,
            false => timer.now().after(stagger),
        };
        Self { turn }
    }

    /// The race is won by `winner`; the right arm had begun, or its turn had not come. Arms that are ready as the stagger ends are asked
    /// left first, so the shadow's turn comes after it. When the right arm wins before the shadow had begun it, nobody knows whether the
    /// left one would have been alone: nothing is told.
    #[cold]
    pub(super) fn judge<T: Timer, M: Emitter>(
        &self,
        winner: Arm,
        forked: bool,
        timer: &T,
        watch: &Request<M>,
    ) {
        let would_fork = self.turn == Tick::ZERO || timer.now() > self.turn;
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
