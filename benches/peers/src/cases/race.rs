//! A fallback that is not used; a fork-join of two arms at once, and one whose second arm does not start.

use std::time::Duration;

use ninelives::prelude as ours;
use tower::Service;
use tower::layer::util::Identity;
use tower_resilience::fallback::FallbackLayer;
use tower_resilience::hedge::HedgeLayer;

use super::{FLOOR, OURS, RESILIENCE, case};
use crate::echo::{Echo, FAR};
use crate::floor::{either, or_else};
use crate::subject::{ANSWER, Case, Subject};

pub(super) fn cases() -> Vec<Case> {
    let inner = Echo::ready();
    let hedge = |builder: tower_resilience::hedge::HedgeConfigBuilder| {
        let layer = builder.max_hedged_attempts(2).build();
        Subject::layer("tower-resilience (hedge)", layer, inner, ANSWER)
    };
    let arm = move |request| {
        let mut called = inner;
        called.call(request)
    };
    let by_hand = |wait: Duration| {
        let arms = move |request| either(arm(request), move || arm(request), wait);
        Subject::future(FLOOR, arms, ANSWER)
    };
    let pass = || ours::Policy::tower(Identity::new());
    let backed = pass() | ours::Policy::respond(|request: u64| request);
    let staggered = (pass() & pass()).stagger(FAR);
    let answer = FallbackLayer::from_request_error(|request: &u64, _| *request);
    let fallback = vec![
        Subject::layer(OURS, backed, inner, ANSWER),
        Subject::layer(RESILIENCE, answer, inner, ANSWER),
        Subject::future(
            FLOOR,
            move |request| or_else(arm(request), move || request),
            ANSWER,
        ),
    ];
    let both = vec![
        Subject::layer(OURS, pass() & pass(), inner, ANSWER),
        hedge(HedgeLayer::builder().no_delay()),
        by_hand(Duration::ZERO),
    ];
    let second_later = vec![
        Subject::layer(OURS, staggered, inner, ANSWER),
        hedge(HedgeLayer::builder().delay(FAR)),
        by_hand(FAR),
    ];
    vec![
        case("fallback, not used", true, fallback),
        case("fork-join, both at once, ready", true, both),
        case("fork-join, second arm not started", true, second_later),
    ]
}
