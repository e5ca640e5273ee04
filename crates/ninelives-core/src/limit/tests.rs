use alloc::string::ToString;
use core::time::Duration;

use super::{OutOfRange, Quantity};

#[test]
fn the_message_names_field_value_and_range() {
    let error = OutOfRange::duration(
        "open_for",
        Duration::from_micros(900),
        Duration::from_millis(1)..=Duration::MAX,
    );
    assert_eq!(
        error.to_string(),
        "open_for: 900µs is outside 1ms..=forever"
    );
    assert_eq!(error.field(), "open_for");
    assert_eq!(
        error.value(),
        Quantity::Duration(Duration::from_micros(900))
    );
}

#[test]
fn a_ratio_that_is_not_a_number_can_be_named() {
    let error = OutOfRange::ratio("factor", f64::NAN, 1.0..=1e6);
    assert_eq!(error.to_string(), "factor: NaN is outside 1..=1000000");
}

#[test]
fn an_outer_setting_can_rename_the_field() {
    let error = OutOfRange::count("limit", 0, 1..=9).named("max_concurrent");
    assert_eq!(error.to_string(), "max_concurrent: 0 is outside 1..=9");
}
