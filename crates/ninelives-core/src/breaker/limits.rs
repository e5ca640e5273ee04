//! What a breaker is told: when it opens, for how long, and how it tries again.

use core::time::Duration;

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
/// assert_eq!(error.to_string(), "failure_threshold: 0 is outside 1..=32767");
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    failure_threshold: u32,
    probes: u32,
    open_for: Duration,
    lease: Duration,
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

/// From this many milliseconds on, a lease never ends by itself (198 days).
pub(super) const HELD_MS: u64 = 1 << 34;

const SHORTEST: Duration = Duration::from_millis(1);
const SHORTEST_DEFAULT_LEASE: Duration = Duration::from_secs(1);
/// Twelve bits: three turns of the epoch per `open_for` stay below its 2^14 values. See the page, `# Epochs`.
const LONGEST_LEASE: u32 = 4096;

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
    /// and waits for a command. The lease of a probe is `open_for`, at least one second: see [`with_lease`](Self::with_lease).
    ///
    /// # Errors
    /// `failure_threshold` outside `1..=32767`, `open_for` below 1 ms, `probes` outside `1..=63`.
    pub const fn new(
        failure_threshold: u32,
        open_for: Duration,
        probes: u32,
    ) -> Result<Self, OutOfRange> {
        if failure_threshold == 0 || failure_threshold > 32_767 {
            let range = 1..=32_767;
            return Err(OutOfRange::count(
                "failure_threshold",
                failure_threshold as u64,
                range,
            ));
        }
        if open_for.as_nanos() < SHORTEST.as_nanos() {
            let range = SHORTEST..=Duration::MAX;
            return Err(OutOfRange::duration("open_for", open_for, range));
        }
        if probes == 0 || probes > 63 {
            return Err(OutOfRange::count("probes", probes as u64, 1..=63));
        }
        let lease = if open_for.as_nanos() < SHORTEST_DEFAULT_LEASE.as_nanos() {
            SHORTEST_DEFAULT_LEASE
        } else {
            open_for
        };
        Ok(Self {
            failure_threshold,
            probes,
            open_for,
            lease,
        })
    }

    /// Sets how long a probe may keep its slot: after it, its outcome is late, and when every slot is taken the next caller gets one.
    ///
    /// Longer than the slowest call that shall count. From 2^34 ms on (198 days) it never ends by itself.
    ///
    /// # Errors
    /// `lease` below 1 ms or above 4096 times `open_for`.
    pub const fn with_lease(mut self, lease: Duration) -> Result<Self, OutOfRange> {
        let longest = self.open_for.saturating_mul(LONGEST_LEASE);
        if lease.as_nanos() < SHORTEST.as_nanos() || lease.as_nanos() > longest.as_nanos() {
            return Err(OutOfRange::duration("lease", lease, SHORTEST..=longest));
        }
        self.lease = lease;
        Ok(self)
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
        let longest = Duration::from_micros(NEVER_US - 1);
        let most = shorter(most, longest);
        let wait = shorter(wait, most);
        if wait.as_nanos() > self.open_for.as_nanos() {
            self.open_for = wait;
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

    /// How long it stays open.
    pub const fn open_for(&self) -> Duration {
        self.open_for
    }

    /// Successful probes that close it, and the most that are out at once.
    pub const fn probes(&self) -> u32 {
        self.probes
    }

    /// How long a probe may keep its slot.
    pub const fn lease(&self) -> Duration {
        self.lease
    }

    pub(super) const fn counts_failures(&self) -> bool {
        self.failure_threshold > 0
    }

    /// `None`: never by itself.
    pub(super) const fn open_for_nanos(&self) -> Option<u64> {
        let nanos = saturating_nanos(self.open_for);
        if nanos >= NEVER_US * 1_000 {
            None
        } else {
            Some(nanos)
        }
    }

    pub(super) const fn lease_nanos(&self) -> u64 {
        saturating_nanos(self.lease)
    }
}

const fn shorter(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() < b.as_nanos() { a } else { b }
}
