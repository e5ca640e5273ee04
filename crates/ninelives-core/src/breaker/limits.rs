//! What a breaker is told: when it opens, for how long, and how it tries again.

use core::time::Duration;

use super::growth::Growth;
use super::ramp::Ramp;
use crate::limit::OutOfRange;
use crate::time::saturating_nanos;

/// The limits of one breaker: a plain value, read at admit and again at report, so that every one of them may change while calls
/// are in flight.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::breaker::Limits;
/// let limits = Limits::new(5, Duration::from_secs(30), 1)?;
/// assert_eq!(limits.lease(), Duration::from_secs(30));
/// let error = Limits::new(0, Duration::from_secs(30), 1).unwrap_err();
/// assert_eq!(error.to_string(), "failure_threshold: 0 is outside 1..=4095");
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    failure_threshold: u32,
    pub(super) probes: u32,
    /// 0: all.
    pub(super) needed: u32,
    metrics_only: bool,
    pub(super) open_for: Duration,
    // What a dependency asked for; nothing, but for one report.
    pub(super) at_least: Duration,
    pub(super) growth: Growth,
    // What follows from the two above for any opening.
    pub(super) longest_open: u64,
    /// `None`: as long as the open time.
    lease: Option<Duration>,
    pub(super) ramp: Ramp,
    pub(super) ramps: bool,
}

/// Where a decision finds the limits. It is asked only when a decision needs them, once: a closed breaker that is well asks nothing.
///
/// A reference to [`Limits`] is one; so is what reads settings that change.
pub trait LimitsSource {
    /// What `decide` makes of the limits now. `None`: the breaker is out of use. It admits every call unless it is forced open,
    /// counts nothing, and keeps its state.
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R;
}

/// From this many microseconds on, an open breaker never tries by itself (1.1 years).
pub(super) const NEVER_US: u64 = 1 << 45;

/// From this many hundredths of a second on, a lease never ends by itself (46 hours).
pub(super) const HELD: u64 = 1 << 24;

const THRESHOLDS: core::ops::RangeInclusive<u64> = 1..=4_095;
const SHORTEST: Duration = Duration::from_millis(1);
/// The longest open time that ends by itself.
const LONGEST: Duration = Duration::from_micros(NEVER_US - 1);
const SHORTEST_DEFAULT_LEASE: Duration = Duration::from_secs(1);
const LONGEST_DEFAULT_LEASE: Duration = Duration::from_secs(86_400);
/// Twelve bits: three turns of the epoch per `open_for` stay below its 2^14 values. See the page, `# Epochs`.
pub(super) const LONGEST_LEASE: u32 = 4096;

// === impl LimitsSource ===

impl LimitsSource for &Limits {
    #[inline]
    fn with<R>(self, decide: impl FnOnce(Option<&Limits>) -> R) -> R {
        decide(Some(self))
    }
}

// === impl Limits ===

impl Limits {
    /// Opens at `failure_threshold` failures in a row, stays open for `open_for`, then tries `probes` calls.
    ///
    /// From 2^45 us on (1.1 years), `open_for` means never by itself: the breaker goes to [`State::Latched`](super::State::Latched)
    /// and waits for a command. The lease of a probe is `open_for`, at least one second and at most a day: see
    /// [`with_lease`](Self::with_lease). All `probes` must succeed: see [`with_needed`](Self::with_needed).
    ///
    /// # Errors
    /// `failure_threshold` outside `1..=4095`, `open_for` below 1 ms, `probes` outside `1..=63`.
    pub const fn new(
        failure_threshold: u32,
        open_for: Duration,
        probes: u32,
    ) -> Result<Self, OutOfRange> {
        let limits = Self {
            failure_threshold,
            probes,
            needed: 0,
            metrics_only: false,
            open_for,
            at_least: Duration::ZERO,
            growth: Growth::NONE,
            longest_open: 0,
            lease: None,
            ramp: Ramp::new(),
            ramps: false,
        };
        if failure_threshold == 0 {
            return Err(OutOfRange::count("failure_threshold", 0, THRESHOLDS));
        }
        limits.checked()
    }

    /// The same with another threshold.
    ///
    /// # Errors
    /// `failure_threshold` outside `1..=4095`.
    pub const fn with_failure_threshold(mut self, failures: u32) -> Result<Self, OutOfRange> {
        if failures == 0 {
            return Err(OutOfRange::count("failure_threshold", 0, THRESHOLDS));
        }
        self.failure_threshold = failures;
        self.checked()
    }

    /// The same, open for another time.
    ///
    /// # Errors
    /// `open_for` below 1 ms; `longest` or `lease`, if they were set, and do not go with it.
    pub const fn with_open_for(mut self, open_for: Duration) -> Result<Self, OutOfRange> {
        self.open_for = open_for;
        self.checked()
    }

    /// The same with another number of probes.
    ///
    /// # Errors
    /// `probes` outside `1..=63`; `needed`, if it was set, and is more.
    pub const fn with_probes(mut self, probes: u32) -> Result<Self, OutOfRange> {
        self.probes = probes;
        self.checked()
    }

    /// These, if all of them are in range and go together.
    pub(super) const fn checked(self) -> Result<Self, OutOfRange> {
        if self.failure_threshold > 4_095 {
            let failures = self.failure_threshold as u64;
            return Err(OutOfRange::count("failure_threshold", failures, THRESHOLDS));
        }
        let open_for = self.open_for;
        if open_for.as_nanos() < SHORTEST.as_nanos() {
            let range = SHORTEST..=Duration::MAX;
            return Err(OutOfRange::duration("open_for", open_for, range));
        }
        if self.probes == 0 || self.probes > 63 {
            return Err(OutOfRange::count("probes", self.probes as u64, 1..=63));
        }
        if self.needed > self.probes {
            let range = 1..=self.probes as u64;
            return Err(OutOfRange::count("needed", self.needed as u64, range));
        }
        if let Some(longest) = self.own_longest() {
            if open_for.as_nanos() > LONGEST.as_nanos() {
                let range = SHORTEST..=LONGEST; // of one that grows
                return Err(OutOfRange::duration("open_for", open_for, range));
            }
            if longest.as_nanos() < open_for.as_nanos() || longest.as_nanos() > LONGEST.as_nanos() {
                let range = open_for..=LONGEST;
                return Err(OutOfRange::duration("longest", longest, range));
            }
        }
        if let Some(lease) = self.lease {
            let longest = open_for.saturating_mul(LONGEST_LEASE);
            if lease.as_nanos() < SHORTEST.as_nanos() || lease.as_nanos() > longest.as_nanos() {
                return Err(OutOfRange::duration("lease", lease, SHORTEST..=longest));
            }
        }
        Ok(self.remembered())
    }

    /// Whether it only counts: closed, it never opens by itself, and in any other state it admits every call unless it is forced open,
    /// counts nothing, and keeps that state for the time after. A forced state stays what it is.
    #[must_use]
    pub const fn with_metrics_only(mut self, metrics_only: bool) -> Self {
        self.metrics_only = metrics_only;
        self
    }

    /// Sets how long a probe may keep its slot: after it, its outcome is late, and when every slot is taken the next caller gets one.
    ///
    /// Longer than the slowest call that shall count. From 167,772.16 s on (46 hours) it never ends by itself.
    ///
    /// # Errors
    /// `lease` below 1 ms or above 4096 times `open_for`.
    pub const fn with_lease(mut self, lease: Duration) -> Result<Self, OutOfRange> {
        self.lease = Some(lease);
        self.checked()
    }

    /// The same, and open for `wait` where that is longer, but not for longer than `most`: for one report, when a dependency says how
    /// long to leave it alone, or when it has failed again and again.
    ///
    /// It lengthens, and never shortens; however long, it ends by itself unless [`open_for`](Self::open_for) does not. The deadline is
    /// stored when the breaker opens, so the calls that follow come with the limits as they were.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ninelives_core::breaker::Limits;
    /// let limits = Limits::new(5, Duration::from_secs(30), 1)?;
    /// let most = Duration::from_secs(300);
    /// let open_for = |wait| limits.lengthened(wait, most).open_for().as_secs();
    /// assert_eq!(open_for(Duration::from_secs(60)), 60);
    /// assert_eq!(open_for(Duration::from_secs(1)), 30);
    /// assert_eq!(open_for(Duration::MAX), 300);
    /// # Ok::<(), ninelives_core::limit::OutOfRange>(())
    /// ```
    #[must_use]
    pub const fn lengthened(mut self, wait: Duration, most: Duration) -> Self {
        let most = shorter(most, LONGEST);
        let wait = shorter(wait, most);
        if wait.as_nanos() > self.open_for().as_nanos() {
            self.at_least = wait;
        }
        self
    }

    /// The same without a threshold: failures in a row do not open the breaker, and are not counted. What opens it is a
    /// [`Breach`](super::Outcome::Breach), a failed probe, or a command.
    #[must_use]
    pub const fn without_threshold(mut self) -> Self {
        self.failure_threshold = 0;
        self
    }

    /// Failures in a row that open the breaker; 0 when none do.
    pub const fn failure_threshold(&self) -> u32 {
        self.failure_threshold
    }

    /// How long it stays open, at first.
    pub const fn open_for(&self) -> Duration {
        if self.at_least.as_nanos() > self.open_for.as_nanos() {
            self.at_least
        } else {
            self.open_for
        }
    }

    /// Probes that are tried, and the most that are out at once.
    pub const fn probes(&self) -> u32 {
        self.probes
    }

    /// Whether it only counts.
    pub const fn is_metrics_only(&self) -> bool {
        self.metrics_only
    }

    /// How long a probe may keep its slot.
    pub const fn lease(&self) -> Duration {
        match self.lease {
            Some(lease) => lease,
            None if self.open_for.as_nanos() < SHORTEST_DEFAULT_LEASE.as_nanos() => {
                SHORTEST_DEFAULT_LEASE
            }
            None => shorter(self.open_for, LONGEST_DEFAULT_LEASE),
        }
    }

    /// How long a probe may keep its slot, if it was said: none while that follows the open time.
    pub const fn own_lease(&self) -> Option<Duration> {
        self.lease
    }

    pub(super) const fn counts_failures(&self) -> bool {
        self.failure_threshold > 0
    }

    pub(super) const fn lease_nanos(&self) -> u64 {
        saturating_nanos(self.lease())
    }
}

const fn shorter(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() < b.as_nanos() { a } else { b }
}
