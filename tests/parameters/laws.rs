//! What holds for every type of settings, by property.

use std::fmt::Debug;
use std::time::Duration;

use ninelives::parameters::{Domain, Parameter, ParameterError, Parameters, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Runs every law from each of these settings. A parameter in `dependent` may be refused for the values of others in it, or change
/// them.
pub fn hold<C>(all: &[C], dependent: &[&str])
where
    C: Parameters + PartialEq + Debug,
{
    hold_when(all, dependent, |given, read| given == read);
}

/// As [`hold`], for settings that round: whether what is read is what was given.
pub fn hold_when<C>(all: &[C], dependent: &[&str], is: impl Fn(Value, Value) -> bool + Copy)
where
    C: Parameters + PartialEq + Debug,
{
    names_are_unique_and_words_are_there(C::schema());
    defaults_are_in_range(C::schema());
    for settings in all {
        every_parameter_has_a_value_in_range(settings);
        no_changes_change_nothing(settings);
        for other in all {
            all_values_at_once_make_the_other(settings, other);
        }
        for parameter in C::schema() {
            values_in_range_are_taken_and_read_back(settings, parameter, dependent, is);
            values_out_of_range_are_refused_with_it(settings, parameter);
            other_kinds_are_refused(settings, parameter);
        }
    }
}

fn names_are_unique_and_words_are_there(schema: &[Parameter]) {
    for (index, parameter) in schema.iter().enumerate() {
        let name = parameter.name();
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(!name.is_empty() && name.chars().all(plain), "{name}");
        assert!(!parameter.description().is_empty(), "{name}");
        let twin = schema[..index].iter().any(|other| other.name() == name);
        assert!(!twin, "{name} is there twice");
    }
}

fn defaults_are_in_range(schema: &[Parameter]) {
    for parameter in schema {
        if let Some(default) = parameter.default() {
            assert_eq!(parameter.check(default), Ok(()), "{}", parameter.name());
        }
    }
}

fn every_parameter_has_a_value_in_range<C: Parameters>(settings: &C) {
    assert_eq!(settings.values().len(), C::schema().len());
    for (parameter, (name, value)) in C::schema().iter().zip(settings.values()) {
        assert_eq!(parameter.name(), name);
        assert_eq!(parameter.check(value), Ok(()), "{name} is {value}");
    }
    assert_eq!(settings.value("no such parameter"), None);
}

fn no_changes_change_nothing<C: Parameters + PartialEq + Debug>(settings: &C) {
    assert_eq!(settings.assemble(&[]).as_ref(), Ok(settings));
    assert_eq!(settings.assemble(&settings.values()).as_ref(), Ok(settings));
}

/// However the settings depend on each other: what exists can be reached from anywhere in one step.
fn all_values_at_once_make_the_other<C: Parameters + PartialEq + Debug>(settings: &C, other: &C) {
    let mut values = other.values();
    assert_eq!(settings.assemble(&values).as_ref(), Ok(other));
    values.reverse();
    assert_eq!(settings.assemble(&values).as_ref(), Ok(other));
}

fn values_in_range_are_taken_and_read_back<C>(
    settings: &C,
    parameter: &Parameter,
    dependent: &[&str],
    same: impl Fn(Value, Value) -> bool,
) where
    C: Parameters + PartialEq + Debug,
{
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(300)
    };
    let name = parameter.name();
    let law = TestRunner::new(config).run(&inside(parameter), |value| {
        match settings.assemble(&[(name, value)]) {
            Ok(changed) => {
                for (other, was) in settings.values() {
                    let goes_with = |one| dependent.contains(&one);
                    if other != name && goes_with(name) && goes_with(other) {
                        continue;
                    }
                    let is = changed.value(other).unwrap();
                    let kept = if other == name {
                        same(value, is)
                    } else {
                        is == was
                    };
                    prop_assert!(kept, "{} is {} after {} = {}", other, is, name, value);
                }
            }
            Err(ParameterError::OutOfRange(error)) if dependent.contains(&name) => {
                let (min, max) = error.range();
                prop_assert!(!(min..=max).contains(&error.value()), "{}", error);
                let known = C::schema().iter().any(|one| one.name() == error.field());
                prop_assert!(known, "{}", error);
            }
            Err(ParameterError::Unfit { parameter, .. }) if dependent.contains(&name) => {
                prop_assert!(dependent.contains(&parameter));
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
        Ok(())
    });
    law.unwrap_or_else(|error| panic!("{name} of {settings:?}: {error}"));
}

/// Values in range: the ends, their neighbours, and anything between.
fn inside(parameter: &Parameter) -> BoxedStrategy<Value> {
    let values = match parameter.domain() {
        Domain::Count { min, max } => {
            let near = [min, (min + 1).min(max), max.saturating_sub(1).max(min), max];
            prop_oneof![proptest::sample::select(near.to_vec()), min..=max]
                .prop_map(Value::Count)
                .boxed()
        }
        Domain::Duration { min, max } => {
            let tick = Duration::from_nanos(1);
            let near = [
                min,
                min.saturating_add(tick).min(max),
                max.saturating_sub(tick).max(min),
                max,
            ];
            let nanos = (0_u64..=u64::MAX, 0_u32..64);
            let between = nanos.prop_map(move |(nanos, shift)| {
                Duration::from_nanos(nanos >> shift).clamp(min, max)
            });
            prop_oneof![proptest::sample::select(near.to_vec()), between]
                .prop_map(Value::Duration)
                .boxed()
        }
        Domain::Ratio { min, max } => prop_oneof![Just(min), Just(max), min..=max]
            .prop_map(Value::Ratio)
            .boxed(),
        Domain::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        Domain::Choice(words) => proptest::sample::select(words)
            .prop_map(Value::Choice)
            .boxed(),
        other => panic!("no values for {other:?}"),
    };
    if parameter.is_optional() {
        prop_oneof![9 => values, 1 => Just(Value::None)].boxed()
    } else {
        values
    }
}

fn values_out_of_range_are_refused_with_it<C: Parameters + Debug>(
    settings: &C,
    parameter: &Parameter,
) {
    for value in outside(parameter) {
        let error = settings.assemble(&[(parameter.name(), value)]).unwrap_err();
        let ParameterError::OutOfRange(error) = error else {
            panic!("{error}")
        };
        assert_eq!(error.field(), parameter.name());
        let (min, max) = error.range();
        let range = match parameter.domain() {
            Domain::Count { min, max } => (Value::Count(min), Value::Count(max)),
            Domain::Duration { min, max } => (Value::Duration(min), Value::Duration(max)),
            Domain::Ratio { min, max } => (Value::Ratio(min), Value::Ratio(max)),
            other => panic!("{other:?} has no range"),
        };
        let said = (min.to_string(), max.to_string());
        assert_eq!(said, (range.0.to_string(), range.1.to_string()));
    }
}

fn outside(parameter: &Parameter) -> Vec<Value> {
    match parameter.domain() {
        Domain::Count { min, max } => {
            let ends = [min.checked_sub(1), max.checked_add(1), Some(u64::MAX)];
            let ends = ends.into_iter().flatten();
            let ends = ends.filter(|end| !(min..=max).contains(end));
            ends.map(Value::Count).collect()
        }
        Domain::Duration { min, max } => {
            let tick = Duration::from_nanos(1);
            let ends = [min.checked_sub(tick), max.checked_add(tick)];
            ends.into_iter().flatten().map(Value::Duration).collect()
        }
        Domain::Ratio { min, max } => [min.next_down(), max.next_up(), f64::NAN, f64::INFINITY]
            .map(Value::Ratio)
            .to_vec(),
        _ => Vec::new(),
    }
}

fn other_kinds_are_refused<C: Parameters + Debug>(settings: &C, parameter: &Parameter) {
    let kinds = [
        Value::Count(1),
        Value::Duration(Duration::from_secs(1)),
        Value::Ratio(1.0),
        Value::Flag(true),
        Value::Choice("no word of any schema"),
        Value::None,
    ];
    let own = |value: &Value| match (parameter.domain(), value) {
        (Domain::Count { .. }, Value::Count(_))
        | (Domain::Duration { .. }, Value::Duration(_))
        | (Domain::Ratio { .. }, Value::Ratio(_))
        | (Domain::Flag, Value::Flag(_)) => true,
        (_, Value::None) => parameter.is_optional(),
        _ => false,
    };
    for value in kinds.into_iter().filter(|value| !own(value)) {
        let error = settings.assemble(&[(parameter.name(), value)]).unwrap_err();
        let wrong = matches!(error, ParameterError::WrongKind { .. });
        assert!(wrong, "{error:?}");
        assert_eq!(error.name(), parameter.name());
    }
}
