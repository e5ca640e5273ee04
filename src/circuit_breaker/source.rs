//! Where a decision finds the settings of its moment.

use std::marker::PhantomData;
use std::time::Duration;

use ninelives_core::breaker::{Limits, LimitsSource};

use super::{CircuitBreakerConfig, CircuitSettings};

/// The settings of a moment; none if there are none, as of a shadow that is gone. It is asked only when a decision needs them.
pub trait Source<W> {
    /// What `decide` makes of the settings.
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<W>>) -> R) -> R;
}

/// The settings that a service reads at a call.
pub(super) struct AtCall<'a, L: CircuitSettings> {
    pub(super) settings: &'a L,
    pub(super) reader: &'a mut L::Reader,
}

/// The settings that are in force when a call ends.
pub(super) struct AtEnd<'a, L>(pub(super) &'a L);

/// The same source on a way of its own: what is compiled for that is not what every call runs.
pub(super) struct Apart<S>(pub(super) S);

/// The limits of a source.
pub(super) struct Limited<S, W>(S, PhantomData<W>);

/// The limits of a source for the report of a call whose dependency asks to be left alone for a while.
pub(super) struct Waiting<S, W> {
    source: Limited<S, W>,
    wait: Duration,
}

/// Limits that were read; none when the circuit is out of use.
pub(super) struct InForce<'a>(pub(super) Option<&'a Limits>);

// === impl Source ===

impl<L: CircuitSettings> Source<L::Measure> for AtCall<'_, L> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<L::Measure>>) -> R) -> R {
        decide(Some(self.settings.read(self.reader)))
    }
}

impl<L: CircuitSettings> Source<L::Measure> for AtEnd<'_, L> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<L::Measure>>) -> R) -> R {
        decide(Some(&self.0.current()))
    }
}

impl<W, S: Source<W>> Source<W> for Apart<S> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&CircuitBreakerConfig<W>>) -> R) -> R {
        self.0.with(decide)
    }
}

// === impl Limited ===

impl<W, S: Source<W>> Limited<S, W> {
    #[inline]
    pub(super) const fn new(source: S) -> Self {
        Self(source, PhantomData)
    }
}

impl<W, S: Source<W>> LimitsSource for Limited<S, W> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        self.0
            .with(|config| decide(config.and_then(CircuitBreakerConfig::in_use)))
    }
}

// === impl Waiting ===

impl<W, S: Source<W>> Waiting<S, W> {
    #[inline]
    pub(super) const fn new(source: S, wait: Duration) -> Self {
        let source = Limited::new(source);
        Self { source, wait }
    }
}

impl<W, S: Source<W>> LimitsSource for Waiting<S, W> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        let wait = self.wait;
        self.source.with(|limits| {
            let longer = limits.map(|limits| lengthened(limits, wait));

            decide(longer.as_ref())
        })
    }
}

// === impl InForce ===

impl LimitsSource for InForce<'_> {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        decide(self.0)
    }
}

/// The limits of a report that opens the circuit for as long as its dependency asks.
#[cold]
pub(super) fn lengthened(limits: &Limits, wait: Duration) -> Limits {
    limits.lengthened(wait, Duration::MAX)
}
