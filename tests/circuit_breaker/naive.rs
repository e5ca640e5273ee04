//! A circuit with a window over time beside a list of everything that happened.

use std::collections::VecDeque;

use super::*;
use crate::drive::Seeded;

const WINDOW: Duration = Duration::from_secs(10);
const SLOT: Duration = Duration::from_secs(1);
const MINIMUM: usize = 5;
const RATE: f64 = 0.5;

/// When each call ended and whether it failed, in the order of time.
#[derive(Default)]
struct Naive {
    ended: VecDeque<(Duration, bool)>,
}

impl Naive {
    /// Whether the calls that ended after `now - window` are too bad.
    fn trips(&self, now: Duration, window: Duration) -> bool {
        let since = now.saturating_sub(window);
        let within = |&&(at, _): &&(Duration, bool)| at >= since;
        let total = self.ended.iter().filter(within).count();
        let failed = self
            .ended
            .iter()
            .filter(within)
            .filter(|call| call.1)
            .count();
        total >= MINIMUM && failed as f64 >= RATE * total as f64
    }

    /// The same whatever part of a slot is left out: `None` where that makes a difference.
    fn verdict(&self, now: Duration) -> Option<bool> {
        let exact = self.trips(now, WINDOW);
        let edges = self.ended.iter().map(|&(at, _)| now.saturating_sub(at));
        let mut between = edges.filter(|age| (WINDOW - SLOT..=WINDOW).contains(age));
        between
            .all(|age| {
                self.trips(now, age) == exact && self.trips(now, age.saturating_sub(NANO)) == exact
            })
            .then_some(exact)
    }
}

/// What is asked in 100,000 random calls, at random times: rushes, pauses, and idle hours; good hours and bad ones.
#[test]
fn hc90_it_opens_and_closes_within_a_slot_of_a_list_of_everything() {
    let mut random = Seeded::new(0x5eed_2026_1122);
    let config = CircuitBreakerConfig::by_failure_rate(RATE, OPEN_FOR, 1).unwrap();
    let config = config.with_minimum_calls(MINIMUM as u32).unwrap();
    let mut rig = Rig::with(config.with_time_window(WINDOW).unwrap());
    let (mut naive, mut now, mut bad) = (Naive::default(), Duration::ZERO, 50);
    let (mut opened, mut stayed, mut unsure) = (0, 0, 0);
    for _ in 0..100_000 {
        let pause = match random.below(100) {
            0 => Duration::from_secs(random.below(10_000) as u64),
            1..=20 => Duration::from_millis(random.below(3_000) as u64),
            _ => Duration::from_micros(random.below(300_000) as u64),
        };
        if random.below(200) == 0 {
            bad = random.below(100);
        }
        now += pause;
        rig.clock.advance(pause);
        naive.ended.retain(|&(at, _)| now - at <= WINDOW);
        let failed = random.below(100) < bad;
        let answer = rig.ask(if failed { Ask::Fail } else { Ask::Answer });
        assert_eq!(
            answer.is_err(),
            failed,
            "a closed circuit lets every call through"
        );
        naive.ended.push_back((now, failed));
        // Only a failure is looked at.
        let verdict = if failed {
            naive.verdict(now)
        } else {
            Some(false)
        };
        let open = rig.state() == CircuitState::Open;
        match verdict {
            Some(trips) => assert_eq!(open, trips, "at {now:?} of {:?}", naive.ended),
            None => unsure += 1,
        }
        if open {
            opened += 1;
            let rest = rig.rejected().unwrap();
            assert!((OPEN_FOR..OPEN_FOR + SLOT).contains(&rest), "{rest:?}");
            rig.clock.advance(rest - NANO);
            assert_eq!(rig.rejected(), Some(NANO));
            rig.clock.advance(NANO);
            now += rest;
            assert_eq!(rig.ask(Ask::Answer), Ok(()));
            assert_eq!(rig.state(), CircuitState::Closed);
            naive.ended.clear();
        } else {
            stayed += 1;
        }
    }
    assert!(opened > 500 && stayed > 20_000, "{opened} of {stayed}");
    assert!(unsure < 5_000, "{unsure} could be either");
}
