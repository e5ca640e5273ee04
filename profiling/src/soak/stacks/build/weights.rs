//! Calls of different weights in classes, and a breaker that counts calls and comes back by a ramp.

use ninelives::circuit_breaker::CircuitRamp;
use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::rng::SplitMix64;
use crate::soak::order::Order;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::stacks::{MOST, Site};
use crate::soak::watched::{Bulkhead, Circuit};

/// Builds it.
pub fn build(site: &Site<'_>, name: &str, draws: &mut SplitMix64) -> Built {
    let draft = Draft::new(site, name);
    let inside = draft.gauge().weighed();
    let limit = 24 + (draws.next() % 24) as usize;
    let timeout = TimeoutLayer::new(ms(250))?
        .with_timer(site.wheel.clone())
        .covering_readiness()
        .named(draft.name("timeout"))
        .with_sink(site.sink.clone());
    let bulkhead = BulkheadLayer::queued(limit, 48, ms(80))?
        .prioritized_by(|order: &Order| order.priority)
        .with_timer(site.tokio.clone())
        .weighted_by(|order: &Order| order.weight)
        .named(draft.name("bulkhead"))
        .with_sink(site.sink.clone())
        .with_line_capacity(MOST as usize)?
        .live();
    let config = CircuitBreakerConfig::by_failure_rate(0.4, ms(40), 2)?
        .with_count_window(50)?
        .with_minimum_calls(20)?
        .with_recovery_growth(2.0, ms(300))?
        .with_recovery_jitter(0.5)?
        .with_ramp(CircuitRamp::new().with_stage(ms(1_000))?);
    let breaker = CircuitBreakerLayer::new(config)?
        .named(draft.name("breaker"))
        .with_sink(site.sink.clone())
        .live()
        .with_seed(draws.next());
    let attempt = TimeoutLayer::new(ms(120))?
        .with_timer(site.tokio.clone())
        .named(draft.name("attempt"))
        .with_sink(site.sink.clone());
    site.registry.register(&bulkhead)?;
    site.registry.register(&breaker)?;
    let shadows = Shadows::none().of(bulkhead.settings(), |draws| {
        let limit = 1 + (draws.next() % 60) as usize;
        BulkheadConfig::new(limit)?.with_queue(16, ms(1 + draws.next() % 100))
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
    let outer = told(timeout.name());
    let policy = Policy(timeout)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(breaker)
        + Policy(attempt);
    Ok(draft
        .watching(bulk)
        .watching(circuit)
        .done(Some(outer), shadows, policy))
}
