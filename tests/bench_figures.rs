//! The arithmetic that the comparing benchmarks rest on: balanced orders, quantiles, intervals.
#![allow(missing_docs)]

#[path = "../benches/support/paired.rs"]
mod paired;
#[path = "../benches/support/quantiles.rs"]
mod quantiles;

use paired::{Interval, Orders, Random, SEED, median, of_median};
use quantiles::{Latencies, above};

#[test]
fn over_a_cycle_each_subject_has_each_place_and_each_neighbour_equally_often() {
    for subjects in 2..=9 {
        let orders = Orders::of(subjects);
        let mut places = vec![vec![0; subjects]; subjects];
        let mut behind = vec![vec![0; subjects]; subjects];
        for round in 0..orders.cycle() {
            let order = orders.round(round);
            for (place, &subject) in order.iter().enumerate() {
                places[subject][place] += 1;
            }
            for pair in order.windows(2) {
                behind[pair[1]][pair[0]] += 1;
            }
        }
        let times = orders.cycle() / subjects;
        assert!(places.iter().flatten().all(|&n| n == times), "{places:?}");
        for (subject, row) in behind.iter().enumerate() {
            let others = row
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != subject);
            assert!(others.map(|(_, n)| n).all(|&n| n == times), "{behind:?}");
        }
    }
}

#[test]
fn one_subject_has_every_turn() {
    assert_eq!(Orders::of(1).round(7), [0]);
}

#[test]
fn an_interval_holds_the_estimate_and_repeats() {
    let mut random = Random::new(SEED);
    let values: Vec<f64> = (0..301).map(|_| random.below(1_000) as f64).collect();
    let interval = of_median(&values);
    assert_eq!(interval.middle, median(&values), "seed {SEED}");
    assert!(interval.low < interval.middle && interval.middle < interval.high);
    assert_eq!(of_median(&values), interval);
    let same = of_median(&[3.0; 50]);
    assert_eq!((same.low, same.middle, same.high), (3.0, 3.0, 3.0));
}

#[test]
fn more_values_make_a_narrower_interval() {
    let width = |count: usize| {
        let mut random = Random::new(SEED);
        let values: Vec<f64> = (0..count).map(|_| random.below(1_000) as f64).collect();
        let Interval { low, high, .. } = of_median(&values);
        high - low
    };
    assert!(width(1_600) < width(100), "seed {SEED}");
}

#[test]
fn a_quantile_is_the_latency_that_its_share_is_not_above() {
    let rounds: Vec<Vec<u32>> = (0..10)
        .map(|r| (r * 10 + 1..=r * 10 + 10).collect())
        .collect();
    let latencies = Latencies::of(&rounds);
    assert_eq!(latencies.quantile(0.5, &[1; 10]), 50.0);
    assert_eq!(latencies.quantile(0.99, &[1; 10]), 99.0);
    let mut last_only = [0; 10];
    last_only[9] = 10;
    assert_eq!(latencies.quantile(0.5, &last_only), 95.0);
}

#[test]
fn what_rounds_have_in_common_cancels() {
    // Every round has a speed of its own, a hundred times what the subject adds to it.
    let mut random = Random::new(SEED);
    let bare: Vec<Vec<u32>> = (0..200)
        .map(|_| {
            let speed = 100_000 + random.below(100_000);
            (0..16).map(|n| (speed + n) as u32).collect()
        })
        .collect();
    let slower = |by: u32| -> Vec<Vec<u32>> {
        let add = |round: &Vec<u32>| round.iter().map(|ns| ns + ns / by).collect();
        bare.iter().map(add).collect()
    };
    let bare = Latencies::of(&bare);
    let [p50, p99] = above(&bare, &Latencies::of(&slower(100)), 200, &[0.5, 0.99])[..] else {
        panic!("one interval for each share");
    };
    for interval in [p50, p99] {
        assert!(
            (interval.low - 0.01).abs() < 1e-4,
            "{interval:?}, seed {SEED}"
        );
        assert!(
            (interval.high - 0.01).abs() < 1e-4,
            "{interval:?}, seed {SEED}"
        );
    }
}

#[test]
fn what_rounds_have_not_in_common_widens_the_interval() {
    let mut random = Random::new(SEED);
    let mut noisy = || -> Vec<Vec<u32>> {
        let mut round = |_| {
            (0..16)
                .map(|_| 1_000 + random.below(1_000) as u32)
                .collect()
        };
        (0..200).map(&mut round).collect()
    };
    let (bare, subject) = (Latencies::of(&noisy()), Latencies::of(&noisy()));
    let p50 = above(&bare, &subject, 200, &[0.5])[0];
    assert!(p50.low < 0.0 && 0.0 < p50.high, "{p50:?}, seed {SEED}");
    assert!(p50.high - p50.low > 0.01, "{p50:?}, seed {SEED}");
}
