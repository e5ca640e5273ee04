//! A fallback that is not used; a fork-join of two arms at once, and one whose second arm does not start.

use ninelives::prelude as ours;
use tower::layer::util::Identity;
use tower_resilience::fallback::FallbackLayer;
use tower_resilience::hedge::HedgeLayer;

use super::{OURS, RESILIENCE, case};
use crate::echo::{Echo, FAR};
use crate::subject::{ANSWER, Case, Subject};

pub(super) fn cases() -> Vec<Case> {
    let inner = Echo::ready();
    let hedge = |builder: tower_resilience::hedge::HedgeConfigBuilder| {
        let layer = builder.max_hedged_attempts(2).build();
        Subject::layer("tower-resilience (hedge)", layer, inner, ANSWER)
    };
    let pass = || ours::Policy::tower(Identity::new());
    let backed = pass() | ours::Policy::respond(|request: u64| request);
    let staggered = (pass() & pass()).stagger(FAR);
    let answer = FallbackLayer::from_request_error(|request: &u64, _| *request);
    let fallback = vec![
        Subject::layer(OURS, backed, inner, ANSWER),
        Subject::layer(RESILIENCE, answer, inner, ANSWER),
    ];
    let both = vec![
        Subject::layer(OURS, pass() & pass(), inner, ANSWER),
        hedge(HedgeLayer::builder().no_delay()),
    ];
    let second_later = vec![
        Subject::layer(OURS, staggered, inner, ANSWER),
        hedge(HedgeLayer::builder().delay(FAR)),
    ];
    vec![
        case("fallback, not used", true, fallback),
        case("fork-join, both at once, ready", true, both),
        case("fork-join, second arm not started", true, second_later),
    ]
}
