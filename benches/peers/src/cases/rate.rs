//! A rate limit that lets the call through. We have none: these stand for themselves.

use std::num::NonZeroU32;

use governor::{Quota, RateLimiter};
use tower::Service;
use tower::limit::RateLimitLayer;
use tower_resilience::ratelimiter::RateLimiterLayer;

use super::{RESILIENCE, TOWER, case};
use crate::echo::{Echo, FAR, Refused};
use crate::subject::{ANSWER, Case, Subject};

/// More calls than a run makes.
const MANY: u32 = u32::MAX;

pub(super) fn cases() -> Vec<Case> {
    let mut inner = Echo::ready();
    let quota = Quota::per_second(NonZeroU32::new(MANY).unwrap());
    let limiter = RateLimiter::direct(quota);
    let governor = move |request| {
        let called = limiter.check().map(|()| inner.call(request));
        async { called.map_err(|_| Refused)?.await }
    };
    let resilience = RateLimiterLayer::per_second(MANY as usize).build().unwrap();
    let tower = RateLimitLayer::new(u64::from(MANY), FAR);
    let subjects = vec![
        Subject::future("governor", governor, ANSWER),
        Subject::layer(TOWER, tower, inner, ANSWER),
        Subject::layer(RESILIENCE, resilience, inner, ANSWER),
    ];
    vec![case("rate limit, admitted (we have none)", false, subjects)]
}
