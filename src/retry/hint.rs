//! A wait that the service asked for.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::RetryIf;
use crate::error::ResilienceError;

/// Tries again after what `P` says yes to, and waits for as long as a function over the service's error asks.
#[derive(Clone, Copy)]
pub struct Hinted<P, F> {
    pub(super) retry_if: P,
    pub(super) hint: F,
    pub(super) at_most: Duration,
}

/// The same with a function over responses, too.
#[derive(Clone, Copy)]
pub struct HintedByResult<P, F>(pub(super) Hinted<P, F>);

// === impl Hinted ===

impl<R, E, P: RetryIf<R, E>, F: Fn(&E) -> Option<Duration>> RetryIf<R, E> for Hinted<P, F> {
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        self.retry_if.retries(error)
    }

    #[inline]
    fn retries_response(&self, response: &R) -> bool {
        self.retry_if.retries_response(response)
    }

    fn delay_hint(&self, answer: Result<&R, &ResilienceError<E>>) -> Option<Duration> {
        let before = self.retry_if.delay_hint(answer);
        let own = answer.err().and_then(|error| asked(error, &self.hint));
        longer(before, own, self.at_most)
    }
}

// === impl HintedByResult ===

impl<R, E, P, F> RetryIf<R, E> for HintedByResult<P, F>
where
    P: RetryIf<R, E>,
    F: Fn(Result<&R, &E>) -> Option<Duration>,
{
    #[inline]
    fn retries(&self, error: &ResilienceError<E>) -> bool {
        self.0.retry_if.retries(error)
    }

    #[inline]
    fn retries_response(&self, response: &R) -> bool {
        self.0.retry_if.retries_response(response)
    }

    fn delay_hint(&self, answer: Result<&R, &ResilienceError<E>>) -> Option<Duration> {
        let hint = &self.0.hint;
        let before = self.0.retry_if.delay_hint(answer);
        let own = match answer {
            Ok(response) => hint(Ok(response)),
            Err(error) => asked(error, &|error| hint(Err(error))),
        };
        longer(before, own, self.0.at_most)
    }
}

/// The longer of what was asked for `before`, by other hints, and a hint's own, which counts for as long as `at_most`.
fn longer(before: Option<Duration>, own: Option<Duration>, at_most: Duration) -> Option<Duration> {
    before.max(own.map(|own| own.min(at_most)))
}

/// What an error of the service asks for, be it that of the last attempt of a retry inside; of several branches, what the most patient one
/// does.
fn asked<E>(
    error: &ResilienceError<E>,
    hint: &impl Fn(&E) -> Option<Duration>,
) -> Option<Duration> {
    match error {
        ResilienceError::AllFailed(failures) => {
            let asked = failures.iter().filter_map(|error| asked(error, hint));
            asked.max()
        }
        error => hint(error.as_inner()?),
    }
}

impl<P: fmt::Debug, F> fmt::Debug for HintedByResult<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<P: fmt::Debug, F> fmt::Debug for Hinted<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hinted")
            .field("retry_if", &self.retry_if)
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

/// How long the value of a `Retry-After` header asks to wait: whole seconds, or a date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37
/// GMT`, read at `now`. A date that has passed asks for no wait; seconds past the range of [`Duration`] for the longest one.
///
/// `None` for anything else: nothing, a sign, a fraction, an exponent, another form of date, a date that cannot be. The service's
/// clock may be wrong, so bound what comes out: [`with_delay_hint`](super::RetryPolicyBuilder::with_delay_hint) does.
///
/// ```
/// use ninelives::retry::retry_after;
/// use std::time::{Duration, SystemTime};
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
/// assert_eq!(retry_after("-1", now), None);
/// ```
pub fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim_matches([' ', '\t']);
    if digits(text) {
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(date(text)?))?;
    Some(at.duration_since(now).unwrap_or(Duration::ZERO))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number of exactly so many digits.
fn number(text: &str, width: usize) -> Option<u64> {
    (text.len() == width && digits(text)).then(|| text.parse().ok())?
}

/// Seconds since 1970 of a date like `Sun, 06 Nov 1994 08:49:37 GMT`. The name of the weekday is not held against the date.
fn date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (weekday, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day = number(parts.next()?, 2)?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let year = number(parts.next()?, 4)?;
    let mut clock = parts.next()?.split(':');
    let mut two = || number(clock.next()?, 2);
    let (hours, minutes, seconds) = (two()?, two()?, two()?);
    let fits = weekday.len() == 3
        && parts.next() == Some("GMT")
        && parts.next().is_none()
        && clock.next().is_none()
        && (1970..=9999).contains(&year)
        && (1..=days_of(month, year)).contains(&day)
        && hours < 24
        && minutes < 60
        && seconds <= 60; // a leap second
    let days = (1970..year).map(days_of_year).sum::<u64>()
        + (0..month).map(|month| days_of(month, year)).sum::<u64>()
        + day.checked_sub(1)?;
    fits.then_some(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
}

const fn leaps(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of_year(year: u64) -> u64 {
    if leaps(year) { 366 } else { 365 }
}

/// The days of a month, counted from 0.
const fn days_of(month: usize, year: u64) -> u64 {
    match month {
        1 if leaps(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
