//! The stages of a ramp: what they hear, and which one comes next.

use super::*;

/// What a stage counts time in since the last admission: an eighth of a second.
pub(super) const EIGHTH: u128 = 125_000_000;
/// The share of the calls that each stage admits.
pub(super) const SHARES: [f64; 6] = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5];

// === impl Now ===

impl Now<'_> {
    fn hold(&self, ramp: Ramp, setbacks: u32) -> u128 {
        let stage = ramp.stage().unwrap_or(self.limits.open_for());
        let stage = stage.clamp(SECOND, SECOND * 3_600);
        (stage * 2_u32.pow(setbacks)).min(SECOND * 3_600).as_nanos()
    }
}

// === impl Naive ===

impl Naive {
    pub(super) fn hear(&mut self, ramp: Ramp, now: Now<'_>, is_well: bool) {
        let Mode::Ramping(stage) = &mut self.mode else {
            unreachable!()
        };
        stage.well += u32::from(is_well);
        stage.failed += u32::from(!is_well);
        let (well, failed) = (stage.well, stage.failed);
        if well.max(failed) > 63 {
            (stage.well, stage.failed) = (well / 2, failed / 2);
        }
        if well + failed < ramp.minimum() {
            return;
        }
        let share = f64::from(failed) / f64::from(well + failed);
        let mut next = stage.clone();
        if share >= ramp.failure_ratio() {
            if stage.number == 0 {
                return self.open(now);
            }
            next.number -= 1;
            next.setbacks = (stage.setbacks + 1).min(7);
            if !stage.fell {
                next.ceiling = Some(stage.number);
            }
            next.fell = true;
        } else if now.nanos >= stage.end {
            if stage.number == 5 {
                return self.close(now.nanos);
            }
            next.number += 1;
            if stage.ceiling.is_none_or(|ceiling| stage.number >= ceiling) {
                (next.ceiling, next.setbacks) = (None, 0);
            }
            next.fell = false;
        } else {
            return;
        }
        self.enter_stage(ramp, now, next);
    }

    pub(super) fn enter_stage(&mut self, ramp: Ramp, now: Now<'_>, stage: Stage) {
        let below = stage.ceiling == Some(stage.number + 1);
        let hold = now.hold(ramp, if below { stage.setbacks } else { 0 });
        self.enter(Mode::Ramping(Stage {
            well: 0,
            failed: 0,
            end: round_up(now.nanos + hold, 250_000_000),
            ..stage
        }));
    }
}

// === impl Stage ===

impl Stage {
    pub(super) fn first(now: u128) -> Self {
        Self {
            number: 0,
            setbacks: 0,
            well: 0,
            failed: 0,
            ceiling: None,
            fell: false,
            last: now / EIGHTH,
            end: 0,
        }
    }

    /// Eighths of a second since the last admission; every four seconds it is the same again.
    pub(super) fn passed(&self, now: u128) -> u128 {
        (now / EIGHTH + 32 - self.last % 32) % 32
    }

    /// When whoever comes is admitted.
    pub(super) fn due(&self, now: u128) -> u128 {
        let left = match self.passed(now) {
            31 => 8,
            passed if passed >= 7 => return now,
            passed => 7 - passed,
        };
        (now / EIGHTH + left) * EIGHTH
    }
}
