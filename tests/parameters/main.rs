//! Parameters: schema, values and assembly of every policy's settings agree.
#![allow(missing_docs)]

mod laws;
mod retry;

use std::time::Duration;

use ninelives::circuit_breaker::{CircuitRamp, CircuitWindow, Measure};
use ninelives::parameters::{Domain, Parameter, ParameterError, Parameters, Value};
use ninelives::prelude::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn timeout(limit: Duration) -> TimeoutConfig {
    TimeoutConfig::new(limit).unwrap()
}

/// The laws of `laws.rs` for the settings of each policy.
mod agree {
    use super::*;

    #[test]
    fn timeout_settings_agree_with_their_schema() {
        let short = timeout(Duration::from_nanos(1));
        let all = [short, timeout(Duration::MAX).with_readiness(true)];
        laws::hold(&all, &[]);
    }

    #[test]
    fn race_settings_agree_with_their_schema() {
        let at_once = ForkJoinConfig::new();
        laws::hold(&[at_once, at_once.with_stagger(Duration::MAX)], &[]);
    }

    #[test]
    fn budget_settings_agree_with_their_schema() {
        let settings = |ratio, rate, cap| RetryBudgetConfig::new(ratio, rate, cap).unwrap();
        let all = [
            settings(0.0, 0.0, 1),
            settings(10.0, 65_535.0, 65_535),
            RetryBudgetConfig::default(),
        ];
        // Rates are rounded up, by as little as their page says.
        laws::hold_when(&all, &[], |given, read| match (given, read) {
            (Value::Ratio(given), Value::Ratio(read)) => {
                let most = f64::max(1.0 / 65_536.0, given / 8_388_608.0);
                (0.0..most).contains(&(read - given))
            }
            _ => given == read,
        });
        for parameter in RetryBudgetConfig::schema() {
            let name = parameter.name();
            let default = RetryBudgetConfig::default().value(name);
            let rounded = RetryBudgetConfig::default()
                .assemble(&[(name, parameter.default().unwrap())])
                .unwrap();
            assert_eq!(rounded.value(name), default);
        }
    }

    #[test]
    fn breaker_settings_agree_with_their_schema() {
        let settings = |failures, timeout, probes| {
            CircuitBreakerConfig::new(failures, timeout, probes).unwrap()
        };
        let least = settings(1, ms(1), 1);
        let most = settings(4_095, Duration::MAX, 63);
        let all = [
            least,
            least.with_probe_lease(ms(4_096)).unwrap(),
            most,
            most.with_probe_lease(Duration::MAX).unwrap(),
            CircuitBreakerConfig::disabled(),
            recovering(settings(1, ms(2), 3)),
            recovering(settings(1, ms(2), 3)).without_ramp(),
        ];
        laws::hold_when(&all, &BOUND_BY_RECOVERY, to_a_millionth);
    }

    /// A lease is at most 4,096 times the recovery timeout, which is at most the longest; there are as many probes as successes; and what
    /// grows has an end.
    const BOUND_BY_RECOVERY: [&str; 6] = [
        "probe_lease",
        "recovery_timeout",
        "recovery_timeout_max",
        "recovery_growth",
        "half_open_max_calls",
        "half_open_successes",
    ];

    /// With every setting of its recovery.
    fn recovering<W: Measure>(config: CircuitBreakerConfig<W>) -> CircuitBreakerConfig<W> {
        let ramp = CircuitRamp::new().with_stage(ms(3_600_000)).unwrap();
        let ramp = ramp.with_failure_ratio(0.1).unwrap();
        config
            .with_half_open_successes(2)
            .and_then(|config| config.with_recovery_growth(1.5, ms(60_000)))
            .and_then(|config| config.with_recovery_jitter(0.5))
            .unwrap()
            .with_ramp(ramp.with_minimum(31).unwrap())
            .with_metrics_only(true)
    }

    /// Shares are kept in millionths.
    fn to_a_millionth(given: Value, read: Value) -> bool {
        match (given, read) {
            (Value::Ratio(given), Value::Ratio(read)) => (read - given).abs() <= 0.000_000_51,
            _ => given == read,
        }
    }

    #[test]
    fn windowed_breaker_settings_agree_with_their_schema() {
        let rated = CircuitBreakerConfig::by_failure_rate(0.5, ms(1), 1).unwrap();
        let slow = rated.with_slow_calls(ms(1), 1.0).unwrap();
        let counted = slow.with_count_window(16_384).unwrap();
        let all = [
            rated.without_failure_rate(),
            slow.with_failure_threshold(4_095).unwrap(),
            slow.with_minimum_calls(1_000_000).unwrap(),
            counted.with_minimum_calls(16_384).unwrap(),
            counted.with_disabled(true),
            recovering(slow.with_half_open_max_calls(3).unwrap()),
        ];
        // A minimum is at most what a count window has; of the two windows there is one.
        let windows = ["minimum_calls", "time_window", "count_window"];
        let bound = [&BOUND_BY_RECOVERY[..], &windows].concat();
        laws::hold_when(&all, &bound, to_a_millionth);
    }

    #[test]
    fn bulkhead_settings_agree_with_their_schema() {
        let one = BulkheadConfig::new(1).unwrap();
        let all = [one, one.with_max_concurrent(0).unwrap()];
        laws::hold(&all, &[]);
        let queues = all.map(|config| config.with_queue(3, ms(1)).unwrap());
        laws::hold(&queues, &[]);
    }
}

#[test]
fn a_lease_and_the_timeout_it_depends_on_change_in_one_step() {
    let short = CircuitBreakerConfig::new(5, ms(1), 1).unwrap();
    let lease = ("probe_lease", Duration::from_secs(5).into());
    let error = short.assemble(&[lease]).unwrap_err();
    assert_eq!(error.to_string(), "probe_lease: 5s is outside 1ms..=4.096s");
    let timeout = ("recovery_timeout", ms(2).into());
    let long = short.assemble(&[lease, timeout]).unwrap();
    assert_eq!(long.probe_lease(), Duration::from_secs(5));
    let error = long
        .assemble(&[("recovery_timeout", ms(1).into())])
        .unwrap_err();
    assert_eq!(error.name(), "probe_lease");
    let back = [
        ("recovery_timeout", ms(1).into()),
        ("probe_lease", Value::None),
    ];
    assert_eq!(long.assemble(&back), Ok(short));
}

#[test]
fn a_breaker_has_one_window_and_the_one_that_is_set_takes_the_others_place() {
    let timed = CircuitBreakerConfig::by_failure_rate(0.5, ms(1), 1).unwrap();
    let calls = ("count_window", 50_u64.into());
    let time = ("time_window", ms(20).into());
    let counted = timed.assemble(&[calls]).unwrap();
    assert_eq!(counted.window(), CircuitWindow::Count(50));
    let again = counted.assemble(&[time]).unwrap();
    assert_eq!(again.window(), CircuitWindow::Time(ms(20)));
    assert_eq!(
        timed.assemble(&[time, calls]).unwrap_err().to_string(),
        "count_window: 50 is given beside time_window: a window is over time or over calls"
    );
    assert_eq!(
        timed
            .assemble(&[("time_window", Value::None)])
            .unwrap_err()
            .to_string(),
        "time_window: none leaves no window: give count_window"
    );
    let error = counted
        .assemble(&[("minimum_calls", 51_u64.into())])
        .unwrap_err();
    assert_eq!(error.to_string(), "minimum_calls: 51 is outside 1..=50");
}

#[test]
fn an_unknown_name_is_answered_with_those_that_there_are() {
    let error = timeout(ms(1))
        .assemble(&[("limit", ms(2).into())])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "limit: no such parameter; there are timeout, covers_readiness"
    );
    assert_eq!(error.name(), "limit");
}

#[test]
fn a_value_of_another_kind_is_answered_with_what_is_expected() {
    let settings = timeout(ms(1));
    let refused = |name, value| settings.assemble(&[(name, value)]).unwrap_err().to_string();
    assert_eq!(
        refused("timeout", 250_u64.into()),
        "timeout: 250 is not a duration such as 250ms in 1ns..=forever"
    );
    assert_eq!(
        refused("covers_readiness", Value::Choice("yes")),
        "covers_readiness: \"yes\" is not true or false"
    );
    assert_eq!(
        refused("timeout", "3s".into()),
        "timeout: \"3s\" is not a duration such as 250ms in 1ns..=forever"
    );
    assert_eq!(
        refused("timeout", Value::None),
        "timeout: none is not a duration such as 250ms in 1ns..=forever"
    );
}

#[test]
fn a_parameter_given_twice_is_refused() {
    let twice = [("timeout", ms(2).into()), ("timeout", ms(3).into())];
    let error = timeout(ms(1)).assemble(&twice).unwrap_err();
    assert_eq!(error.to_string(), "timeout: given twice");
}

#[test]
fn one_bad_value_among_good_ones_changes_nothing() {
    let changes = [
        ("covers_readiness", true.into()),
        ("timeout", Duration::ZERO.into()),
    ];
    let error = timeout(ms(1)).assemble(&changes).unwrap_err();
    assert!(matches!(error, ParameterError::OutOfRange(_)), "{error:?}");
    assert_eq!(error.name(), "timeout");
}

#[test]
fn no_changes_give_the_same_settings() {
    let settings = timeout(ms(1)).with_readiness(true);
    assert_eq!(settings.assemble(&[]), Ok(settings));
}

#[test]
fn an_optional_parameter_takes_none_and_says_so() {
    let parameter = Parameter::duration("max_duration", ms(1)..=ms(9), "in all").optional();
    assert!(parameter.is_optional());
    assert_eq!(parameter.check(Value::None), Ok(()));
    assert_eq!(parameter.check(ms(9).into()), Ok(()));
    let error = parameter.check(Value::Flag(true)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "max_duration: true is not a duration such as 250ms in 1ms..=9ms, or none"
    );
}

#[test]
fn a_ratio_that_is_not_a_number_is_out_of_range() {
    let parameter = Parameter::ratio("ratio", 0.0..=1.0, "a share");
    let error = parameter.check(Value::Ratio(f64::NAN)).unwrap_err();
    assert_eq!(error.to_string(), "ratio: NaN is outside 0..=1");
    for end in [0.0, 1.0] {
        assert_eq!(parameter.check(end.into()), Ok(()));
    }
}

#[test]
fn a_ratio_does_not_look_like_the_count_that_it_is_not() {
    let parameter = Parameter::count("limit", 1..=9, "how many");
    let error = parameter.check(3.0.into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "limit: 3.0 is not a whole number in 1..=9"
    );
}

#[test]
fn a_choice_takes_its_words_alone() {
    let parameter = Parameter::choice("jitter", &["none", "full"], "how to spread")
        .with_default(Value::Choice("none"));
    assert_eq!(parameter.check(Value::Choice("full")), Ok(()));
    assert_eq!(parameter.default(), Some(Value::Choice("none")));
    let error = parameter.check(Value::Choice("half")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "jitter: \"half\" is not one of none, full"
    );
    assert_eq!(parameter.domain(), Domain::Choice(&["none", "full"]));
}
