//! The breaker as one would write it without words: plain fields, an epoch that never wraps, time that never wraps.

use super::*;

#[derive(Clone, Debug)]
pub(super) struct Naive {
    pub(super) mode: Mode,
    epoch: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mode {
    Closed { failures: u32 },
    Open { until: u128 },
    Trying { out: u32, won: u32, granted: u128 },
    Latched,
    ForcedOpen,
    ForcedClosed,
    Disabled,
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

const YEARS: u128 = 1 << 45;

fn round_up(nanos: u128, to: u128) -> u128 {
    nanos.div_ceil(to) * to
}

// === impl Naive ===

impl Naive {
    pub(super) fn new() -> Self {
        let mode = Mode::Closed { failures: 0 };
        Self { mode, epoch: 0 }
    }

    pub(super) fn state(&self) -> State {
        match self.mode {
            Mode::Closed { .. } => State::Closed,
            Mode::Open { .. } => State::Open,
            Mode::Trying { .. } => State::HalfOpen,
            Mode::Latched => State::Latched,
            Mode::ForcedOpen => State::ForcedOpen,
            Mode::ForcedClosed => State::ForcedClosed,
            Mode::Disabled => State::Disabled,
        }
    }

    pub(super) fn admit(&mut self, limits: &Limits, now: u128) -> (Answer, Option<Slip>) {
        let lease = round_up(limits.lease().as_nanos(), 1_000_000);
        let at = round_up(now, 1_000_000);
        let fresh = Mode::Trying {
            out: 1,
            won: 0,
            granted: at,
        };
        match &mut self.mode {
            Mode::Closed { .. } => self.pass(Kind::Call),
            Mode::ForcedClosed | Mode::Disabled => self.pass(Kind::Free),
            Mode::Latched | Mode::ForcedOpen => (Answer::Refused { rest: None }, None),
            Mode::Open { until } if now < *until => {
                let rest = Some(*until - now);
                (Answer::Refused { rest }, None)
            }
            Mode::Open { .. } => {
                self.enter(fresh);
                self.try_one(true, now)
            }
            Mode::Trying { out, won, granted } if *out == 0 || *out + *won < limits.probes() => {
                *out += 1;
                *granted = at.max(*granted);
                self.try_one(false, now)
            }
            Mode::Trying { granted, .. } if now < *granted + lease => {
                let rest = Some(*granted + lease - now);
                (Answer::Refused { rest }, None)
            }
            Mode::Trying { .. } => {
                self.enter(fresh);
                self.try_one(false, now)
            }
        }
    }

    /// Whether it was late, and whether it changed the state.
    pub(super) fn report(
        &mut self,
        slip: Slip,
        outcome: Option<Outcome>,
        limits: &Limits,
        now: u128,
    ) -> (bool, bool) {
        if let Kind::Free = slip.kind {
            return (false, false);
        }
        if slip.epoch != self.epoch {
            return (true, false);
        }
        let before = self.state();
        match (&mut self.mode, slip.kind) {
            (Mode::Closed { failures }, Kind::Call) => match outcome {
                None | Some(Outcome::Ignored) => {}
                Some(Outcome::Success) => *failures = 0,
                Some(Outcome::Breach) => self.open(limits, now),
                Some(Outcome::Failure) if limits.failure_threshold() == 0 => {}
                Some(Outcome::Failure) => {
                    *failures += 1;
                    if *failures >= limits.failure_threshold() {
                        self.open(limits, now);
                    }
                }
            },
            (Mode::Trying { out, won, .. }, Kind::Probe { at }) => {
                *out -= 1;
                let over = now.saturating_sub(at) >= limits.lease().as_nanos();
                if over && outcome.is_some() {
                    return (true, false);
                }
                match outcome {
                    None | Some(Outcome::Ignored) => {}
                    Some(Outcome::Failure | Outcome::Breach) => self.open(limits, now),
                    Some(Outcome::Success) => {
                        *won += 1;
                        if *won >= limits.probes() {
                            self.enter(Mode::Closed { failures: 0 });
                        }
                    }
                }
            }
            (mode, kind) => panic!("{kind:?} in {mode:?}"),
        }
        (false, before != self.state())
    }

    pub(super) fn trip(&mut self, limits: &Limits, now: u128) {
        let epoch = self.epoch;
        let before = self.state();
        self.open(limits, now);
        if before == self.state() {
            self.epoch = epoch;
        }
    }

    pub(super) fn is_current(&self, slip: Slip) -> bool {
        slip.epoch == self.epoch
    }

    pub(super) fn trip_under(&mut self, slip: Slip, limits: &Limits, now: u128) {
        if slip.epoch == self.epoch && matches!(self.mode, Mode::Closed { .. }) {
            self.open(limits, now);
        }
    }

    pub(super) fn reset(&mut self) {
        self.enter(Mode::Closed { failures: 0 });
    }

    pub(super) fn force(&mut self, mode: Mode) {
        if self.mode != mode {
            self.enter(mode);
        }
    }

    fn open(&mut self, limits: &Limits, now: u128) {
        let open_for = limits.open_for().as_nanos();
        self.enter(if open_for >= YEARS * 1_000 {
            Mode::Latched
        } else {
            Mode::Open {
                until: round_up(now + open_for, 1_000),
            }
        });
    }

    fn enter(&mut self, mode: Mode) {
        self.epoch += 1;
        self.mode = mode;
    }

    fn pass(&self, kind: Kind) -> (Answer, Option<Slip>) {
        let epoch = self.epoch;
        (Answer::Pass, Some(Slip { epoch, kind }))
    }

    fn try_one(&self, changed: bool, at: u128) -> (Answer, Option<Slip>) {
        let epoch = self.epoch;
        let kind = Kind::Probe { at };
        (Answer::Probe { changed }, Some(Slip { epoch, kind }))
    }
}
