//! The four, none of them live.

use ninelives::prelude::*;

use super::{Built, Site};
use crate::gauge::Gauge;
use crate::{Plant, laws, ms};

pub fn build(site: &mut Site<'_>) -> Built {
    let (requests, bottom) = (Gauge::default(), site.bottom());
    let timeout = TimeoutLayer::new(site.within(150))?
        .with_timer(site.timer.clone())
        .with_sink(site.tally.clone());
    let config = CircuitBreakerConfig::new(site.up_to(6), site.within(200), site.up_to(3))?;
    let breaker =
        CircuitBreakerLayer::with_clock(config.with_probe_lease(ms(80))?, site.timer.clone())?
            .with_sink(site.tally.clone());
    let limit = site.up_to(6);
    let wrong = usize::from(site.plant == Some(Plant::Limit));
    let bulkhead = BulkheadLayer::new(limit + wrong)?.with_sink(site.tally.clone());
    let (ratio, per_second, cap) = (0.1, 2.0, 5);
    let retry = RetryPolicy::builder()
        .max_attempts(site.up_to(4))
        .backoff(Backoff::exponential(site.within(20)).with_max(ms(60))?)
        .with_jitter(Jitter::full())
        .with_budget(RetryBudget::new(ratio, per_second, cap)?)
        .with_seed(site.draws.below(1_000) as u64)
        .with_timer(site.timer.clone())
        .build()?
        .into_layer()
        .with_sink(site.tally.clone());
    let attempt = TimeoutLayer::new(site.within(60))?.with_timer(site.timer.clone());
    let grant = (ratio, per_second, f64::from(cap), site.timer.clone());
    let laws = vec![
        laws::permits(
            &bulkhead,
            site.told(bulkhead.name()),
            &requests,
            limit as u64,
        ),
        laws::circuit(&breaker, site.told(breaker.name()), &requests),
        laws::attempts(site.told(retry.name()), &requests, &bottom, Some(grant)),
    ];
    let outer = timeout.name().clone();
    let policy = Policy(timeout)
        + Policy(breaker)
        + Policy(bulkhead)
        + Policy::tower(requests)
        + Policy(retry)
        + Policy(attempt);
    site.done("plain", (&outer, &bottom), laws, Vec::new(), policy)
}
