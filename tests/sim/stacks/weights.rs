//! Calls of different weights in classes, and a breaker that counts calls and comes back by a ramp.

use ninelives::circuit_breaker::CircuitRamp;
use ninelives::prelude::*;

use super::{Built, Site, shadow};
use crate::gauge::Gauge;
use crate::order::Order;
use crate::{MOST, laws, ms};

pub fn build(site: &mut Site<'_>) -> Built {
    let (inside, admitted, bottom) = (Gauge::weighed(), Gauge::default(), Gauge::default());
    let timeout = TimeoutLayer::new(site.within(200))?
        .with_timer(site.timer.clone())
        .with_sink(site.tally.clone());
    let bulkhead = BulkheadLayer::queued(3 + site.up_to(6), site.up_to(12), site.within(80))?
        .prioritized_by(|order: &Order| order.priority)
        .with_timer(site.timer.clone())
        .weighted_by(|order: &Order| order.weight)
        .with_sink(site.tally.clone())
        .with_line_capacity(MOST as usize)?
        .named("weights bulkhead")
        .live();
    let config = CircuitBreakerConfig::by_failure_rate(0.4, site.within(80), 2)?
        .with_count_window(20)?
        .with_minimum_calls(8)?
        .with_recovery_growth(2.0, ms(400))?
        .with_recovery_jitter(0.5)?
        .with_ramp(CircuitRamp::new().with_stage(ms(1_000))?);
    let breaker = CircuitBreakerLayer::with_clock(config, site.timer.clone())?
        .with_sink(site.tally.clone())
        .named("weights breaker")
        .live()
        // Of the circuit that `live` makes.
        .with_seed(site.draws.below(1_000) as u64);
    site.registry.register(&bulkhead)?;
    site.registry.register(&breaker)?;
    let shadows = vec![shadow(bulkhead.settings(), site.timer, |draws| {
        BulkheadConfig::new(1 + draws.below(12))?.with_queue(4, ms(30))
    })];
    let laws = vec![
        laws::line(&bulkhead, site.told(bulkhead.name()), &inside, MOST),
        laws::circuit(&breaker, site.told(breaker.name()), &admitted),
    ];
    let line = laws::in_turn(&bulkhead, &inside);
    let outer = timeout.name().clone();
    let policy = Policy(timeout)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(breaker)
        + Policy::tower(admitted);
    let stack = site.done("weights", (&outer, &bottom), laws, shadows, policy)?;
    Ok(stack.lined(line, true))
}
