//! Circuits made of circuits: with other functions, and with settings that may change.

use std::sync::Arc;
use std::time::Duration;

use super::layer::Shared;
use super::shadow::{self, Trial};
use super::{
    CircuitBreakerConfig, CircuitBreakerLayer, Class, Classified, Consecutive, Hinted, Measure,
    Windowed,
};
use crate::adaptive::Adaptive;
use crate::clock::Clock;
use crate::error::ResilienceError;
use crate::settings::Live;

/// The same with live settings.
type LiveLayer<C, K, W, J> = CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig<W>>, J>;

// === impl CircuitBreakerLayer ===

impl<C: Clone, K, W: Measure, J> CircuitBreakerLayer<C, K, CircuitBreakerConfig<W>, J> {
    /// Lets `classify` say what the end of a call means: of the response, or of the error. It is a new circuit, closed; call it before
    /// the circuit is used, and before [`live`](CircuitBreakerLayer::live). See [Classification](super#classification).
    pub fn classify<T, E, F>(
        self,
        classify: F,
    ) -> CircuitBreakerLayer<C, K, CircuitBreakerConfig<W>, Classified<F>>
    where
        F: Fn(Result<&T, &ResilienceError<E>>) -> Class,
    {
        self.classified_by(Classified(classify))
    }

    /// As [`classify`](Self::classify), by a type of one's own.
    pub fn classified_by<X>(
        self,
        judge: X,
    ) -> CircuitBreakerLayer<C, K, CircuitBreakerConfig<W>, X> {
        let clock = self.shared.clock.clone();
        CircuitBreakerLayer {
            shared: Shared::new(self.shared.settings, clock, Arc::new(judge), None),
            name: self.name,
            sink: self.sink,
        }
    }

    /// Asks `hint`, at each failure, how long the dependency wants to be left alone, as a `Retry-After` says: if the failure opens the
    /// circuit, it is open for as long, at least its recovery timeout and at most `at_most`. It is a new circuit, as with
    /// [`classify`](Self::classify). A function given before is not asked any more.
    ///
    /// A [`Duration`] cannot be negative, nor not a number; the text of a header becomes one by [`retry_after`](crate::retry::retry_after),
    /// seconds as a float by [`Duration::try_from_secs_f64`], both of which say no to what cannot be waited for.
    pub fn with_retry_after<T, E, F>(
        self,
        hint: F,
        at_most: Duration,
    ) -> CircuitBreakerLayer<C, K, CircuitBreakerConfig<W>, Hinted<Arc<J>, F>>
    where
        F: Fn(Result<&T, &ResilienceError<E>>) -> Option<Duration>,
    {
        let judge = Arc::clone(&self.shared.judge);
        self.classified_by(Hinted {
            judge,
            hint,
            at_most,
        })
    }

    /// The same with settings that `adaptive` has. `refit` brings what a circuit keeps to other settings.
    fn following<R>(
        self,
        adaptive: &Adaptive<CircuitBreakerConfig<W>>,
        refit: R,
    ) -> LiveLayer<C, K, W, J>
    where
        W: Send + Sync + 'static,
        W::Tuned: Send + Sync,
        R: Fn(&Trial<W>, &CircuitBreakerConfig<W>) + Send + Sync + 'static,
    {
        let (live, clock) = (Live::new(adaptive), self.shared.clock.clone());
        let judge = Arc::clone(&self.shared.judge);
        let shadow = shadow::circuit(adaptive, refit);
        CircuitBreakerLayer {
            shared: Shared::new(live, clock, judge, Some(shadow)),
            name: self.name,
            sink: self.sink,
        }
    }
}

impl<C: Clone, K, J> CircuitBreakerLayer<C, K, CircuitBreakerConfig, J> {
    /// The same breaker with settings that may change while it is in use; it begins with those it has. It is a new circuit, closed:
    /// what this one's services have seen is not in it.
    pub fn live(self) -> LiveLayer<C, K, Consecutive, J> {
        let adaptive = Adaptive::new(self.shared.settings);
        self.tuned_by(&adaptive)
    }

    /// A breaker with the settings that `adaptive` has, now and later: a new circuit, closed.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<CircuitBreakerConfig>,
    ) -> LiveLayer<C, K, Consecutive, J> {
        self.following(adaptive, |_, _| {})
    }
}

impl<C, K, J> CircuitBreakerLayer<C, K, CircuitBreakerConfig<Windowed>, J>
where
    C: Clock + Clone + Send + Sync + 'static,
    J: Send + Sync + 'static,
{
    /// The same breaker with settings that may change while it is in use, its window too; it begins with those it has. It is a new
    /// circuit, closed: what this one's services have seen is not in it.
    pub fn live(self) -> LiveLayer<C, K, Windowed, J> {
        let adaptive = Adaptive::new(self.shared.settings);
        self.tuned_by(&adaptive)
    }

    /// A breaker with the settings that `adaptive` has, now and later: a new circuit, closed.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<CircuitBreakerConfig<Windowed>>,
    ) -> LiveLayer<C, K, Windowed, J> {
        let clock = self.shared.clock.clone();
        let refit = move |circuit: &Trial<Windowed>, config: &CircuitBreakerConfig<Windowed>| {
            let term = circuit.breaker.word().term();
            circuit.watch.refit(config, term, clock.now());
        };
        let layer = self.following(adaptive, refit.clone());
        let weak = Arc::downgrade(&layer.shared);
        adaptive.follow(move |config| {
            let shared = weak.upgrade();
            shared
                .inspect(|shared| refit(&shared.circuit, config))
                .is_some()
        });
        layer
    }
}
