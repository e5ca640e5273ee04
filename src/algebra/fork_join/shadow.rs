//! What a shadow with another stagger would have done.

use std::time::Duration;

use super::ForkJoinConfig;
use crate::clock::Tick;
use crate::emit::{Arm, Emitter, Request, Verdict};
use crate::settings::{Beside, Shade, compare};
use crate::timer::Timer;

/// When the right arm's turn would have come.
#[derive(Clone, Copy, Debug)]
pub enum Tried {
    /// So long after the race has to wait: as the stagger, it counts from there.
    Unarmed(Tick),
    /// Then; zero: at once.
    Turn(Tick),
}

// === impl Tried ===

impl Tried {
    #[inline(never)] // apart, so that the way of a call without a shadow is short
    pub(super) fn start<T: Timer, M: Emitter>(
        shade: &Shade<'_, ForkJoinConfig>,
        timer: &T,
        emitter: &M,
        staggered: bool,
    ) -> Self {
        shade.sample(emitter, || timer.now());
        let stagger = shade.settings().stagger();
        if stagger.is_zero() {
            Self::Turn(Tick::ZERO)
        } else if staggered {
            Self::Unarmed(Tick::ZERO.after(stagger))
        } else {
            // The right arm is called at once, and nobody waits for its turn.
            Self::Turn(timer.now().after(stagger))
        }
    }

    /// The stagger is armed: the race has to wait since then.
    #[inline] // nothing where there is no shadow
    pub(super) fn arm<H: Beside<Self>>(held: &mut H, since: Tick) {
        if let Some(Self::Unarmed(stagger)) = held.held() {
            let turn = since.after(Duration::from_nanos(stagger.as_nanos()));
            *held = H::holding(Some(Self::Turn(turn)));
        }
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
        let would_fork = match *self {
            Self::Unarmed(_) => false,
            Self::Turn(turn) => turn == Tick::ZERO || timer.now() > turn,
        };
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
