//! Who is admitted, and what the end of a call does.

use super::stages::{EIGHTH, SHARES};
use super::*;

const LEASE_UNIT: u128 = 10_000_000;

// === impl Naive ===

impl Naive {
    pub(in super::super) fn admit(&mut self, now: Now<'_>) -> (Answer, Option<Slip>) {
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
    pub(in super::super) fn report(
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
}
