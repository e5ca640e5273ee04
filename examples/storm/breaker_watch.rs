//! Hears from the circuit breaker and the bulkhead what they do; hearing changes nothing.

use std::time::Duration;

use ninelives::emit::{FailureCause, Interest, Kind, PolicyEvent};
use ninelives::prelude::*;
use ninelives::telemetry::Delivery;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What the breaker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Lets everything through.
    Closed,
    /// Turns everything away.
    Open,
    /// Lets a few probes through.
    HalfOpen,
}

/// A state and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// From the start of the run.
    pub at: Duration,
    /// The state from then on.
    pub state: BreakerState,
}

/// What was heard over the run.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The state at the start and every change.
    pub changes: Vec<Change>,
    /// The most bulkhead permits that were out at a time.
    pub most_in_flight: usize,
    /// Permits that the bulkhead gave.
    pub permits_given: u64,
    /// Requests that held a permit and are over: answered, failed or dropped.
    pub permits_back: u64,
    /// Events that were overwritten before they were heard.
    pub unheard: u64,
}

/// The task that listens. Dropping it ends the listening.
#[derive(Debug)]
pub struct Watcher {
    task: JoinHandle<Seen>,
    // Dropped or told: the run is over.
    over: oneshot::Sender<()>,
}

// === impl BreakerState ===

impl BreakerState {
    /// Its name in the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

impl From<CircuitState> for BreakerState {
    fn from(state: CircuitState) -> Self {
        match state {
            CircuitState::Open | CircuitState::Latched | CircuitState::ForcedOpen => Self::Open,
            CircuitState::HalfOpen | CircuitState::Ramping => Self::HalfOpen,
            CircuitState::Closed
            | CircuitState::ForcedClosed
            | CircuitState::Disabled
            | CircuitState::MetricsOnly => Self::Closed,
        }
    }
}

// === impl Seen ===

impl Seen {
    /// The most changes kept: a breaker that flaps for an hour must not fill the memory.
    const MOST: usize = 20_000;

    /// How often the breaker opened.
    pub fn openings(&self) -> usize {
        self.changes
            .windows(2)
            .filter(|pair| {
                pair[0].state == BreakerState::Closed && pair[1].state != BreakerState::Closed
            })
            .count()
    }

    /// Closed when the run begins.
    fn new() -> Self {
        let mut seen = Self::default();
        seen.change(Duration::ZERO, BreakerState::Closed);
        seen
    }

    fn note(&mut self, at: Duration, event: PolicyEvent) {
        match event {
            PolicyEvent::CircuitOpened { to, .. } | PolicyEvent::CircuitClosed { to, .. } => {
                self.change(at, to.into());
            }
            PolicyEvent::CircuitHalfOpen { .. } => self.change(at, BreakerState::HalfOpen),
            PolicyEvent::BulkheadAcquired { in_flight, .. } => {
                self.most_in_flight = self.most_in_flight.max(in_flight as usize);
                self.permits_given += 1;
            }
            // Turned away: it had no permit. Nothing inside this bulkhead rejects.
            PolicyEvent::RequestFailure {
                cause: FailureCause::Rejected,
                ..
            } => {}
            PolicyEvent::RequestSuccess { .. }
            | PolicyEvent::RequestFailure { .. }
            | PolicyEvent::RequestCancelled { .. } => self.permits_back += 1,
            _ => {}
        }
    }

    fn change(&mut self, at: Duration, state: BreakerState) {
        if self.changes.last().map(|change| change.state) != Some(state)
            && self.changes.len() < Self::MOST
        {
            self.changes.push(Change { at, state });
        }
    }
}

// === impl Watcher ===

impl Watcher {
    /// Changes of a breaker's state.
    pub const CHANGES: Interest = Interest::NONE
        .with(Kind::CircuitOpened)
        .with(Kind::CircuitHalfOpen)
        .with(Kind::CircuitClosed);
    /// Permits that a bulkhead gives, and requests that are over.
    pub const PERMITS: Interest = Interest::OUTCOMES.with(Kind::BulkheadAcquired);

    /// Listens to a breaker and to a bulkhead whose sinks have the system's clock; `start` is when the run began.
    pub fn start(start: Instant, mut breaker: Subscriber, mut bulkhead: Subscriber) -> Self {
        let (over, mut ended) = oneshot::channel();
        let (now, gone) = (MonotonicClock.now(), start.elapsed());
        let note = move |seen: &mut Seen, heard| match heard {
            Delivery::Event(event) => seen.note(gone + event.time().since(now), event),
            Delivery::Lagged(lost) => seen.unheard += lost,
        };
        let task = tokio::spawn(async move {
            let mut seen = Seen::new();
            loop {
                let heard = tokio::select! {
                    heard = breaker.recv() => heard,
                    heard = bulkhead.recv() => heard,
                    _ = &mut ended => break,
                };
                note(&mut seen, heard);
            }
            // What was told before the end.
            while let Some(heard) = breaker.try_recv().or_else(|| bulkhead.try_recv()) {
                note(&mut seen, heard);
            }
            seen
        });
        Self { task, over }
    }

    /// Ends the listening: all that was told before.
    pub async fn end(self) -> Seen {
        drop(self.over);
        self.task.await.expect("the task does not panic")
    }
}

#[cfg(test)]
mod tests {
    use ninelives::emit::Stamp;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn only_changes_are_kept_and_openings_are_counted_from_closed() {
        use CircuitState::{Closed, HalfOpen, Open};
        let mut seen = Seen::new();
        let at = Stamp::default();
        let opened = |from| PolicyEvent::CircuitOpened { at, from, to: Open };
        seen.note(2 * MS, opened(Closed));
        seen.note(3 * MS, opened(Closed));
        seen.note(4 * MS, PolicyEvent::CircuitHalfOpen { at, from: Open });
        seen.note(5 * MS, opened(HalfOpen));
        let states: Vec<_> = seen
            .changes
            .iter()
            .map(|change| (change.at, change.state))
            .collect();
        let expected = [
            (0 * MS, BreakerState::Closed),
            (2 * MS, BreakerState::Open),
            (4 * MS, BreakerState::HalfOpen),
            (5 * MS, BreakerState::Open),
        ];
        assert_eq!(states, expected);
        assert_eq!(seen.openings(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_has_all_that_was_told_before() {
        let (circuit, permits) = (
            StreamingSink::new(16).unwrap(),
            StreamingSink::new(16).unwrap(),
        );
        let breaker = circuit.subscribe_to(Watcher::CHANGES);
        let bulkhead = permits.subscribe_to(Watcher::PERMITS);
        let config = CircuitBreakerConfig::new(1, MS, 1).unwrap();
        let layer = CircuitBreakerLayer::new(config).unwrap().with_sink(circuit);
        let guard = BulkheadLayer::new(2).unwrap().with_sink(permits);
        let watcher = Watcher::start(Instant::now(), breaker, bulkhead);
        layer.trip();
        let mut service =
            tower::Layer::layer(&guard, tower::service_fn(|()| async { Ok::<(), ()>(()) }));
        let calls = [(); 2].map(|()| tower::Service::call(&mut service, ()));
        layer.reset();
        drop(calls);
        let seen = watcher.end().await;
        let states = seen.changes.iter().map(|change| change.state);
        assert!(states.eq([
            BreakerState::Closed,
            BreakerState::Open,
            BreakerState::Closed
        ]));
        assert_eq!((seen.openings(), seen.most_in_flight), (1, 2));
    }
}
