//! The machines against their oracles, on the operations that the fuzz targets take too; the seeds of those targets first.
//!
//! A failure prints the shortest row of bytes that shows it: kept as a file under `fuzz/seeds`, it is tried from then on.

#![allow(missing_docs)]

#[path = "support/breaker.rs"]
mod breaker;
#[path = "support/budget.rs"]
mod budget;
#[path = "support/ring.rs"]
mod ring;
#[path = "support/semaphore.rs"]
mod semaphore;
#[path = "support/tape.rs"]
mod tape;
#[path = "support/window.rs"]
mod window;

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

fn seeds(target: &str, run: fn(&[u8])) {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut count = 0;
    for entry in fs::read_dir(seeds.join(target)).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        run(&fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count > 0, "no seeds of {target}");
}

#[test]
fn breaker_seeds_hold() {
    seeds("breaker", breaker::run);
}

#[test]
fn budget_seeds_hold() {
    seeds("budget", budget::run);
}

#[test]
fn ring_seeds_hold() {
    seeds("ring", ring::run);
}

#[test]
fn semaphore_seeds_hold() {
    seeds("semaphore", semaphore::run);
}

#[test]
fn window_seeds_hold() {
    seeds("window", window::run);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 2_000 },
        // Beside this page; and the seed of a failure is printed.
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_breaker_is_its_step_and_keeps_its_laws(bytes in vec(any::<u8>(), 0..360)) {
        breaker::run(&bytes);
    }

    #[test]
    fn the_budget_is_its_step_and_keeps_its_laws(bytes in vec(any::<u8>(), 0..360)) {
        budget::run(&bytes);
    }

    #[test]
    fn the_ring_is_a_list_and_counts_what_is_lost(bytes in vec(any::<u8>(), 0..360)) {
        ring::run(&bytes);
    }

    #[test]
    fn the_semaphore_is_its_model_and_keeps_its_laws(bytes in vec(any::<u8>(), 0..360)) {
        semaphore::run(&bytes);
    }

    #[test]
    fn the_windows_are_what_their_lists_say(bytes in vec(any::<u8>(), 0..600)) {
        window::run(&bytes);
    }
}
