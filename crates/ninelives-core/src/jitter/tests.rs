use core::time::Duration;
use std::collections::BTreeSet;
use std::string::ToString;
use std::vec::Vec;

use proptest::prelude::*;

use super::Jitter;
use crate::backoff::Backoff;
use crate::rng::SharedRng;

const fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

const fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

/// The middle of the range of random words.
const MIDDLE: u64 = 1 << 63;

fn decorrelated(base: Duration, max: Duration) -> Jitter {
    Jitter::decorrelated(base, max).expect("base below max")
}

#[test]
fn none_leaves_the_delay_alone() {
    for random in [0, MIDDLE, u64::MAX] {
        assert_eq!(Jitter::none().next(micros(900), None, random), micros(900));
        let longest = Jitter::none().next(Duration::MAX, None, random);
        assert_eq!(longest, Duration::MAX);
    }
}

#[test]
fn full_reaches_from_zero_to_the_delay() {
    let drawn = [0, MIDDLE, u64::MAX].map(|random| Jitter::full().next(nanos(9), None, random));
    assert_eq!(drawn, [0, 5, 9].map(nanos));
}

#[test]
fn the_longest_delay_there_is_can_be_halved_by_chance() {
    let drawn = Jitter::full().next(Duration::MAX, None, MIDDLE);
    assert_eq!(drawn, Duration::from_secs(1 << 63));
}

#[test]
fn equal_reaches_from_half_of_the_delay_to_all_of_it() {
    let drawn = [0, MIDDLE, u64::MAX].map(|random| Jitter::equal().next(nanos(9), None, random));
    assert_eq!(drawn, [4, 7, 9].map(nanos));
}

#[test]
fn decorrelated_reaches_from_the_base_to_three_times_the_previous() {
    let jitter = decorrelated(nanos(10), nanos(1_000));
    let first = [0, MIDDLE, u64::MAX].map(|random| jitter.next(Duration::MAX, None, random));
    assert_eq!(first, [10, 20, 30].map(nanos));
    let previous = Some(nanos(100));
    let then = [0, MIDDLE, u64::MAX].map(|random| jitter.next(Duration::ZERO, previous, random));
    assert_eq!(then, [10, 155, 300].map(nanos));
}

#[test]
fn decorrelated_stops_at_its_own_max() {
    let jitter = decorrelated(nanos(10), nanos(40));
    assert_eq!(jitter.next(nanos(1), Some(nanos(40)), u64::MAX), nanos(40));
    assert_eq!(
        jitter.next(nanos(1), Some(Duration::MAX), u64::MAX),
        nanos(40)
    );
    let flat = decorrelated(nanos(10), nanos(10));
    assert_eq!(flat.next(nanos(1), Some(nanos(10)), MIDDLE), nanos(10));
}

#[test]
fn decorrelated_takes_a_previous_delay_below_its_base() {
    let jitter = decorrelated(nanos(10), nanos(40));
    for random in [0, MIDDLE, u64::MAX] {
        assert_eq!(jitter.next(nanos(1), Some(nanos(2)), random), nanos(10));
    }
}

#[test]
fn r07_a_max_below_the_base_is_refused_by_name() {
    let error = Jitter::decorrelated(micros(10), micros(9)).unwrap_err();
    assert_eq!(error.to_string(), "max: 9µs is outside 10µs..=forever");
    assert!(Jitter::decorrelated(micros(10), micros(10)).is_ok());
}

#[test]
fn less_than_a_millisecond_is_not_rounded_to_nothing() {
    let rng = SharedRng::from_seed(9);
    let delay = micros(900);
    for jitter in [
        Jitter::full(),
        Jitter::equal(),
        decorrelated(delay, 10 * delay),
    ] {
        let drawn: BTreeSet<_> = (0..100)
            .map(|_| jitter.next(delay, None, rng.next()))
            .collect();
        assert!(
            drawn.len() > 90,
            "seed 9, {jitter:?}: {} delays",
            drawn.len()
        );
    }
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc65_delays_at_the_cap_stay_jittered() {
    let rng = SharedRng::from_seed(65);
    let cap = Duration::from_secs(30);
    let backoff = Backoff::exponential(micros(1)).with_max(cap).unwrap();
    for jitter in [Jitter::full(), Jitter::equal()] {
        let drawn: BTreeSet<_> = (0..1_000)
            .map(|_| jitter.next(backoff.delay(1_000_000), None, rng.next()))
            .collect();
        assert!(
            drawn.len() > 990,
            "seed 65, {jitter:?}: {} delays",
            drawn.len()
        );
        assert!(
            drawn.iter().all(|&delay| delay <= cap),
            "seed 65, {jitter:?}"
        );
    }
    let jitter = decorrelated(micros(1), cap);
    let drawn: BTreeSet<_> = (0..1_000)
        .map(|_| jitter.next(cap, Some(cap), rng.next()))
        .collect();
    assert!(
        drawn.len() > 250,
        "seed 65, {jitter:?}: {} delays",
        drawn.len()
    );
}

#[test]
fn hc97_requests_do_not_stretch_each_others_delays() {
    let jitter = decorrelated(micros(10), Duration::from_secs(1));
    let (mut alone, mut first) = (None, None);
    let rng = SharedRng::from_seed(97);
    let words: Vec<u64> = (0..10).map(|_| rng.next()).collect();
    let mut long = Some(Duration::from_secs(1));
    for &word in &words {
        alone = Some(jitter.next(micros(10), alone, word));
    }
    for &word in &words {
        first = Some(jitter.next(micros(10), first, word));
        long = Some(jitter.next(micros(10), long, !word));
    }
    assert_eq!(first, alone);
}

/// The mean of many draws as a share of `delay`, and the share of draws in each tenth of it.
fn spread(jitter: Jitter, delay: Duration, previous: Option<Duration>) -> (f64, [f64; 10]) {
    const DRAWS: u32 = 50_000;
    let rng = SharedRng::from_seed(2014);
    let (mut sum, mut tenths) = (0.0, [0.0; 10]);
    for _ in 0..DRAWS {
        let drawn = jitter.next(delay, previous, rng.next());
        let share = drawn.as_secs_f64() / delay.as_secs_f64();
        sum += share / f64::from(DRAWS);
        tenths[((share * 10.0) as usize).min(9)] += 1.0 / f64::from(DRAWS);
    }
    (sum, tenths)
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn full_jitter_is_uniform() {
    let (mean, tenths) = spread(Jitter::full(), Duration::from_secs(1), None);
    assert!((mean - 0.5).abs() < 0.005, "seed 2014: {mean}");
    for share in tenths {
        assert!((share - 0.1).abs() < 0.006, "seed 2014: {tenths:?}");
    }
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn equal_jitter_is_uniform_over_the_upper_half() {
    let (mean, tenths) = spread(Jitter::equal(), Duration::from_secs(1), None);
    assert!((mean - 0.75).abs() < 0.005, "seed 2014: {mean}");
    assert_eq!(tenths[..5], [0.0; 5], "seed 2014");
    for share in &tenths[5..] {
        assert!((share - 0.2).abs() < 0.008, "seed 2014: {tenths:?}");
    }
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn decorrelated_jitter_is_uniform_below_its_max() {
    let (base, max) = (Duration::ZERO, Duration::from_secs(60));
    let delay = Duration::from_secs(3);
    let jitter = decorrelated(base, max);
    let (mean, tenths) = spread(jitter, delay, Some(Duration::from_secs(1)));
    assert!((mean - 0.5).abs() < 0.005, "seed 2014: {mean}");
    for share in tenths {
        assert!((share - 0.1).abs() < 0.006, "seed 2014: {tenths:?}");
    }
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0u64..10_000_000_000).prop_map(Duration::from_nanos),
        any::<u64>().prop_map(Duration::from_nanos),
        (any::<u64>(), 0u32..1_000_000_000).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
        Just(Duration::ZERO),
        Just(Duration::MAX),
    ]
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hc66_r05_a_jittered_delay_is_never_above_the_cap(
        base in durations(),
        cap in durations(),
        kind in 0..3,
        attempt in any::<u32>(),
        random in any::<u64>(),
    ) {
        let (base, cap) = (base.min(cap), base.max(cap));
        let backoff = match kind {
            0 => Backoff::constant(base),
            1 => Backoff::linear(base),
            _ => Backoff::exponential(base),
        };
        let delay = backoff.with_max(cap).unwrap().delay(attempt);
        prop_assert_eq!(Jitter::none().next(delay, None, random), delay);
        prop_assert!(Jitter::full().next(delay, None, random) <= delay);
        let equal = Jitter::equal().next(delay, None, random);
        prop_assert!(equal >= delay / 2 && equal <= delay, "{equal:?}");
    }

    #[test]
    fn a_decorrelated_delay_is_between_its_base_and_its_max(
        base in durations(),
        max in durations(),
        delay in durations(),
        previous in prop::option::of(durations()),
        random in any::<u64>(),
    ) {
        let (base, max) = (base.min(max), base.max(max));
        let next = decorrelated(base, max).next(delay, previous, random);
        prop_assert!(next >= base && next <= max, "{next:?}");
    }

    #[test]
    fn both_ends_are_within_reach(delay in durations()) {
        prop_assert_eq!(Jitter::full().next(delay, None, 0), Duration::ZERO);
        prop_assert_eq!(Jitter::equal().next(delay, None, 0), delay / 2);
        if delay.as_nanos() < 1 << 64 {
            prop_assert_eq!(Jitter::full().next(delay, None, u64::MAX), delay);
            prop_assert_eq!(Jitter::equal().next(delay, None, u64::MAX), delay);
        }
    }
}
