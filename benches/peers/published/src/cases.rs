//! The subject of 0.2.0 of each case that it can have one of.

use std::future::ready;

use ninelives_0_2::prelude as published;
use peers::cases::breaker::FAILURES;
use peers::cases::bulkhead::PERMITS;
use peers::echo::{Echo, FAR, Refused, call};
use peers::subject::{ANSWER, Case, REJECTED, Subject, hold};
use tower::Layer;
use tower::layer::util::Identity;

use crate::layers;

const PUBLISHED: &str = "ninelives 0.2";

/// Every case of the peers, with 0.2.0 at its end.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = peers::cases::all();
    for case in &mut cases {
        case.subjects.extend(subject(case.name));
    }
    cases
}

/// None: 0.2.0 has nothing like it.
fn subject(case: &str) -> Option<Subject> {
    let (policy, way) = case.rsplit_once(", ").unwrap_or((case, ""));
    let inner = if way == "pending once" {
        Echo::pending(1)
    } else {
        Echo::ready()
    };
    Some(match policy {
        "timeout" => {
            let layer = published::TimeoutLayer::new(FAR).unwrap();
            Subject::layer(PUBLISHED, layer, inner, ANSWER)
        }
        "retry, first attempt" => Subject::layer(PUBLISHED, layers::retry(), inner, ANSWER),
        "breaker, closed" => Subject::layer(PUBLISHED, layers::breaker(), inner, ANSWER),
        "breaker" => open_breaker(),
        "bulkhead, room" => Subject::layer(PUBLISHED, layers::bulkhead(PERMITS), inner, ANSWER),
        "bulkhead" => full_bulkhead(),
        "fallback" => Subject::layer(PUBLISHED, pass() | pass(), inner, ANSWER),
        "fork-join, both at once" => Subject::layer(PUBLISHED, pass() & pass(), inner, ANSWER),
        "stack" => {
            let stack = layers::stack(published::NullSink, inner);
            Subject::service(PUBLISHED, stack, ANSWER)
        }
        "stack with events" => {
            let sink = published::StreamingSink::new(1024);
            // Nobody reads: what is told is overwritten.
            std::mem::forget(sink.subscribe());
            Subject::service(PUBLISHED, layers::stack(sink, inner), ANSWER)
        }
        _ => return None,
    })
}

fn pass() -> published::Policy<Identity> {
    published::Policy(Identity::new())
}

/// Each service of 0.2.0 has a circuit of its own, and nothing but failures opens it.
fn open_breaker() -> Subject {
    let failed = || ready(Err::<u64, _>(Refused));
    let mut open = layers::breaker().layer(tower::service_fn(move |_: u64| failed()));
    (0..FAILURES).for_each(|_| assert_eq!(call(&mut open), REJECTED));
    Subject::service(PUBLISHED, open, REJECTED)
}

fn full_bulkhead() -> Subject {
    let full = layers::bulkhead(1).layer(Echo::pending(u32::MAX));
    hold(full.clone());
    Subject::service(PUBLISHED, full, REJECTED)
}
