//! Four policies, none of them live: the exact ones.

use std::sync::Arc;
use std::time::Instant;

use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::soak::stacks::Site;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::watched::{Bulkhead, Circuit, Grant, Retry};

/// Builds it.
pub fn build(site: &Site<'_>) -> Built {
    const LIMIT: usize = 24;
    let draft = Draft::new(site, "plain");
    let inside = draft.gauge();
    let timeout = TimeoutLayer::new(ms(300))?
        .with_timer(site.tokio.clone())
        .covering_readiness();
    let timeout = timeout
        .named(draft.name("timeout"))
        .with_sink(site.sink.clone());
    let config = CircuitBreakerConfig::new(12, ms(60), 3)?.with_probe_lease(ms(400))?;
    let breaker = CircuitBreakerLayer::new(config)?
        .named(draft.name("breaker"))
        .with_sink(site.sink.clone());
    let bulkhead = BulkheadLayer::new(LIMIT)?
        .named(draft.name("bulkhead"))
        .with_sink(site.sink.clone());
    let (ratio, per_second, cap) = (0.1, 20.0, 50);
    let budget = RetryBudget::new(ratio, per_second, cap)?;
    let retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::exponential(ms(2)).with_max(ms(20))?)
        .with_jitter(Jitter::full())
        .with_budget(budget)
        .with_timer(site.tokio.clone())
        .build()?
        .into_layer()
        .named(draft.name("retry"))
        .with_sink(site.sink.clone());
    let attempt = TimeoutLayer::new(ms(80))?
        .with_timer(site.wheel.clone())
        .named(draft.name("attempt"))
        .with_sink(site.sink.clone());

    let told = |name: &Name| site.sink.told(name);
    let bulk = Bulkhead::of(
        &bulkhead,
        told(bulkhead.name()),
        inside.passed(),
        LIMIT as u64,
        0,
    );
    let circuit = Circuit::of(&breaker, told(breaker.name()));
    let tries = Retry {
        name: draft.name("retry"),
        told: told(retry.name()),
        passed: Arc::clone(draft.bottom.passed()),
        grant: Some(Grant {
            ratio,
            per_second,
            cap: f64::from(cap),
            since: Instant::now(),
        }),
    };
    let outer = told(timeout.name());
    let policy = Policy(timeout)
        + Policy(breaker)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(retry)
        + Policy(attempt);
    Ok(draft.watching(bulk).watching(circuit).watching(tries).done(
        Some(outer),
        Shadows::none(),
        policy,
    ))
}
