//! A line, rates over a time, and every policy live.

use std::sync::Arc;

use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::rng::SplitMix64;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::stacks::{MOST, Site};
use crate::soak::watched::{Bulkhead, Circuit, Retry};

/// Builds it.
pub fn build(site: &Site<'_>, name: &str, draws: &mut SplitMix64) -> Built {
    let draft = Draft::new(site, name);
    let inside = draft.gauge();
    let limit = 8 + (draws.next() % 16) as usize;
    let timeout = TimeoutLayer::new(ms(350))?
        .with_timer(site.wheel.clone())
        .named(draft.name("timeout"))
        .with_sink(site.sink.clone())
        .live();
    let config = CircuitBreakerConfig::by_failure_rate(0.5, ms(50), 2)?
        .with_time_window(ms(2_000))?
        .with_slow_calls(ms(100), 0.8)?
        .with_minimum_calls(20)?;
    let breaker = CircuitBreakerLayer::new(config)?
        .named(draft.name("breaker"))
        .with_sink(site.sink.clone())
        .live();
    let bulkhead = BulkheadLayer::queued(limit, 32, ms(100))?
        .with_timer(site.wheel.clone())
        .named(draft.name("bulkhead"))
        .with_sink(site.sink.clone())
        .with_line_capacity(MOST as usize)?
        .live();
    let budget = RetryBudget::new(0.2, 20.0, 100)?;
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(ms(3)))
        .with_jitter(Jitter::equal())
        .with_budget(budget.clone())
        .with_timer(site.wheel.clone())
        .build()?
        .into_layer()
        .named(draft.name("retry"))
        .with_sink(site.sink.clone())
        .live();
    let attempt = TimeoutLayer::new(ms(90))?
        .with_timer(site.wheel.clone())
        .named(draft.name("attempt"))
        .with_sink(site.sink.clone())
        .live();
    let tokens = budget.named(draft.name("tokens"), site.wheel.clone());
    site.registry.register(&timeout)?;
    site.registry.register(&breaker)?;
    site.registry.register(&bulkhead)?;
    site.registry.register(&retry)?;
    site.registry.register(&attempt)?;
    site.registry.register(&tokens)?;
    let shadows = Shadows::none()
        .of(timeout.settings(), |draws| {
            TimeoutConfig::new(ms(1 + draws.next() % 400))
        })
        .of(breaker.settings(), |draws| {
            CircuitBreakerConfig::by_failure_rate(0.05 + 0.9 * draws.unit(), ms(50), 2)?
                .with_minimum_calls(5)
        })
        .of(bulkhead.settings(), |draws| {
            let limit = 1 + (draws.next() % 40) as usize;
            BulkheadConfig::new(limit)?.with_queue(16, ms(1 + draws.next() % 100))
        })
        .of(retry.settings(), |draws| {
            RetryConfig::new().with_max_attempts(1 + (draws.next() % 5) as usize)
        });

    let told = |name: &Name| site.sink.told(name);
    let bulk = Bulkhead::of(
        &bulkhead,
        told(bulkhead.name()),
        inside.passed(),
        MOST,
        MOST,
    );
    let circuit = Circuit::of(&breaker, told(breaker.name()));
    let tries = Retry {
        name: draft.name("retry"),
        told: told(retry.name()),
        passed: Arc::clone(draft.bottom.passed()),
        grant: None,
    };
    let outer = told(timeout.name());
    let policy = Policy(timeout)
        + Policy(breaker)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(retry)
        + Policy(attempt);
    Ok(draft
        .watching(bulk)
        .watching(circuit)
        .watching(tries)
        .done(Some(outer), shadows, policy))
}
