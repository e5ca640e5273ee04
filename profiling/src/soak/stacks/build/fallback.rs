//! Answers whatever happens.

use std::sync::Arc;

use ninelives::name::Name;
use ninelives::prelude::*;

use super::{Built, ms};
use crate::soak::order::{Order, Reply};
use crate::soak::stacks::Site;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::watched::{Circuit, Retry};

/// Builds it.
pub fn build(site: &Site<'_>) -> Built {
    let draft = Draft::new(site, "fallback");
    let timeout = TimeoutLayer::new(ms(150))?
        .with_timer(site.tokio.clone())
        .covering_readiness()
        .named(draft.name("timeout"));
    let config = CircuitBreakerConfig::new(8, ms(30), 1)?
        .with_recovery_growth(2.0, ms(500))?
        .with_recovery_jitter(0.3)?;
    let breaker = CircuitBreakerLayer::new(config)?
        .named(draft.name("breaker"))
        .with_sink(site.sink.clone());
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .backoff(Backoff::constant(ms(1)))
        .with_timer(site.wheel.clone())
        .build()?
        .into_layer()
        .named(draft.name("retry"));
    let told = |name: &Name| site.sink.told(name);
    let circuit = Circuit::of(&breaker, told(breaker.name()));
    let tries = Retry {
        name: draft.name("retry"),
        told: told(retry.name()),
        passed: Arc::clone(draft.bottom.passed()),
        grant: None,
    };
    let guarded = Policy(timeout) + Policy(breaker) + Policy(retry);
    let policy = (guarded | Policy::respond(|_: Order| Reply::Spare)).named(draft.name("fallback"));
    let outer = told(policy.name());
    let policy = policy.with_sink(site.sink.clone());
    Ok(draft
        .watching(circuit)
        .watching(tries)
        .done(Some(outer), Shadows::none(), policy))
}
