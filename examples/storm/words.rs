//! Figures as people read them.

use std::time::Duration;

/// `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `4.1 ms`, `412 ms`, `1.27 s`, `12.9 s`.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let millis = seconds * 1000.0;
    match seconds {
        s if s < 0.00995 => format!("{millis:.1} ms"),
        s if s < 0.9995 => format!("{millis:.0} ms"),
        s if s < 9.995 => format!("{s:.2} s"),
        s => format!("{s:.1} s"),
    }
}

/// Whole seconds without a fraction, others with one digit.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if (seconds - seconds.round()).abs() < 0.05 {
        format!("{seconds:.0} s")
    } else {
        format!("{seconds:.1} s")
    }
}

/// The text, or a dash where there is nothing to say.
pub fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// Text that stands between tags as it is.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_get_a_comma_every_three_digits() {
        let texts = [0, 999, 1000, 123_456, 1_234_567].map(count);
        assert_eq!(texts, ["0", "999", "1,000", "123,456", "1,234,567"]);
    }

    #[test]
    fn times_keep_two_or_three_digits() {
        let texts = [4_120, 12_000, 999_400, 999_600, 1_270_000, 12_900_000]
            .map(|us| time(Duration::from_micros(us)));
        assert_eq!(
            texts,
            ["4.1 ms", "12 ms", "999 ms", "1.00 s", "1.27 s", "12.9 s"]
        );
        assert_eq!(seconds(Duration::from_secs(6)), "6 s");
        assert_eq!(seconds(Duration::from_millis(1500)), "1.5 s");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escaped("<a b=\"&\">"), "&lt;a b=&quot;&amp;&quot;&gt;");
    }
}
