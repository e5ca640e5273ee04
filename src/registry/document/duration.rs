//! Durations as people write them.

use std::time::Duration;

/// The duration that a text says: `250ms`, `1.5s`, `1h 30m`, `forever`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    if text == "forever" {
        return Some(Duration::MAX);
    }
    // Term by term: the sum of terms at the end of the range is not humantime's strength.
    let mut sum = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let (term, after) = rest.split_at(end_of_term(rest));
        let unit = term.find(char::is_alphabetic)?;
        // "1 2s" would be 12 s.
        if term[..unit].trim().contains(char::is_whitespace) {
            return None;
        }
        sum = sum.checked_add(humantime::parse_duration(term).ok()?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

/// Where the unit of the first number ends, and what follows it begins.
fn end_of_term(text: &str) -> usize {
    let mut in_unit = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if c.is_alphabetic() => in_unit = true,
            _ if in_unit => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Duration, parse};

    #[test]
    fn terms_add_up() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(parse("1h 30m"), Some(hour * 3 / 2));
        assert_eq!(parse("1h30m"), Some(hour * 3 / 2));
        assert_eq!(parse("0.5us"), Some(Duration::from_nanos(500)));
        assert_eq!(parse("1.5 s"), Some(Duration::from_millis(1_500)));
        assert_eq!(parse("forever"), Some(Duration::MAX));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            " ",
            "5",
            "s",
            "-1s",
            "1x",
            "0.5ns",
            "1..5s",
            "1e3s",
            "NaN",
            "1s forever",
            "none",
            "1 2s",
            "s1",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_end_of_the_range_is_a_refusal_and_no_panic() {
        let last = "18446744073709551615s";
        assert_eq!(parse(last), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(parse(&format!("{last} 1000000000ns")), None);
        assert_eq!(parse(&format!("{last} 1s")), None);
        assert_eq!(parse("18446744073709551616s"), None);
        assert_eq!(parse(&"9".repeat(100_000)), None);
    }
}
