//! Looks at the circuit breaker and the bulkhead every few milliseconds; looking changes nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

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

/// One look.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// What the breaker is doing.
    pub state: BreakerState,
    /// Bulkhead permits out.
    pub in_flight: usize,
}

/// A state and the time from which it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// From the start of the run.
    pub at: Duration,
    /// The state from then on.
    pub state: BreakerState,
}

/// What was seen over the run.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The state at the start and every change that was seen.
    pub changes: Vec<Change>,
    /// The most bulkhead permits that were seen out at a time.
    pub most_in_flight: usize,
}

/// The task that looks. Dropping it ends the looking.
#[derive(Debug)]
pub struct Watcher {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
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

// === impl Seen ===

impl Seen {
    /// The most changes kept: a breaker that flaps for an hour must not fill the memory.
    const MOST: usize = 20_000;

    /// How often the breaker was seen to open.
    pub fn openings(&self) -> usize {
        self.changes
            .windows(2)
            .filter(|pair| {
                pair[0].state == BreakerState::Closed && pair[1].state != BreakerState::Closed
            })
            .count()
    }

    fn note(&mut self, at: Duration, look: Look) {
        self.most_in_flight = self.most_in_flight.max(look.in_flight);
        if self.changes.last().map(|change| change.state) != Some(look.state)
            && self.changes.len() < Self::MOST
        {
            self.changes.push(Change {
                at,
                state: look.state,
            });
        }
    }
}

// === impl Watcher ===

impl Watcher {
    /// Looks every 5 ms from now on.
    pub fn start(start: Instant, look: impl Fn() -> Look + Send + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let notes = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_millis(5));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let mut seen = notes
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                seen.note(start.elapsed(), look());
            }
        });
        Self { seen, task }
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        self.seen
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_kept_and_openings_are_counted_from_closed() {
        let mut seen = Seen::default();
        let states = [
            BreakerState::Closed,
            BreakerState::Open,
            BreakerState::HalfOpen,
            BreakerState::Open,
        ];
        for (n, state) in states
            .into_iter()
            .flat_map(|state| [state, state])
            .enumerate()
        {
            seen.note(
                Duration::from_millis(n as u64),
                Look {
                    state,
                    in_flight: n,
                },
            );
        }
        assert_eq!(seen.changes.len(), 4);
        assert_eq!(
            seen.changes[1],
            Change {
                at: Duration::from_millis(2),
                state: BreakerState::Open
            }
        );
        assert_eq!((seen.openings(), seen.most_in_flight), (1, 7));
    }
}
