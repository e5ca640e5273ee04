//! Two arms, the second one staggered and for a token; no arm after the request's deadline.

use ninelives::prelude::*;

use super::{Built, Site, shadow};
use crate::gauge::Gauge;
use crate::{Plant, laws, ms};

pub fn build(site: &mut Site<'_>) -> Built {
    let (inside, bottom) = (Gauge::default(), Gauge::default());
    let limit = site.up_to(6);
    let wrong = usize::from(site.plant == Some(Plant::Limit));
    let bulkhead = BulkheadLayer::new(limit + wrong)?.with_sink(site.tally.clone());
    let left = TimeoutLayer::new(site.within(150))?
        .with_timer(site.timer.clone())
        .covering_readiness();
    let right = TimeoutLayer::new(site.within(100))?
        .with_timer(site.timer.clone())
        .covering_readiness();
    let laws = vec![laws::permits(
        &bulkhead,
        site.told(bulkhead.name()),
        &inside,
        limit as u64,
    )];
    let left = Policy(left) + Policy(bulkhead) + Policy::tower(inside);
    let race = (left & Policy(right))
        .stagger(ms(site.draws.below(30) as u64))
        .with_timer(site.timer.clone())
        .with_budget(RetryBudget::new(0.3, 5.0, 10)?)
        .heeding_requests()
        .live();
    let shadows = vec![shadow(race.settings(), site.timer, |draws| {
        Ok(ForkJoinConfig::new().with_stagger(ms(draws.below(50) as u64)))
    })];
    let outer = race.name().clone();
    let told = site.told(&outer);
    let laws = laws
        .into_iter()
        .chain([laws::race(told, &bottom)])
        .collect();
    let policy = race.with_sink(site.tally.clone());
    site.done("race", (&outer, &bottom), laws, shadows, policy)
}
