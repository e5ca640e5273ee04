//! Heeds deadlines, and answers most of what fails.

use ninelives::prelude::*;

use super::{Built, Site};
use crate::backend::Down;
use crate::gauge::Gauge;
use crate::laws;
use crate::order::Order;

pub fn build(site: &mut Site<'_>) -> Built {
    let (inside, requests, bottom) = (Gauge::default(), Gauge::default(), Gauge::default());
    let timeout = TimeoutLayer::new(site.within(200))?
        .with_timer(site.timer.clone())
        .with_deadline();
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(site.within(10)))
        .with_timer(site.timer.clone())
        .with_seed(site.draws.below(1_000) as u64)
        .with_total_timeout(site.within(120))
        .heeding_requests()
        .build()?
        .into_layer()
        .named("heeding retry")
        .live();
    let bulkhead = BulkheadLayer::queued(site.up_to(4), site.up_to(8), site.within(100))?
        .with_timer(site.timer.clone())
        .heeding_requests()
        .with_sink(site.tally.clone());
    let limit = bulkhead.limit() as u64;
    let config = CircuitBreakerConfig::new(site.up_to(8), site.within(100), 1)?;
    let breaker = CircuitBreakerLayer::with_clock(config, site.timer.clone())?;
    let breaker = breaker.with_sink(site.tally.clone());
    site.registry.register(&retry)?;
    let laws = vec![
        laws::line(&bulkhead, site.told(bulkhead.name()), &inside, limit),
        laws::circuit(&breaker, site.told(breaker.name()), &requests),
    ];
    let line = laws::in_turn(&bulkhead, &inside);
    let guarded = Policy(timeout)
        + Policy(retry)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(breaker)
        + Policy::tower(requests);
    let policy = (guarded | Policy::respond(|_: Order| 0))
        .when(|error: &ResilienceError<Down>| !error.is_circuit_open());
    let outer = policy.name().clone();
    let policy = policy.with_sink(site.tally.clone());
    let stack = site.done("heeding", (&outer, &bottom), laws, Vec::new(), policy)?;
    Ok(stack.lined(line, false))
}
