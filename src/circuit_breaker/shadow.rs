//! The circuit that a shadow is tried on: a second word, with the same calls and outcomes, that nobody obeys.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ninelives_core::breaker::{Admission, Luck, Outcome};

use super::circuit::{Admitted, Bare, Circuit, Heard};
use super::layer::Shared;
use super::source::{Limited, Source};
use super::watch::Watch;
use super::{CircuitBreakerConfig, CircuitSettings, Measure};
use crate::adaptive::Adaptive;
use crate::clock::{Clock, MonotonicClock};
use crate::emit::{Emitter, Verdict};
use crate::settings::{Beside, Said, Shade};

/// The circuit of a shadow.
pub(super) type Trial<W> = Circuit<<W as Measure>::Tuned>;

/// A call that a shadow let through.
pub(super) type Tried<L> =
    Admitted<<<<L as CircuitSettings>::Measure as Measure>::Tuned as Watch>::Stay>;

/// What somebody panicked with.
pub(super) type Panic = Box<dyn Any + Send>;

/// The settings of a shadow at a call.
struct AtCall<'a, W>(&'a CircuitBreakerConfig<W>);

/// The settings of the shadow there is when a call ends; without one nothing counts.
struct AtEnd<'a, L>(&'a L);

/// A circuit for the shadows of `adaptive`. One shadow goes on where the one before it was, as `refit` makes it; when there is none, it
/// begins anew.
pub(super) fn circuit<W: Measure + Send + Sync + 'static>(
    adaptive: &Adaptive<CircuitBreakerConfig<W>>,
    refit: impl Fn(&Trial<W>, &CircuitBreakerConfig<W>) + Send + Sync + 'static,
) -> Arc<Trial<W>>
where
    W::Tuned: Send + Sync,
{
    let config = *adaptive.get();
    let watch = config.measure().tuned(config.is_disabled());
    let circuit = Arc::new(Circuit::new(watch));
    let watched = Arc::downgrade(&circuit);
    adaptive.follow_both(move |_, shadow| {
        let Some(circuit) = watched.upgrade() else {
            return false;
        };
        match shadow {
            Some(config) => refit(&circuit, config),
            None => {
                // The time tells its stretches apart, and is compared with nothing.
                circuit.order(|breaker| breaker.reset(&MonotonicClock));
            }
        }
        true
    });
    circuit
}

/// Asks the shadow's circuit about a call that the circuit itself decided as `primary`; gives its ticket if both let it through.
///
/// # Errors
/// What who was told of it panicked with: for the caller to go on with, once it has given back what it holds.
#[inline]
pub(super) fn admit<C: Clock, M: Emitter, L: CircuitSettings, J>(
    shared: &Shared<C, L, J>,
    reader: &mut L::Reader,
    emitter: &M,
    primary: Verdict,
) -> Result<L::Beside<Tried<L>>, Panic> {
    match shared.settings.look(reader) {
        Some(shade) => Ok(Beside::holding(ask(shared, &shade, emitter, primary)?)),
        None => Ok(Beside::holding(None)),
    }
}

#[inline(never)] // apart, so that the way of a call without a shadow is short
fn ask<C: Clock, M: Emitter, L: CircuitSettings, J>(
    shared: &Shared<C, L, J>,
    shade: &Shade<'_, CircuitBreakerConfig<L::Measure>>,
    emitter: &M,
    primary: Verdict,
) -> Result<Option<Tried<L>>, Panic> {
    let Some(circuit) = shared.shadow.held() else {
        return Ok(None);
    };
    let clock = &shared.clock;
    let (said, given) =
        shade.weigh(
            |config| match circuit.breaker.admit(Limited::new(AtCall(config)), clock) {
                Admission::Admitted(ticket) | Admission::Probe { ticket, .. } => {
                    let mut call = Bare::new(circuit, ticket);
                    let pin = circuit.watch.pin();
                    call.set_out(|ticket| circuit.enter(ticket, &pin, AtCall(config), clock));
                    (Verdict::Admitted, Some(call))
                }
                Admission::Rejected(_) => (Verdict::Rejected, None),
            },
        );
    if said.is_news(primary) {
        tell(shade, emitter, primary, said)?;
    }
    match primary {
        Verdict::Admitted => Ok(given.map(Bare::hand_on)),
        // The call is not made, so nobody will know how it would have ended.
        _ => Ok(None),
    }
}

#[cold]
fn tell<V, M: Emitter>(
    shade: &Shade<'_, V>,
    emitter: &M,
    primary: Verdict,
    said: Said,
) -> Result<(), Panic> {
    catch_unwind(AssertUnwindSafe(|| shade.tell(emitter, primary, said)))
}

/// The call ended.
#[inline]
pub(super) fn report<C: Clock, L: CircuitSettings, J>(
    shared: &Shared<C, L, J>,
    tried: &mut L::Beside<Tried<L>>,
    outcome: Outcome,
    heard: Heard,
) {
    if tried.held().is_none() {
        return;
    }
    if let (Some(call), Some(circuit)) = (tried.take(), shared.shadow.held()) {
        circuit.report(call, outcome, heard, AtEnd(&shared.settings), &shared.clock);
    }
}

/// The readiness of a service failed. It is no call, so there is nothing to compare.
pub(super) fn unready<C: Clock, L: CircuitSettings, J>(shared: &Shared<C, L, J>, heard: Heard) {
    shared.settings.try_now(|shade| {
        let (config, clock) = (shade.settings(), &shared.clock);
        let circuit = shared.shadow.held();
        circuit.map(|circuit| circuit.unready(&Luck::UNDRAWN, heard, || AtCall(config), clock))
    });
}

/// The call was dropped.
pub(super) fn abandon<C: Clock, L: CircuitSettings, J>(
    shared: &Shared<C, L, J>,
    tried: &mut L::Beside<Tried<L>>,
) {
    if let (Some(call), Some(circuit)) = (tried.take(), shared.shadow.held()) {
        circuit.abandon(call);
    }
}

// === impl AtCall ===

impl<W> Source<W> for AtCall<'_, W> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<W>>) -> R) -> R {
        decide(Some(self.0))
    }
}

// === impl AtEnd ===

impl<L: CircuitSettings> Source<L::Measure> for AtEnd<'_, L> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<L::Measure>>) -> R) -> R {
        let tried = self.0.try_now(|shade| *shade.settings());
        decide(tried.as_ref())
    }
}
