//! A line, rates over a time, and every policy live.

use ninelives::prelude::*;

use super::{Built, Site, shadow};
use crate::gauge::Gauge;
use crate::{MOST, laws, ms};

pub fn build(site: &mut Site<'_>) -> Built {
    let (admitted, requests, bottom) = (Gauge::default(), Gauge::default(), site.bottom());
    let timeout = TimeoutLayer::new(site.within(200))?
        .with_timer(site.timer.clone())
        .covering_readiness()
        .with_sink(site.tally.clone())
        .named("line timeout")
        .live();
    let config = CircuitBreakerConfig::by_failure_rate(0.5, site.within(100), site.up_to(3))?
        .with_time_window(ms(500))?
        .with_slow_calls(ms(60), 0.8)?
        .with_minimum_calls(site.up_to(10) as u32)?;
    let breaker = CircuitBreakerLayer::with_clock(config, site.timer.clone())?
        .with_sink(site.tally.clone())
        .named("line breaker")
        .live()
        // Of the circuit that `live` makes.
        .with_seed(site.draws.below(1_000) as u64);
    let bulkhead = BulkheadLayer::queued(site.up_to(4), site.up_to(8), site.within(60))?
        .with_timer(site.timer.clone())
        .with_sink(site.tally.clone())
        .with_line_capacity(MOST as usize)?
        .named("line bulkhead")
        .live();
    let budget = RetryBudget::new(0.2, 5.0, 20)?;
    let retry = RetryPolicy::builder()
        .backoff(Backoff::constant(site.within(10)))
        .with_jitter(Jitter::equal())
        .with_budget(budget.clone())
        .with_seed(site.draws.below(1_000) as u64)
        .with_timer(site.timer.clone())
        .build()?
        .into_layer()
        .with_sink(site.tally.clone())
        .named("line retry")
        .live();
    site.registry.register(&timeout)?;
    site.registry.register(&breaker)?;
    site.registry.register(&bulkhead)?;
    site.registry.register(&retry)?;
    site.registry
        .register(&budget.named("line tokens", site.timer.clone()))?;
    let shadows = vec![
        shadow(timeout.settings(), site.timer, |draws| {
            TimeoutConfig::new(ms(1 + draws.below(200) as u64))
        }),
        shadow(breaker.settings(), site.timer, |draws| {
            let rate = (1 + draws.below(9)) as f64 / 10.0;
            CircuitBreakerConfig::by_failure_rate(rate, ms(50), 2)?.with_minimum_calls(3)
        }),
        shadow(bulkhead.settings(), site.timer, |draws| {
            BulkheadConfig::new(1 + draws.below(12))?.with_queue(4, ms(30))
        }),
        shadow(retry.settings(), site.timer, |draws| {
            RetryConfig::new().with_max_attempts(1 + draws.below(5))
        }),
    ];
    let laws = vec![
        laws::line(&bulkhead, site.told(bulkhead.name()), &requests, MOST),
        laws::circuit(&breaker, site.told(breaker.name()), &admitted),
        laws::attempts(site.told(retry.name()), &requests, &bottom, None),
    ];
    let line = laws::in_turn(&bulkhead, &requests);
    let outer = timeout.name().clone();
    let policy = Policy(timeout)
        + Policy(breaker)
        + Policy::tower(admitted)
        + Policy(bulkhead)
        + Policy::tower(requests)
        + Policy(retry);
    let stack = site.done("line", (&outer, &bottom), laws, shadows, policy)?;
    Ok(stack.lined(line, false))
}
