//! The settings of a circuit that goes by rates.

use std::time::Duration;

use ninelives_core::window::{CountWindow, Share, Thresholds};

use super::{CircuitBreakerConfig, Measure, gauge};
use crate::counted::Counted;
use crate::error::ConfigError;

/// Goes by the rates of a window, and by failures in a row if asked to.
///
/// Made by [`CircuitBreakerConfig`]'s `by_…` and `with_…` of rates and windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windowed {
    pub(super) window: CircuitWindow,
    failed: Option<Share>,
    slow: Option<Share>,
    slow_after: Duration,
    minimum: Option<u32>,
}

/// What a window looks back on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CircuitWindow {
    /// The calls that ended within this time, in ten slots: it looks back for as long, less up to one slot.
    Time(Duration),
    /// This many calls, the last that ended.
    Count(u32),
}

type Rated = CircuitBreakerConfig<Windowed>;

pub(super) const MINIMUM: u32 = 100;
pub(super) const MOST_CALLS: u32 = 1_000_000;
pub(super) const SHORTEST: Duration = Duration::from_millis(1);
pub(super) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
pub(super) const SLOW_AFTER: Duration = Duration::from_secs(60);
pub(super) const WINDOW: Duration = Duration::from_secs(30);

// === impl Windowed ===

impl Windowed {
    /// No rate yet, over 30 seconds.
    const NONE: Self = Self {
        window: CircuitWindow::Time(WINDOW),
        failed: None,
        slow: None,
        slow_after: SLOW_AFTER,
        minimum: None,
    };

    /// From when on a call is slow; none if nobody asks.
    pub(super) const fn slow_after(&self) -> Option<Duration> {
        match self.slow {
            Some(_) => Some(self.slow_after),
            None => None,
        }
    }

    pub(super) fn thresholds(&self) -> Thresholds {
        let Ok(mut thresholds) = Thresholds::new(self.minimum_calls()) else {
            unreachable!("a minimum is in its range")
        };
        if let Some(share) = self.failed {
            thresholds = thresholds.with_failed(share);
        }
        if let Some(share) = self.slow {
            thresholds = thresholds.with_slow(share);
        }
        thresholds
    }

    pub(super) const fn minimum_calls(&self) -> u32 {
        match (self.minimum, self.window) {
            (Some(minimum), _) => minimum,
            (None, CircuitWindow::Count(size)) if size < MINIMUM => size,
            (None, _) => MINIMUM,
        }
    }

    /// What opens a circuit by rates, in words.
    pub(super) fn said(&self) -> Option<String> {
        let failed = self.failed.map(|share| format!("{} failed", share.ratio()));
        let (share, after) = (self.slow, self.slow_after);
        let slow = share.map(|share| format!("{} slower than {after:?}", share.ratio()));
        let either = match (failed, slow) {
            (Some(failed), Some(slow)) => format!("{failed} or {slow}"),
            (failed, slow) => failed.or(slow)?,
        };
        let of = match self.window {
            CircuitWindow::Time(time) => format!("in {time:?}"),
            CircuitWindow::Count(calls) => {
                format!("of {}", Counted(calls.into(), ["call", "calls"]))
            }
        };
        Some(format!("{either} {of}"))
    }
}

impl Measure for Windowed {
    type Fixed = gauge::Fixed;
    type Tuned = gauge::Tuned;

    fn windowed(&self) -> Option<&Windowed> {
        Some(self)
    }

    fn fixed(&self, disabled: bool) -> gauge::Fixed {
        gauge::Fixed::new(self, disabled)
    }

    fn tuned(&self, disabled: bool) -> gauge::Tuned {
        gauge::Tuned::new(self, disabled)
    }
}

// === impl CircuitBreakerConfig ===

impl Rated {
    /// Opens when `failure_rate` of the calls in its window fail, whatever their order; rejects and tries again as
    /// [`new`](CircuitBreakerConfig::new) says. Failures in a row alone do not open it. The window is 30 seconds and the
    /// minimum 100 calls, until they are set.
    ///
    /// # Errors
    /// A value outside its range, by its name here.
    pub fn by_failure_rate(
        failure_rate: f64,
        recovery_timeout: Duration,
        half_open_max_calls: usize,
    ) -> Result<Self, ConfigError> {
        CircuitBreakerConfig::new(1, recovery_timeout, half_open_max_calls)?
            .with_failure_rate(failure_rate)
            .map(Self::without_failure_threshold)
    }

    /// Opens when `rate` of the calls in its window take `slow` or longer, whether they succeed or not: as
    /// [`by_failure_rate`](Self::by_failure_rate) otherwise.
    ///
    /// # Errors
    /// A value outside its range, by its name in [`with_slow_calls`](CircuitBreakerConfig::with_slow_calls) and here.
    pub fn by_slow_calls(
        slow: Duration,
        rate: f64,
        recovery_timeout: Duration,
        half_open_max_calls: usize,
    ) -> Result<Self, ConfigError> {
        CircuitBreakerConfig::new(1, recovery_timeout, half_open_max_calls)?
            .with_slow_calls(slow, rate)
            .map(Self::without_failure_threshold)
    }

    /// The same settings, and failures in a row do not open the circuit, and are not counted.
    #[must_use]
    pub fn without_failure_threshold(mut self) -> Self {
        self.limits = self.limits.without_threshold();
        self
    }

    /// The same settings without a failure rate.
    #[must_use]
    pub fn without_failure_rate(mut self) -> Self {
        self.measure_mut().failed = None;
        self
    }

    /// The same settings, and no call is slow. The duration is kept.
    #[must_use]
    pub fn without_slow_calls(mut self) -> Self {
        self.measure_mut().slow = None;
        self
    }

    /// The share of failures that opens the circuit, at most 1; none when no share does.
    pub fn failure_rate(&self) -> Option<f64> {
        self.measure().failed.map(Share::ratio)
    }

    /// The share of slow calls that opens the circuit, at most 1; none when no share does.
    pub fn slow_call_rate(&self) -> Option<f64> {
        self.measure().slow.map(Share::ratio)
    }

    /// From when on a call is slow, once there is a [`slow_call_rate`](Self::slow_call_rate).
    pub const fn slow_call_duration(&self) -> Duration {
        self.measure().slow_after
    }

    /// Calls that must be in the window before a rate counts.
    pub const fn minimum_calls(&self) -> u32 {
        self.measure().minimum_calls()
    }

    /// What the window looks back on.
    pub const fn window(&self) -> CircuitWindow {
        self.measure().window
    }

    /// The minimum, if it was said.
    pub(super) const fn own_minimum(&self) -> Option<u32> {
        self.measure().minimum
    }
}

/// Rates: each of these makes a circuit that goes by consecutive failures alone one that goes by a window too.
impl<W: Measure> CircuitBreakerConfig<W> {
    /// Opens also when this share of the calls in the window, or more, fail: from a millionth to 1, to the nearest millionth.
    ///
    /// # Errors
    /// A share outside its range; what is not a number is outside.
    pub fn with_failure_rate(self, failure_rate: f64) -> Result<Rated, ConfigError> {
        let mut rated = self.rated();
        rated.measure_mut().failed = Some(share("failure_rate", failure_rate)?);
        Ok(rated)
    }

    /// Opens also when this share of the calls in the window take `slow` (1 ms to a day) or longer: those that ended, with whatever
    /// result, and those in flight. See [Slow calls](super#slow-calls).
    ///
    /// # Errors
    /// `slow_call_duration` or `slow_call_rate` outside its range, as [`with_failure_rate`](Self::with_failure_rate).
    pub fn with_slow_calls(self, slow: Duration, rate: f64) -> Result<Rated, ConfigError> {
        let slow = span("slow_call_duration", slow)?;
        let mut rated = self.rated();
        let measure = rated.measure_mut();
        measure.slow = Some(share("slow_call_rate", rate)?);
        measure.slow_after = slow;
        Ok(rated)
    }

    /// No rate counts before this many calls are in the window: 1 to 1,000,000, and at most the size of a count window. By
    /// default 100, or all of a smaller count window.
    ///
    /// # Errors
    /// A number outside its range.
    pub fn with_minimum_calls(self, calls: u32) -> Result<Rated, ConfigError> {
        let mut rated = self.rated();
        let most = match rated.window() {
            CircuitWindow::Count(size) => size,
            CircuitWindow::Time(_) => MOST_CALLS,
        };
        rated.measure_mut().minimum = Some(between("minimum_calls", calls, 1, most)?);
        Ok(rated)
    }

    /// The window is this long (1 ms to a day), in ten slots.
    ///
    /// # Errors
    /// A time outside its range.
    pub fn with_time_window(self, window: Duration) -> Result<Rated, ConfigError> {
        let mut rated = self.rated();
        rated.measure_mut().window = CircuitWindow::Time(span("time_window", window)?);
        Ok(rated)
    }

    /// The window is this many calls that ended (1 to 16,384).
    ///
    /// # Errors
    /// A number outside its range; `minimum_calls`, if a minimum was set that so many calls never reach.
    pub fn with_count_window(self, calls: u32) -> Result<Rated, ConfigError> {
        let mut rated = self.rated();
        let size = between("count_window", calls, 1, CountWindow::MOST)?;
        if let Some(minimum) = rated.own_minimum() {
            between("minimum_calls", minimum, 1, size)?;
        }
        rated.measure_mut().window = CircuitWindow::Count(size);
        Ok(rated)
    }

    fn rated(self) -> Rated {
        let windowed = self.measure().windowed().copied();
        self.by(windowed.unwrap_or(Windowed::NONE))
    }
}

fn share(field: &'static str, ratio: f64) -> Result<Share, ConfigError> {
    Share::new(ratio).map_err(|error| error.named(field))
}

fn span(field: &'static str, span: Duration) -> Result<Duration, ConfigError> {
    if (SHORTEST..=LONGEST).contains(&span) {
        Ok(span)
    } else {
        Err(ConfigError::duration(field, span, SHORTEST..=LONGEST))
    }
}

fn between(field: &'static str, value: u32, least: u32, most: u32) -> Result<u32, ConfigError> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        let range = least.into()..=most.into();
        Err(ConfigError::count(field, value.into(), range))
    }
}
