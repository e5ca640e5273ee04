//! The circuit that a shadow is tried on: a second word, with the same calls and outcomes, that nobody obeys.

use std::sync::Arc;

use ninelives_core::breaker::{Admission, Breaker, Limits, LimitsSource, Outcome, Ticket};

use super::CircuitBreakerConfig;
use super::layer::Shared;
use crate::adaptive::Adaptive;
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Emitter, Verdict};
use crate::settings::{Beside, Settings, Shade};

/// The limits of a shadow at a call.
struct AtCall<'a>(&'a CircuitBreakerConfig);

/// The limits of the shadow there is when a call ends; without one nothing counts.
struct AtEnd<'a, L>(&'a L);

/// A circuit for the shadows of `adaptive`. One shadow goes on where the one before it was; when there is none, it begins anew.
pub(super) fn circuit(adaptive: &Adaptive<CircuitBreakerConfig>) -> Arc<Breaker> {
    let circuit = Arc::new(Breaker::new());
    let watched = Arc::downgrade(&circuit);
    adaptive.follow_both(move |_, shadow| {
        let Some(circuit) = watched.upgrade() else {
            return false;
        };
        if shadow.is_none() {
            circuit.reset(&MonotonicClock); // the time tells its stretches apart, and is compared with nothing
        }
        true
    });
    circuit
}

/// Asks the shadow's circuit about a call that the circuit itself decided as `primary`; gives its ticket if both let it through.
#[inline]
pub(super) fn admit<C: Clock, M: Emitter, L: Settings<CircuitBreakerConfig>>(
    shared: &Shared<C, L>,
    reader: &mut L::Reader,
    emitter: &M,
    primary: Verdict,
) -> L::Beside<Ticket> {
    match shared.settings.look(reader) {
        Some(shade) => Beside::holding(ask(shared, &shade, emitter, primary)),
        None => Beside::holding(None),
    }
}

#[inline(never)] // apart, so that the way of a call without a shadow is short
fn ask<C: Clock, M: Emitter, L: Settings<CircuitBreakerConfig>>(
    shared: &Shared<C, L>,
    shade: &Shade<'_, CircuitBreakerConfig>,
    emitter: &M,
    primary: Verdict,
) -> Option<Ticket> {
    let circuit = shared.shadow.held()?;
    let clock = &shared.clock;
    let given = shade.judge(emitter, primary, |config| {
        match circuit.admit(AtCall(config), clock) {
            Admission::Admitted(ticket) | Admission::Probe { ticket, .. } => {
                (Verdict::Admitted, Some(ticket))
            }
            Admission::Rejected(_) => (Verdict::Rejected, None),
        }
    });
    match given {
        Some(ticket) if primary == Verdict::Rejected => {
            // The call is not made, so nobody will know how it would have ended.
            circuit.abandon(ticket);
            None
        }
        given => given,
    }
}

/// The call ended.
#[inline]
pub(super) fn report<C: Clock, L: Settings<CircuitBreakerConfig>>(
    shared: &Shared<C, L>,
    tried: &mut L::Beside<Ticket>,
    outcome: Outcome,
) {
    if tried.held().is_none() {
        return;
    }
    if let (Some(ticket), Some(circuit)) = (tried.take(), shared.shadow.held()) {
        circuit.report(ticket, outcome, AtEnd(&shared.settings), &shared.clock);
    }
}

/// The call was dropped.
pub(super) fn abandon<C: Clock, L: Settings<CircuitBreakerConfig>>(
    shared: &Shared<C, L>,
    tried: &mut L::Beside<Ticket>,
) {
    if let (Some(ticket), Some(circuit)) = (tried.take(), shared.shadow.held()) {
        circuit.abandon(ticket);
    }
}

// === impl AtCall ===

impl LimitsSource for AtCall<'_> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        decide(self.0.in_use())
    }
}

// === impl AtEnd ===

impl<L: Settings<CircuitBreakerConfig>> LimitsSource for AtEnd<'_, L> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        let tried = self.0.tried();
        decide(tried.as_ref().and_then(CircuitBreakerConfig::in_use))
    }
}
