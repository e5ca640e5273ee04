//! A circuit that turns and turns, on a clock that is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use ninelives::ManualClock;
use ninelives::prelude::*;
use tower::{Layer, Service};

use crate::backend::{Backend, FAILS};
use crate::course::{Course, Tally, alone, apart, call};

/// Failures that open the circuit.
const FAILURES: usize = 3;
/// Calls while it is open.
const REJECTED: usize = 8;
/// Probes that close it.
const PROBES: usize = 2;
/// How long it stays open.
const OPEN: Duration = Duration::from_secs(1);

pub(super) fn half_open(course: &Arc<Course>) -> Result<(), ConfigError> {
    let clock = Arc::new(ManualClock::new());
    let config = CircuitBreakerConfig::new(FAILURES, OPEN, PROBES)?;
    let breaker = CircuitBreakerLayer::with_clock(config, Arc::clone(&clock))?;
    let mut service = breaker.layer(Backend::new());
    alone(async {
        while course.goes_on() {
            let turn = apart(turn(&mut service, &clock)).await;
            course.count(turn);
        }
    });
    Ok(())
}

/// Closed, open, half-open, closed.
async fn turn<S>(service: &mut S, clock: &ManualClock) -> Tally
where
    S: Service<u64, Response = u64>,
{
    let mut tally = Tally::default();
    for _ in 0..FAILURES {
        tally.add(call(service, FAILS).await);
    }
    for _ in 0..REJECTED {
        tally.add(call(service, 1).await);
    }
    clock.advance(OPEN);
    for _ in 0..PROBES {
        tally.add(call(service, 1).await);
    }
    tally
}
