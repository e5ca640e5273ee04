//! A retry's parameters: what goes with what.

use std::time::Duration;

use ninelives::parameters::{Parameters, Value};
use ninelives::prelude::*;

use crate::{laws, ms};

fn changed(settings: RetryConfig, changes: &[(&str, Value)]) -> RetryConfig {
    settings.assemble(changes).unwrap()
}

fn refused(settings: RetryConfig, changes: &[(&str, Value)]) -> String {
    settings.assemble(changes).unwrap_err().to_string()
}

fn decorrelated() -> RetryConfig {
    RetryConfig::new().with_jitter(Jitter::decorrelated(ms(5), ms(50)).unwrap())
}

#[test]
fn retry_settings_agree_with_their_schema() {
    let settings = RetryConfig::new();
    let tripling = Backoff::exponential(ms(1)).with_factor(3.0).unwrap();
    let all = [
        settings,
        settings
            .with_max_attempts(1)
            .unwrap()
            .with_jitter(Jitter::Full),
        settings.with_max_duration(Duration::from_nanos(1)).unwrap(),
        settings
            .with_backoff(Backoff::constant(Duration::ZERO))
            .with_jitter(Jitter::Equal),
        settings.with_backoff(Backoff::linear(Duration::MAX)),
        decorrelated().with_backoff(tripling),
    ];
    let dependent = [
        "backoff",
        "backoff_base",
        "backoff_factor",
        "backoff_max",
        "jitter",
        "jitter_base",
        "jitter_max",
    ];
    laws::hold(&all, &dependent);
}

#[test]
fn the_defaults_are_those_of_a_new_retry() {
    let settings = RetryConfig::new();
    for parameter in RetryConfig::schema() {
        assert_eq!(parameter.default(), settings.value(parameter.name()));
    }
}

#[test]
fn a_backoff_that_becomes_another_has_the_usual_factor() {
    let constant = changed(
        RetryConfig::new(),
        &[("backoff", Value::Choice("constant"))],
    );
    assert_eq!(
        constant.backoff(),
        Backoff::constant(ms(100)).with_max(ms(10_000)).unwrap()
    );
    let again = changed(constant, &[("backoff", Value::Choice("exponential"))]);
    assert_eq!(again, RetryConfig::new());
    let said = refused(constant, &[("backoff_factor", Value::Ratio(2.0))]);
    assert_eq!(said, "backoff_factor: 2 is outside 1..=1");
    let both = [
        ("backoff", Value::Choice("exponential")),
        ("backoff_factor", Value::Ratio(1.5)),
    ];
    assert_eq!(changed(constant, &both).backoff().factor(), 1.5);
}

#[test]
fn a_factor_stays_while_the_backoff_does() {
    let both = [
        ("backoff_factor", Value::Ratio(3.0)),
        ("backoff_base", ms(7).into()),
    ];
    let tripling = changed(RetryConfig::new(), &both);
    let other = changed(tripling, &[("max_attempts", 9_u64.into())]);
    assert_eq!(
        (other.backoff().factor(), other.backoff().base()),
        (3.0, ms(7))
    );
}

#[test]
fn a_base_above_the_longest_wait_is_refused_unless_both_change() {
    let base = ("backoff_base", Duration::from_secs(20).into());
    assert_eq!(
        refused(RetryConfig::new(), &[base]),
        "backoff_max: 10s is outside 20s..=forever"
    );
    let long = changed(
        RetryConfig::new(),
        &[base, ("backoff_max", Duration::MAX.into())],
    );
    assert_eq!(
        long.backoff(),
        Backoff::exponential(Duration::from_secs(20))
    );
}

#[test]
fn decorrelated_jitter_has_bounds_and_no_other_has() {
    let word = ("jitter", Value::Choice("decorrelated"));
    let usual = changed(RetryConfig::new(), &[word]);
    assert_eq!(
        usual.jitter(),
        Jitter::decorrelated(ms(100), ms(10_000)).unwrap()
    );
    let own = [
        word,
        ("jitter_base", ms(5).into()),
        ("jitter_max", ms(50).into()),
    ];
    assert_eq!(changed(RetryConfig::new(), &own), decorrelated());
    assert_eq!(
        refused(decorrelated(), &[("jitter_max", ms(4).into())]),
        "jitter_max: 4ms is outside 5ms..=forever"
    );
    assert_eq!(
        refused(RetryConfig::new(), &[("jitter_base", ms(5).into())]),
        "jitter_base: 5ms is for jitter = decorrelated alone"
    );
    assert_eq!(
        refused(decorrelated(), &[("jitter_base", Value::None)]),
        "jitter_base: none is for other jitters than decorrelated"
    );
    let full = changed(decorrelated(), &[("jitter", Value::Choice("full"))]);
    assert_eq!(
        (full.jitter(), full.value("jitter_base")),
        (Jitter::Full, Some(Value::None))
    );
}
