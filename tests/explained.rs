//! What a policy says of itself is what it was told to do, and what its settings read back is what they were set to.
#![allow(missing_docs)]

use std::time::Duration;

use ninelives::emit::{Emitter, FailureCause, Kind, Sink, Span, Stamp, Timed};
use ninelives::name::Name;
use ninelives::parameters::Value;
use ninelives::prelude::*;
use ninelives::{PolicyId, Tick};

const SECOND: Duration = Duration::from_secs(1);

/// What a circuit breaker of these settings says, after its name.
macro_rules! said {
    ($config:expr) => {{
        let layer = CircuitBreakerLayer::new($config).unwrap().named("db");
        let text = Policy(layer).explain();
        let said = text.trim().strip_prefix("circuit breaker db: ").unwrap();
        said.to_owned()
    }};
}

fn rated() -> ninelives::circuit_breaker::CircuitBreakerConfig<ninelives::circuit_breaker::Windowed>
{
    CircuitBreakerConfig::by_failure_rate(0.5, SECOND, 1).unwrap()
}

#[test]
fn a_circuit_by_rates_says_its_rates_and_its_window() {
    assert!(said!(rated()).starts_with("0.5 failed in 30s, open for 1s"));
    let both = rated().with_slow_calls(SECOND * 2, 0.25).unwrap();
    let both = both.with_count_window(50).unwrap();
    assert!(said!(both).starts_with("0.5 failed or 0.25 slower than 2s of 50 calls, open for"));
    let slow = both.without_failure_rate();
    assert!(said!(slow).starts_with("0.25 slower than 2s of 50 calls, open for"));
    let also = rated().with_failure_threshold(5).unwrap();
    assert!(said!(also).starts_with("5 failures in a row or 0.5 failed in 30s, open for"));
}

#[test]
fn a_circuit_says_one_of_each_as_one() {
    let config = CircuitBreakerConfig::new(1, SECOND, 1).unwrap();
    let text = "1 failure in a row, open for 1s, 1 probe";
    assert_eq!(said!(config), text);
    let one = rated().with_count_window(1).unwrap();
    let text = said!(one);
    assert!(text.starts_with("0.5 failed of 1 call, open for"), "{text}");
}

#[test]
fn a_bulkhead_for_one_call_and_a_retry_of_one_attempt_are_told_as_one() {
    let one = || BulkheadLayer::new(1).unwrap().named("db");
    assert_eq!(
        Policy(one()).explain().trim(),
        "bulkhead db: 1 call in flight"
    );
    let weighted = one().weighted_by(|_: &()| 1);
    assert_eq!(
        Policy(weighted).explain().trim(),
        "bulkhead db: 1 permit, calls by weight"
    );
    let once = RetryPolicy::builder().max_attempts(1).build().unwrap();
    assert_eq!(
        Policy(once.into_layer().named("db")).explain().trim(),
        "retry db: 1 attempt"
    );
}

#[test]
fn a_circuit_that_opens_by_no_outcome_says_so() {
    assert!(said!(rated().without_failure_rate()).starts_with("opens by command, open for 1s"));
    let config = CircuitBreakerConfig::new(5, SECOND, 1).unwrap();
    assert!(said!(config.with_disabled(true)).ends_with(", out of use"));
    assert!(said!(config.with_metrics_only(true)).ends_with(", only counts"));
    let plain = said!(config);
    assert!(
        !plain.contains("out of use") && !plain.contains("only counts"),
        "{plain}"
    );
}

#[test]
fn growth_and_jitter_of_a_circuit_read_back_and_can_be_taken_off() {
    let config = CircuitBreakerConfig::new(5, SECOND, 1).unwrap();
    assert_eq!(
        (config.recovery_growth(), config.recovery_jitter()),
        (1.0, 0.0)
    );
    let grown = config.with_recovery_growth(2.0, SECOND * 60).unwrap();
    let jittered = grown.with_recovery_jitter(0.25).unwrap();
    assert_eq!(
        (jittered.recovery_growth(), jittered.recovery_jitter()),
        (2.0, 0.25)
    );
    assert!(said!(jittered).contains("open for 1s to"));
    let flat = grown.without_recovery_growth();
    assert_eq!(flat.recovery_growth(), 1.0);
    assert_eq!(said!(flat), said!(config));
}

#[test]
fn a_line_made_of_its_settings_keeps_them() {
    let config = BulkheadConfig::new(3)
        .unwrap()
        .with_queue(8, SECOND)
        .unwrap();
    let text = Policy(config.into_layer().named("db")).explain();
    let same = BulkheadLayer::queued(3, 8, SECOND).unwrap().named("db");
    assert_eq!(text, Policy(same).explain());
    assert!(text.contains('8') && text.contains("1s"), "{text}");
}

#[test]
fn a_policy_inside_a_policy_is_told_as_itself() {
    let inner = Policy(TimeoutLayer::new(SECOND).unwrap().named("api"));
    let text = inner.explain();
    assert_eq!(Policy(inner).explain(), text);
}

#[test]
fn a_fallback_bears_the_name_that_it_was_given() {
    let pass = || Policy::tower(tower::layer::util::Identity::new());
    let policy = (pass() | pass()).named("either");
    assert_eq!(policy.name().as_str(), "either");
    assert_eq!((pass() & pass()).named("both").name().as_str(), "both");
}

#[test]
fn values_are_made_of_what_settings_are_made_of() {
    assert_eq!(Value::from(3_usize), Value::Count(3));
    assert_eq!(Value::from(3_u32), Value::from(3_u64));
    assert_eq!(Value::from(Some(SECOND)), Value::Duration(SECOND));
    assert_eq!(Value::from(None::<Duration>), Value::None);
}

#[test]
fn the_null_sink_wants_nothing_and_takes_everything() {
    let emitter = NullSink.attach(&Name::from("nobody"));
    assert!(!emitter.wants(Kind::RequestSuccess));
    assert_eq!(
        (emitter.policy(), emitter.now()),
        (PolicyId::default(), Tick::ZERO)
    );
    let at = Stamp::new(emitter.policy(), emitter.now());
    emitter.emit(PolicyEvent::FallbackTaken { at });
}

#[test]
fn two_sinks_keep_one_start_of_a_request() {
    let asked = std::cell::Cell::new(0);
    let now = || {
        asked.set(asked.get() + 1);
        Tick::from_nanos(7)
    };
    let mut both = <(Timed, Timed)>::start(true, now);
    assert_eq!((asked.get(), both.take()), (1, Some(Tick::from_nanos(7))));
    both.mark(true);
    assert!(both.is_marked());
    both.ended(Some(FailureCause::Timeout));
    let mut none = <(Timed, Timed)>::start(false, || unreachable!("nobody wants it"));
    assert_eq!(none.take(), None);
}
