//! The ramp: how a breaker that was open lets more and more calls through, and what it takes for a failure of a stage.

use core::fmt;
use core::time::Duration;

use super::growth::millionths;
use super::limits::Limits;
use crate::limit::OutOfRange;
use crate::time::saturating_nanos;

/// Recovery in stages, in the place of a few probes: 0.1 %, 1 %, 5 %, 10 %, 25 % and 50 % of the calls, and at least one a second.
///
/// Each admitted call is heard with its stage, for at least the stage's time. At any outcome, once `minimum` are heard, a stage with
/// `failure_ratio` of failures or more has failed: the first one opens the breaker, a later one falls back to the one before it. The one
/// below that which failed then is held twice as long with each failure before another try, until that try is passed. A stage whose time is over, with `minimum` heard and fewer
/// failures than that, is passed; after the last one the breaker is closed.
///
/// ```
/// use core::time::Duration;
/// use ninelives_core::breaker::{Limits, Ramp};
/// let ramp = Ramp::new().with_stage(Duration::from_secs(10))?.with_failure_ratio(0.2)?;
/// let limits = Limits::new(5, Duration::from_secs(30), 1)?.with_ramp(ramp);
/// assert_eq!(limits.ramp(), Some(ramp));
/// # Ok::<(), ninelives_core::limit::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    stage: Option<Duration>,
    minimum: u32,
    /// In millionths, so that limits compare.
    failures: u32,
}

/// How a ramp came to where it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// From 0.
    pub(super) stage: u32,
    /// The stage that failed, and is not passed since; 0 if none.
    pub(super) ceiling: u32,
    /// The stage was come to from above.
    pub(super) fell: bool,
    /// Stages that failed since the ceiling was passed, 7 at most.
    pub(super) setbacks: u32,
}

/// How many of 1,000 calls each stage admits. The list is seatbelt's, of the oxidizer repository.
const SHARES: [u64; 6] = [1, 10, 50, 100, 250, 500];

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3_600);

// === impl Ramp ===

impl Ramp {
    /// Stages.
    pub const STAGES: u32 = SHARES.len() as u32;
    pub(super) const LONGEST_NANOS: u64 = saturating_nanos(LONGEST);

    /// Stages that last as long as the breaker was told to be open, judged from 5 outcomes on by half of them failing.
    pub const fn new() -> Self {
        Self {
            stage: None,
            minimum: 5,
            failures: 500_000,
        }
    }

    /// Sets how long a stage lasts at least. By default the open time, within the range here.
    ///
    /// # Errors
    /// `stage` outside one second to one hour.
    pub const fn with_stage(mut self, stage: Duration) -> Result<Self, OutOfRange> {
        if stage.as_nanos() < SHORTEST.as_nanos() || stage.as_nanos() > LONGEST.as_nanos() {
            let range = SHORTEST..=LONGEST;
            return Err(OutOfRange::duration("stage", stage, range));
        }
        self.stage = Some(stage);
        Ok(self)
    }

    /// Sets the share of failures from which on a stage has failed.
    ///
    /// # Errors
    /// `failure_ratio` that is not a number or outside `0.000_001..=1`. It is taken to a millionth.
    pub const fn with_failure_ratio(mut self, ratio: f64) -> Result<Self, OutOfRange> {
        self.failures = match millionths(ratio, 0.000_001, 1.0) {
            Some(failures) => failures,
            None => return Err(OutOfRange::ratio("failure_ratio", ratio, 0.000_001..=1.0)),
        };
        Ok(self)
    }

    /// Sets how many outcomes of a stage are heard before it is judged.
    ///
    /// # Errors
    /// `minimum` outside `1..=31`.
    pub const fn with_minimum(mut self, minimum: u32) -> Result<Self, OutOfRange> {
        if minimum == 0 || minimum > 31 {
            return Err(OutOfRange::count("minimum", minimum as u64, 1..=31));
        }
        self.minimum = minimum;
        Ok(self)
    }

    /// How long a stage lasts at least; `None`: as long as the open time.
    pub const fn stage(&self) -> Option<Duration> {
        self.stage
    }

    /// The share of failures from which on a stage has failed.
    pub const fn failure_ratio(&self) -> f64 {
        self.failures as f64 / 1e6
    }

    /// How many outcomes are heard before a stage is judged.
    pub const fn minimum(&self) -> u32 {
        self.minimum
    }

    /// Whether `random` is among those that this stage admits.
    pub(super) const fn admits(stage: u32, random: u64) -> bool {
        random < SHARES[stage as usize] * (u64::MAX / 1_000)
    }

    /// Whether enough is heard to judge a stage.
    pub(super) const fn judges(&self, well: u32, failed: u32) -> bool {
        well + failed >= self.minimum
    }

    /// Whether a stage has failed of which enough is heard.
    pub(super) const fn fails(&self, well: u32, failed: u32) -> bool {
        failed * 1_000_000 >= self.failures * (well + failed)
    }

    /// How long a stage is held: below the ceiling twice as long with each setback, up to an hour.
    pub(super) const fn hold_nanos(&self, limits: &Limits, way: Way) -> u64 {
        let setbacks = if way.stage + 1 == way.ceiling {
            way.setbacks
        } else {
            0
        };
        let stage = saturating_nanos(match self.stage {
            Some(stage) => stage,
            None => limits.open_for,
        });
        // An hour has 42 bits of nanoseconds, and setbacks are 7 at most.
        within(within(stage) << setbacks)
    }
}

impl Default for Ramp {
    fn default() -> Self {
        Self::new()
    }
}

// === impl Way ===

impl Way {
    /// The first stage.
    pub(super) const START: Self = Self {
        stage: 0,
        ceiling: 0,
        fell: false,
        setbacks: 0,
    };

    /// To the next stage, if there is one. What had failed and is passed now is no ceiling any more.
    pub(super) const fn up(self) -> Option<Self> {
        if self.stage + 1 == Ramp::STAGES {
            return None;
        }
        let next = Self {
            stage: self.stage + 1,
            fell: false,
            ..self
        };
        Some(if self.stage < self.ceiling {
            next
        } else {
            Self {
                ceiling: 0,
                setbacks: 0,
                ..next
            }
        })
    }

    /// To the stage before, if there is one. A stage that fails right after a fall may still be paying for the one above, which stays the
    /// ceiling.
    pub(super) const fn down(self) -> Option<Self> {
        match self.stage {
            0 => None,
            stage => Some(Self {
                stage: stage - 1,
                ceiling: if self.fell { self.ceiling } else { stage },
                fell: true,
                setbacks: if self.setbacks < 7 {
                    self.setbacks + 1
                } else {
                    7
                },
            }),
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage {}", self.stage)?;
        if self.ceiling > 0 {
            let fell = if self.fell { " fell" } else { "" };
            write!(
                f,
                "{fell} ceiling {} setbacks {}",
                self.ceiling, self.setbacks
            )?;
        }
        Ok(())
    }
}

const fn within(nanos: u64) -> u64 {
    match (saturating_nanos(SHORTEST), Ramp::LONGEST_NANOS) {
        (least, _) if nanos < least => least,
        (_, most) if nanos > most => most,
        _ => nanos,
    }
}
