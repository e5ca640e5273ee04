//! Two arms, the second one staggered and for a token; no arm after the request's deadline.

use std::sync::Arc;

use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::stacks::{MOST, Site};
use crate::soak::watched::{Bulkhead, Race};

/// Builds it.
pub fn build(site: &Site<'_>) -> Built {
    const LIMIT: usize = 16;
    let draft = Draft::new(site, "race");
    let inside = draft.gauge();
    let left = TimeoutLayer::new(ms(200))?
        .with_timer(site.wheel.clone())
        .named(draft.name("left"))
        .with_sink(site.sink.clone());
    let bulkhead = BulkheadLayer::new(LIMIT)?
        .named(draft.name("bulkhead"))
        .with_sink(site.sink.clone())
        .live();
    let right = TimeoutLayer::new(ms(150))?
        .with_timer(site.tokio.clone())
        .covering_readiness()
        .named(draft.name("right"))
        .with_sink(site.sink.clone());
    site.registry.register(&bulkhead)?;
    let told = |name: &Name| site.sink.told(name);
    let bulk = Bulkhead::of(&bulkhead, told(bulkhead.name()), inside.passed(), MOST, 0);
    let left = Policy(left) + Policy(bulkhead) + Policy::tower(inside);
    let race = (left & Policy(right))
        .stagger(ms(15))
        .with_timer(site.wheel.clone())
        .with_budget(RetryBudget::new(0.3, 10.0, 50)?)
        .heeding_requests()
        .named(draft.name("race"))
        .live();
    let shadows = Shadows::none().of(race.settings(), |draws| {
        Ok(ForkJoinConfig::new().with_stagger(ms(draws.next() % 50)))
    });
    let arms = Race {
        name: draft.name("race"),
        told: told(race.name()),
        passed: Arc::clone(draft.bottom.passed()),
    };
    let outer = told(race.name());
    let policy = race.with_sink(site.sink.clone());
    Ok(draft
        .watching(bulk)
        .watching(arms)
        .done(Some(outer), shadows, policy))
}
