//! Heeds the deadline that each request carries, and retries of retries.

use std::sync::Arc;

use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::soak::order::Fault;
use crate::soak::stacks::Site;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::watched::{Bulkhead, Retry};

/// Builds it.
pub fn build(site: &Site<'_>) -> Built {
    const LIMIT: usize = 20;
    let draft = Draft::new(site, "heeding");
    let timeout = TimeoutLayer::new(ms(300))?
        .with_timer(site.tokio.clone())
        .with_deadline()
        .named(draft.name("timeout"))
        .with_sink(site.sink.clone());
    let outer_retry = RetryPolicy::builder()
        .max_attempts(3)
        .should_retry(|error: &Fault| *error != Fault::Injected)
        .backoff(Backoff::constant(ms(2)))
        .with_timer(site.tokio.clone())
        .with_total_timeout(ms(200))
        .heeding_requests()
        .build()?
        .into_layer()
        .named(draft.name("outer retry"))
        .with_sink(site.sink.clone())
        .live();
    let inner_retry = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(ms(1)))
        .with_timer(site.tokio.clone())
        .heeding_requests()
        .build()?
        .into_layer()
        .named(draft.name("inner retry"))
        .with_sink(site.sink.clone());
    let inside = draft.gauge();
    let bulkhead = BulkheadLayer::queued(LIMIT, 32, ms(100))?
        .with_timer(site.wheel.clone())
        .heeding_requests()
        .named(draft.name("bulkhead"))
        .with_sink(site.sink.clone());
    site.registry.register(&outer_retry)?;
    let told = |name: &Name| site.sink.told(name);
    let bulk = Bulkhead::of(
        &bulkhead,
        told(bulkhead.name()),
        inside.passed(),
        LIMIT as u64,
        32,
    );
    let tries = Retry {
        name: draft.name("inner retry"),
        told: told(inner_retry.name()),
        passed: Arc::clone(draft.bottom.passed()),
        grant: None,
    };
    let outer = told(timeout.name());
    let policy = Policy(timeout)
        + Policy(outer_retry)
        + Policy(bulkhead)
        + Policy::tower(inside)
        + Policy(inner_retry);
    Ok(draft
        .watching(bulk)
        .watching(tries)
        .done(Some(outer), Shadows::none(), policy))
}
