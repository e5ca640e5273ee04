//! The time that is left, as text.

use std::time::Duration;

use ninelives::deadline::{HeaderError, read_grpc, read_millis, write_grpc, write_millis};
use proptest::prelude::*;

const fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

#[test]
fn every_unit_of_grpc_is_read() {
    for (text, expected) in [
        ("1H", Duration::from_secs(3600)),
        ("2M", Duration::from_secs(120)),
        ("3S", Duration::from_secs(3)),
        ("4m", Duration::from_millis(4)),
        ("5u", Duration::from_micros(5)),
        ("6n", nanos(6)),
        ("0n", Duration::ZERO),
        ("00000009S", Duration::from_secs(9)),
        ("99999999n", nanos(99_999_999)),
        ("99999999H", Duration::from_secs(99_999_999 * 3600)),
    ] {
        assert_eq!(read_grpc(text), Ok(expected), "{text}");
    }
}

#[test]
fn the_shortest_unit_that_fits_is_written_rounded_up() {
    for (rest, expected) in [
        (Duration::ZERO, "0n"),
        (nanos(1), "1n"),
        (nanos(99_999_999), "99999999n"),
        (nanos(100_000_000), "100000u"),
        (nanos(100_000_001), "100001u"),
        (nanos(99_999_999_000), "99999999u"),
        (nanos(99_999_999_001), "100000m"),
        (nanos(99_999_999_000_001), "100000S"),
        (Duration::from_secs(99_999_999), "99999999S"),
        (Duration::from_secs(100_000_001), "1666667M"),
        (Duration::from_secs(99_999_999 * 60 + 1), "1666667H"),
        (Duration::from_secs(99_999_999 * 3600), "99999999H"),
        (Duration::MAX, "99999999H"),
    ] {
        assert_eq!(write_grpc(rest).as_str(), expected, "{rest:?}");
    }
}

#[test]
fn hc110_garbage_is_refused_and_says_why() {
    for (text, why) in [
        ("", "no digit where a number is expected"),
        ("S", "no digit where a number is expected"),
        ("5", "unit '5' is none of H M S m u n"),
        ("5s", "unit 's' is none of H M S m u n"),
        ("5h", "unit 'h' is none of H M S m u n"),
        ("5ms", "unit 's' is none of H M S m u n"),
        ("5 m", "byte ' ' at 1 is not a digit"),
        (" 5m", "byte ' ' at 0 is not a digit"),
        ("-1S", "byte '-' at 0 is not a digit"),
        ("+1S", "byte '+' at 0 is not a digit"),
        ("1.5S", "byte '.' at 1 is not a digit"),
        ("1e3S", "byte 'e' at 1 is not a digit"),
        ("NaNn", "byte 'N' at 0 is not a digit"),
        ("\u{661}S", "byte '\\xd9' at 0 is not a digit"),
        ("5\u{b5}", "unit '\\xb5' is none of H M S m u n"),
        ("123456789n", "9 digits where at most 8 are allowed"),
    ] {
        assert_eq!(read_grpc(text).unwrap_err().to_string(), why, "{text:?}");
    }
}

#[test]
fn hc110_milliseconds_are_digits_and_nothing_else() {
    assert_eq!(read_millis("0"), Ok(Duration::ZERO));
    assert_eq!(read_millis("1500"), Ok(Duration::from_millis(1500)));
    assert_eq!(
        read_millis("18446744073709551615"),
        Ok(Duration::from_millis(u64::MAX))
    );
    assert_eq!(
        read_millis("18446744073709551616"),
        Err(HeaderError::OutOfRange)
    );
    for (text, why) in [
        ("", "no digit where a number is expected"),
        ("-1", "byte '-' at 0 is not a digit"),
        ("1e12", "byte 'e' at 1 is not a digit"),
        ("NaN", "byte 'N' at 0 is not a digit"),
        ("1.0", "byte '.' at 1 is not a digit"),
        ("10ms", "byte 'm' at 2 is not a digit"),
        (
            "99999999999999999999",
            "milliseconds outside 0..=18446744073709551615",
        ),
        (
            "000000000000000000001",
            "21 digits where at most 20 are allowed",
        ),
    ] {
        assert_eq!(read_millis(text).unwrap_err().to_string(), why, "{text:?}");
    }
}

#[test]
fn milliseconds_are_written_rounded_up() {
    for (rest, expected) in [
        (Duration::ZERO, "0"),
        (nanos(1), "1"),
        (nanos(1_000_000), "1"),
        (nanos(1_000_001), "2"),
        (Duration::from_secs(60), "60000"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        assert_eq!(write_millis(rest).to_string(), expected, "{rest:?}");
    }
}

proptest! {
    /// Who reads it has all the time there was, and at most one unit more: less than a thousandth part, or a nanosecond.
    #[test]
    fn what_is_written_is_never_read_as_less(nanos in any::<u64>(), shift in 0_u32..64) {
        let rest = Duration::from_nanos(nanos >> shift);
        let read = read_grpc(write_grpc(rest).as_str()).unwrap();
        prop_assert!(read >= rest);
        // A unit is at most 1000 of the one before, 3600 of hours to seconds: it is taken from 10^5 of it on.
        prop_assert!(read - rest <= (rest / 1_000).max(Duration::from_nanos(0)));
        let read = read_millis(write_millis(rest).as_str()).unwrap();
        prop_assert!(read >= rest && read - rest < Duration::from_millis(1));
    }

    /// Any text is an answer or an error, never a panic, and what is read is written again as the same time.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,12}", number in 0_u32..100_000_000, unit in 0_usize..6) {
        let _ = (read_grpc(&text), read_millis(&text));
        let text = format!("{number}{}", ["H", "M", "S", "m", "u", "n"][unit]);
        let time = read_grpc(&text).unwrap();
        prop_assert_eq!(read_grpc(write_grpc(time).as_str()), Ok(time));
    }
}
