//! Three circuits that only count, each with a window around that of the next.

use std::convert::Infallible;
use std::future::ready;

use ninelives::prelude::*;
use tower::service_fn;

use super::{Built, ms};
use crate::soak::stacks::Site;
use crate::soak::stacks::parts::{Draft, Shadows};
use crate::soak::watched::{Windows, begun};

/// Builds it.
pub fn build(site: &Site<'_>, name: &str) -> Built {
    const FEW: u32 = 200;
    // An epoch is shorter.
    const LONG: u64 = 24 * 60 * 60 * 1_000;
    let draft = Draft::new(site, name);
    let counts = || -> Result<_, ConfigError> {
        let config = CircuitBreakerConfig::by_failure_rate(0.5, ms(50), 1)?;
        config.with_metrics_only(true).with_slow_calls(ms(40), 0.5)
    };
    let timeout = TimeoutLayer::new(ms(250))?
        .with_timer(site.wheel.clone())
        .named(draft.name("timeout"))
        .with_sink(site.sink.clone());
    let short = CircuitBreakerLayer::new(counts()?.with_time_window(ms(500))?)?
        .named(draft.name("short"))
        .with_sink(site.sink.clone());
    let few = CircuitBreakerLayer::new(counts()?.with_count_window(FEW)?)?
        .named(draft.name("few"))
        .with_sink(site.sink.clone());
    let all = CircuitBreakerLayer::new(counts()?.with_time_window(ms(LONG))?)?
        .named(draft.name("all"))
        .with_sink(site.sink.clone());
    let attempt = TimeoutLayer::new(ms(90))?
        .with_timer(site.tokio.clone())
        .named(draft.name("attempt"))
        .with_sink(site.sink.clone());
    let deaf = all.clone().with_sink(NullSink);
    let windows = Windows {
        name: draft.name("windows"),
        short: Windows::look(&short),
        few: (Windows::look(&few), u64::from(FEW)),
        all: Windows::look(&all),
        told: site.sink.told(all.name()),
        untold: Box::new(move || {
            let answers = |()| ready(Ok::<_, Infallible>(()));
            drop(begun(&deaf, service_fn(answers)));
        }),
    };
    let outer = site.sink.told(timeout.name());
    let policy = Policy(timeout) + Policy(short) + Policy(few) + Policy(all) + Policy(attempt);
    Ok(draft
        .watching(windows)
        .done(Some(outer), Shadows::none(), policy))
}
