//! A circuit breaker that stays closed, and one that is open: five failures in a row open it, where the peer can count so.

use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use failsafe::futures::CircuitBreaker;
use failsafe::{Config, backoff, failure_policy};
use ninelives::clock::FastClock;
use ninelives::prelude as ours;
use recloser::{AsyncRecloser, Recloser};
use tower::Service;
use tower_resilience::circuitbreaker as resilience;

use super::{COUNTED, FLOOR, OURS, RESILIENCE, case};
use crate::echo::{Echo, FAR, Refused};
use crate::floor::{Breaker, Failures, leaked};
use crate::subject::{ANSWER, Case, REJECTED, Subject};

/// Failures in a row that open a breaker.
pub const FAILURES: u32 = 5;
const ON_FAST_CLOCK: &str = "ninelives (on the processor's clock)";
const CLOSED_LEN: usize = 100;
const RESILIENCE_RATE: &str = "tower-resilience (default: failure rate)";
const FAILSAFE: &str = "failsafe";
const FAILSAFE_RATE: &str = "failsafe (default: rate, or failures in a row)";
const RECLOSER: &str = "recloser (failure rate)";

pub(super) fn cases() -> Vec<Case> {
    let closed = |name, inner| case(name, true, closed(inner));
    vec![
        closed("breaker, closed, ready", Echo::ready()),
        closed("breaker, closed, pending once", Echo::pending(1)),
        case("breaker, open", true, open()),
    ]
}

fn closed(inner: Echo) -> Vec<Subject> {
    let by_rate = resilience::CircuitBreakerLayer::standard().build().unwrap();
    vec![
        Subject::layer(OURS, our_layer(), inner, ANSWER),
        Subject::layer(RESILIENCE, resilience_layer(), inner, ANSWER),
        Subject::layer(RESILIENCE_RATE, by_rate, inner, ANSWER),
        failsafe(FAILSAFE, in_a_row(), inner, ANSWER),
        failsafe(FAILSAFE_RATE, Config::new().build(), inner, ANSWER),
        recloser(a_recloser(), inner, ANSWER),
        Subject::service(
            FLOOR,
            Breaker::new(inner, leaked(Failures::default())),
            ANSWER,
        ),
        Subject::service(
            COUNTED,
            Breaker::new(inner, Arc::<Failures>::default()),
            ANSWER,
        ),
    ]
}

fn open() -> Vec<Subject> {
    let inner = Echo::ready();
    let ours = our_layer();
    let fast = ours::CircuitBreakerLayer::with_clock(our_config(), FastClock::new()).unwrap();
    ours.trip();
    fast.trip();
    let (resilience, handle) = resilience::CircuitBreakerLayer::builder()
        .consecutive_failures(FAILURES as usize)
        .wait_duration_in_open(FAR)
        .build_with_handle()
        .unwrap();
    poll_once(handle.force_open());
    let failed = || ready(Err::<u64, _>(Refused));
    let failsafe_open = in_a_row();
    (0..FAILURES).for_each(|_| poll_once(failsafe_open.call(failed())));
    let recloser_open = a_recloser();
    (0..=CLOSED_LEN).for_each(|_| poll_once(recloser_open.call(failed())));
    vec![
        Subject::layer(OURS, ours, inner, REJECTED),
        Subject::layer(ON_FAST_CLOCK, fast, inner, REJECTED),
        Subject::layer(RESILIENCE, resilience, inner, REJECTED),
        failsafe(FAILSAFE, failsafe_open, inner, REJECTED),
        recloser(recloser_open, inner, REJECTED),
        Subject::service(
            FLOOR,
            Breaker::new(inner, leaked(Failures::open())),
            REJECTED,
        ),
    ]
}

/// Ours.
pub fn our_layer() -> ours::CircuitBreakerLayer {
    ours::CircuitBreakerLayer::new(our_config()).unwrap()
}

fn our_config() -> ours::CircuitBreakerConfig {
    ours::CircuitBreakerConfig::new(FAILURES as usize, FAR, 1).unwrap()
}

/// Of tower-resilience.
pub fn resilience_layer() -> resilience::CircuitBreakerLayer {
    resilience::CircuitBreakerLayer::builder()
        .consecutive_failures(FAILURES as usize)
        .wait_duration_in_open(FAR)
        .build()
        .unwrap()
}

fn in_a_row() -> impl CircuitBreaker + 'static {
    let policy = failure_policy::consecutive_failures(FAILURES, backoff::constant(FAR));
    Config::new().failure_policy(policy).build()
}

fn a_recloser() -> AsyncRecloser {
    let recloser = Recloser::custom().closed_len(CLOSED_LEN).open_wait(FAR);
    recloser.build().into()
}

fn failsafe<B>(peer: &'static str, breaker: B, inner: Echo, expected: Option<u64>) -> Subject
where
    B: CircuitBreaker + 'static,
{
    let mut called = inner;
    Subject::future(
        peer,
        move |request| breaker.call(called.call(request)),
        expected,
    )
}

fn recloser(breaker: AsyncRecloser, inner: Echo, expected: Option<u64>) -> Subject {
    let mut called = inner;
    Subject::future(
        RECLOSER,
        move |request| breaker.call(called.call(request)),
        expected,
    )
}

/// Polls a future that is ready at once.
fn poll_once(future: impl Future) {
    let mut future = pin!(future);
    assert!(
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    );
}
