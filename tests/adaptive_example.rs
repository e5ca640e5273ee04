//! The example `adaptive`: what it shows has happened, and happens again.
#![allow(missing_docs)]

#[path = "../examples/adaptive/picture.rs"]
mod picture;
#[path = "../examples/adaptive/simulation.rs"]
mod simulation;

use simulation::{Run, run};

#[test]
fn the_bulkhead_grows_under_load_and_shrinks_after_it() {
    let Run {
        first_limit,
        moments,
        changes,
        ..
    } = run(42).unwrap();
    let largest = changes.iter().map(|change| change.limit).max().unwrap();
    let last = changes.last().unwrap().limit;
    assert!(largest >= 6 * first_limit, "{first_limit} to {largest}");
    assert!(last <= 2 * first_limit, "back to {last}");
    for moment in &moments {
        let largest = moment.limit.max(largest) as f64;
        assert!(moment.in_flight <= largest, "{moment:?}");
    }
    assert!(changes.is_sorted_by(|one, next| one.version < next.version && one.at <= next.at));
}

#[test]
fn every_call_is_accounted_for_whatever_the_seed() {
    for seed in 0..8 {
        let run = run(seed).unwrap();
        assert!(run.is_accounted_for(), "seed {seed}: {:?}", run.totals());
        let [offered, answered, _] = run.totals();
        assert!(
            offered > 7_000 && answered * 10 > offered * 9,
            "seed {seed}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_picture() {
    let (one, other) = (run(7).unwrap(), run(7).unwrap());
    assert_eq!(one, other);
    assert_eq!(picture::svg(&one), picture::svg(&other));
    assert_ne!(one.moments, run(8).unwrap().moments);
}

#[test]
fn the_picture_shows_each_change_and_each_window() {
    let run = run(42).unwrap();
    let svg = picture::svg(&run);
    let count = |part: &str| svg.matches(part).count();
    assert_eq!(count("class=\"edge\""), run.changes.len());
    assert_eq!(count("class=\"answered\""), run.moments.len());
    assert_eq!((count("<svg "), count("</svg>"), count("NaN")), (1, 1, 0));
    assert_eq!(count("class=\"limit\""), 1);
}
