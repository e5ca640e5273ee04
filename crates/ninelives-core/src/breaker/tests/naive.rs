//! The breaker as one would write it without words: plain fields, an epoch that never wraps, time that never wraps.

use super::*;

#[derive(Clone, Debug)]
pub(super) struct Naive {
    pub(super) mode: Mode,
    pub(super) openings: u32,
    epoch: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mode {
    Closed { failures: u32, since: u128 },
    Open { until: u128 },
    Trying(Trying),
    Ramping(Stage),
    Latched,
    ForcedOpen,
    ForcedClosed,
    Disabled,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trying {
    pub(super) out: u32,
    pub(super) won: u32,
    pub(super) lost: u32,
    granted: u128,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub(super) number: usize,
    pub(super) setbacks: u32,
    pub(super) well: u32,
    pub(super) failed: u32,
    /// The stage that failed.
    ceiling: Option<usize>,
    fell: bool,
    last: u128,
    end: u128,
}

/// What a step is given besides the input.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) limits: &'a Limits,
    pub(super) nanos: u128,
    pub(super) random: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Slip {
    epoch: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Call,
    Probe { at: u128 },
    Free,
}

#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Pass,
    Probe { changed: bool },
    Refused { rest: Option<u128> },
}

const NEVER: u128 = (1 << 45) * 1_000;
const LEASE_UNIT: u128 = 10_000_000;
const EIGHTH: u128 = 125_000_000;
const SHARES: [f64; 6] = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5];

fn round_up(nanos: u128, to: u128) -> u128 {
    nanos.div_ceil(to) * to
}

// === impl Now ===

impl Now<'_> {
    fn longest(&self) -> u128 {
        let longest = self.limits.longest().as_nanos().min(NEVER - 1);
        (longest + self.spread(longest)).min(NEVER - 1)
    }

    fn spread(&self, nanos: u128) -> u128 {
        nanos * (self.limits.jitter() * 1e6).round() as u128 / 1_000_000
    }

    /// The time of the opening after `openings` others.
    fn open_for(&self, openings: u32) -> Option<u128> {
        let base = self.limits.open_for().as_nanos();
        if base >= NEVER {
            return None;
        }
        let factor = (self.limits.growth() * 1e6).round() as u128;
        let longest = self.limits.longest().as_nanos();
        let mut nanos = base;
        for _ in 0..openings {
            nanos = (nanos * factor / 1_000_000).min(longest);
        }
        let late = (self.spread(nanos) * (u128::from(self.random) + 1)) >> 64;
        Some((nanos + late).min(NEVER - 1))
    }

    fn hold(&self, ramp: Ramp, setbacks: u32) -> u128 {
        let stage = ramp.stage().unwrap_or(self.limits.open_for());
        let stage = stage.clamp(SECOND, SECOND * 3_600);
        (stage * 2_u32.pow(setbacks)).min(SECOND * 3_600).as_nanos()
    }
}

// === impl Naive ===

impl Naive {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::Closed {
                failures: 0,
                since: 0,
            },
            openings: 0,
            epoch: 0,
        }
    }

    pub(super) fn state(&self) -> State {
        match self.mode {
            Mode::Closed { .. } => State::Closed,
            Mode::Open { .. } => State::Open,
            Mode::Trying { .. } => State::HalfOpen,
            Mode::Ramping { .. } => State::Ramping,
            Mode::Latched => State::Latched,
            Mode::ForcedOpen => State::ForcedOpen,
            Mode::ForcedClosed => State::ForcedClosed,
            Mode::Disabled => State::Disabled,
        }
    }

    pub(super) fn admit(&mut self, now: Now<'_>) -> (Answer, Option<Slip>) {
        let lease = round_up(now.limits.lease().as_nanos(), LEASE_UNIT);
        let at = round_up(now.nanos, LEASE_UNIT);
        let before = self.state();
        let metrics_only = now.limits.is_metrics_only();
        match &mut self.mode {
            Mode::Closed { .. } => return self.pass(Kind::Call),
            Mode::ForcedClosed | Mode::Disabled => return self.pass(Kind::Free),
            Mode::ForcedOpen => return (Answer::Refused { rest: None }, None),
            _ if metrics_only => return (Answer::Pass, Some(Slip::NONE)),
            Mode::Latched => return (Answer::Refused { rest: None }, None),
            Mode::Open { until } if now.nanos < *until => {
                let rest = Some(*until - now.nanos);
                return (Answer::Refused { rest }, None);
            }
            Mode::Open { .. } => match now.limits.ramp() {
                Some(ramp) => self.enter_stage(ramp, now, Stage::first(now.nanos)),
                None => self.try_again(at),
            },
            Mode::Trying(trying) if trying.has_room(now.limits) => {
                trying.out += 1;
                trying.granted = at.max(trying.granted);
            }
            Mode::Trying(trying) if now.nanos < trying.granted + lease => {
                let rest = Some(trying.granted + lease - now.nanos);
                return (Answer::Refused { rest }, None);
            }
            Mode::Trying(_) => self.try_again(at),
            Mode::Ramping(_) if now.limits.ramp().is_none() => self.try_again(at),
            Mode::Ramping(stage) => {
                let lucky = (now.random as f64) < SHARES[stage.number] * 2_f64.powi(64);
                let due = stage.due(now.nanos);
                if due > now.nanos && !lucky {
                    let rest = Some(due - now.nanos);
                    return (Answer::Refused { rest }, None);
                }
                if stage.passed(now.nanos) != 31 {
                    stage.last = now.nanos / EIGHTH;
                }
            }
        }
        let epoch = self.epoch;
        let kind = Kind::Probe { at: now.nanos };
        let changed = before != self.state();
        (Answer::Probe { changed }, Some(Slip { epoch, kind }))
    }

    /// Whether it was late, and whether it changed the state.
    pub(super) fn report(
        &mut self,
        slip: Slip,
        outcome: Option<Outcome>,
        now: Now<'_>,
    ) -> (bool, bool) {
        if let Kind::Free = slip.kind {
            return (false, false);
        }
        if slip.epoch != self.epoch {
            return (true, false);
        }
        let limits = now.limits;
        let before = self.state();
        match (&mut self.mode, slip.kind) {
            (Mode::Closed { failures, .. }, Kind::Call) => match outcome {
                None | Some(Outcome::Ignored) => {}
                Some(Outcome::Success) => *failures = 0,
                Some(Outcome::Breach) if !limits.is_metrics_only() => self.open(now),
                Some(_) if limits.failure_threshold() == 0 => {}
                Some(_) => {
                    *failures += 1;
                    if *failures >= limits.failure_threshold() && !limits.is_metrics_only() {
                        self.open(now);
                    }
                }
            },
            (Mode::Trying(trying), Kind::Probe { at }) => {
                trying.out -= 1;
                if outcome.is_none() || limits.is_metrics_only() {
                    return (false, false);
                }
                if now.nanos.saturating_sub(at) >= limits.lease().as_nanos() {
                    return (true, false);
                }
                match outcome {
                    Some(Outcome::Failure | Outcome::Breach) => trying.lost += 1,
                    Some(Outcome::Success) => trying.won += 1,
                    _ => return (false, false),
                }
                if outcome != Some(Outcome::Success) {
                    if limits.probes() - trying.lost.min(limits.probes()) < limits.needed() {
                        self.open(now);
                    }
                } else if trying.won >= limits.needed() {
                    self.close(now.nanos);
                }
            }
            (Mode::Ramping(_), Kind::Probe { at }) => {
                if outcome.is_none() || limits.is_metrics_only() {
                    return (false, false);
                }
                let longest = limits.lease().min(SECOND * 900);
                if now.nanos.saturating_sub(at) >= longest.as_nanos() {
                    return (true, false);
                }
                match (outcome, limits.ramp()) {
                    (Some(Outcome::Success), Some(ramp)) => self.hear(ramp, now, true),
                    (Some(Outcome::Failure | Outcome::Breach), Some(ramp)) => {
                        self.hear(ramp, now, false);
                    }
                    _ => {}
                }
            }
            (mode, kind) => panic!("{kind:?} in {mode:?}"),
        }
        (false, before != self.state())
    }

    pub(super) fn trip(&mut self, now: Now<'_>) {
        let now = Now { random: 0, ..now };
        let others = self.openings.max(1) - 1;
        match (&self.mode, now.open_for(others)) {
            (Mode::Open { .. }, Some(nanos)) => {
                self.mode = Mode::Open {
                    until: round_up(now.nanos + nanos, 20_000),
                };
            }
            (Mode::Latched, None) => {}
            _ => self.open(now),
        }
    }

    pub(super) fn is_current(&self, slip: Slip) -> bool {
        slip.epoch == self.epoch
    }

    pub(super) fn trip_under(&mut self, slip: Slip, now: Now<'_>) {
        let closed = matches!(self.mode, Mode::Closed { .. });
        if slip.epoch == self.epoch && closed && !now.limits.is_metrics_only() {
            self.open(now);
        }
    }

    pub(super) fn reset(&mut self, now: u128) {
        self.openings = 0;
        self.close(now);
    }

    pub(super) fn force(&mut self, mode: Mode) {
        if self.mode != mode {
            self.openings = 0;
            self.enter(mode);
        }
    }

    fn hear(&mut self, ramp: Ramp, now: Now<'_>, is_well: bool) {
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

    fn enter_stage(&mut self, ramp: Ramp, now: Now<'_>, stage: Stage) {
        let below = stage.ceiling == Some(stage.number + 1);
        let hold = now.hold(ramp, if below { stage.setbacks } else { 0 });
        self.enter(Mode::Ramping(Stage {
            well: 0,
            failed: 0,
            end: round_up(now.nanos + hold, 250_000_000),
            ..stage
        }));
    }

    fn open(&mut self, now: Now<'_>) {
        const UNIT: u128 = 2_000_000_000;
        if let Mode::Closed { since, .. } = self.mode
            && now.nanos / UNIT > since / UNIT + now.longest().div_ceil(UNIT)
        {
            self.openings = 0;
        }
        let open_for = now.open_for(self.openings);
        self.openings = (self.openings + 1).min(15);
        self.enter(match open_for {
            None => Mode::Latched,
            Some(nanos) => Mode::Open {
                until: round_up(now.nanos + nanos, 20_000),
            },
        });
    }

    fn close(&mut self, now: u128) {
        self.enter(Mode::Closed {
            failures: 0,
            since: now,
        });
    }

    fn try_again(&mut self, granted: u128) {
        self.enter(Mode::Trying(Trying {
            out: 1,
            won: 0,
            lost: 0,
            granted,
        }));
    }

    fn enter(&mut self, mode: Mode) {
        self.epoch += 1;
        self.mode = mode;
    }

    fn pass(&self, kind: Kind) -> (Answer, Option<Slip>) {
        let epoch = self.epoch;
        (Answer::Pass, Some(Slip { epoch, kind }))
    }
}

// === impl Slip ===

impl Slip {
    /// Of no epoch.
    const NONE: Self = Self {
        epoch: u64::MAX,
        kind: Kind::Free,
    };
}

// === impl Trying ===

impl Trying {
    fn has_room(&self, limits: &Limits) -> bool {
        self.out == 0 || self.out + self.won + self.lost < limits.probes()
    }
}

// === impl Stage ===

impl Stage {
    fn first(now: u128) -> Self {
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
    fn passed(&self, now: u128) -> u128 {
        (now / EIGHTH + 32 - self.last % 32) % 32
    }

    /// When whoever comes is admitted.
    fn due(&self, now: u128) -> u128 {
        let left = match self.passed(now) {
            31 => 8,
            passed if passed >= 7 => return now,
            passed => 7 - passed,
        };
        (now / EIGHTH + left) * EIGHTH
    }
}
