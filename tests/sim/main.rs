//! Deterministic simulation: many clients, policies and a misbehaving backend in virtual time, moved by one thread in an order that is drawn.
//!
//! One seed is one run. Every law is looked at after every step. A seed that fails prints itself; `NINELIVES_SEED=… cargo test --test sim`
//! runs it again, exactly, and shows its last steps. `NINELIVES_SEEDS=100000` runs so many seeds.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

mod backend;
#[path = "../support/drive.rs"]
mod drive;
mod gauge;
mod laws;
mod order;
mod stacks;
mod tally;
mod tasks;
mod trace;
#[path = "../support/values.rs"]
mod values;
mod world;

use std::panic;
use std::sync::Once;
use std::time::Duration;

use ninelives::emit::Kind;
use order::End;
use trace::Trace;
use world::{Breach, World};

/// The most that a limit is ever set to.
const MOST: u64 = 16;
const SEEDS: u64 = 2_000;
const STEPS: usize = 300;

/// Something that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// A call is forgotten with all that it holds.
    Outcome,
    /// A bulkhead has a permit more than it says.
    Limit,
    /// An attempt comes from nowhere.
    Attempt,
    /// A wake does not come.
    Wake,
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Runs a seed; the trace of what happened, with its lines if they are wanted.
fn run(seed: u64, plant: Option<Plant>, told: bool) -> (World, Result<(), Breach>) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<&str>() != Some(&backend::PANIC) {
                usual(info);
            }
        }));
    });
    let mut world = World::new(seed, plant, told);
    let found = world.run(seed, STEPS);
    (world, found)
}

fn traced(seed: u64, plant: Option<Plant>) -> (Trace, Result<(), Breach>) {
    let (world, found) = run(seed, plant, true);
    (world.trace.clone(), found)
}

/// What somebody asks for by this variable.
fn asked(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse().ok();
    Some(number.unwrap_or_else(|| panic!("{variable} is a whole number, not {text:?}")))
}

/// Runs it again for a reader, and fails with what it shows.
fn show(seed: u64) -> ! {
    let (trace, found) = traced(seed, None);
    match found {
        Err(breach) => panic!("{}\n{breach}", trace.end()),
        Ok(()) => panic!(
            "{}\nseed {seed} failed before and does not now",
            trace.end()
        ),
    }
}

#[test]
fn every_law_holds_after_every_step_of_every_seed() {
    if let Some(seed) = asked("NINELIVES_SEED") {
        let (trace, found) = traced(seed, None);
        println!("{}", trace.end());
        return found.unwrap_or_else(|breach| panic!("{breach}"));
    }
    let (mut ends, mut kinds) = ([0_u64; 7], [0_u64; Kind::ALL.len()]);
    for seed in 0..asked("NINELIVES_SEEDS").unwrap_or(0).max(SEEDS) {
        let (world, found) = run(seed, None, false);
        if found.is_err() {
            show(seed);
        }
        for (end, count) in ENDS.iter().zip(&mut ends) {
            *count += world.ends(*end);
        }
        for (kind, count) in Kind::ALL.iter().zip(&mut kinds) {
            *count += world.tally.of(*kind);
        }
    }
    // Laws of what never happens hold by themselves.
    for (end, count) in ENDS.iter().zip(ends) {
        assert!(count > SEEDS, "{end:?}: {count}");
    }
    for (kind, count) in Kind::ALL.iter().zip(kinds) {
        let rare = matches!(kind, Kind::ShadowDropped);
        assert!(rare || count > SEEDS / 10, "{kind:?}: {count}");
    }
}

const ENDS: [End; 7] = [
    End::Answered,
    End::Failed,
    End::Rejected,
    End::TimedOut,
    End::GaveUp,
    End::Cancelled,
    End::Panicked,
];

#[test]
fn a_seed_gives_the_same_trace_every_time_and_another_gives_another() {
    for seed in 0..40 {
        let (once, again) = (traced(seed, None), traced(seed, None));
        assert_eq!(once.1, again.1, "seed {seed}");
        assert_eq!(once.0.parting(&again.0), None, "seed {seed}");
        assert_ne!(
            once.0.digest(),
            traced(seed + 1, None).0.digest(),
            "seed {seed}"
        );
        let silent = run(seed, None, false).0;
        assert_eq!(
            silent.trace.digest(),
            once.0.digest(),
            "seed {seed}, untold"
        );
    }
}

#[test]
fn each_breakage_on_purpose_is_found_and_its_seed_finds_it_again() {
    let plants = [
        (Plant::Outcome, "calls that are over, and outcomes"),
        (Plant::Limit, "were inside of"),
        (Plant::Attempt, "attempts of"),
        (Plant::Wake, "nobody is woken"),
    ];
    for (plant, words) in plants {
        let mut found = (0..200).filter_map(|seed| run(seed, Some(plant), false).1.err());
        let breach = found.find(|breach| breach.what.contains(words));
        let breach = breach.unwrap_or_else(|| panic!("{plant:?} was not seen"));
        let (trace, again) = traced(breach.seed, Some(plant));
        assert_eq!(again, Err(breach.clone()), "{}", trace.end());
        let said = breach.to_string();
        assert!(
            said.ends_with(&format!("NINELIVES_SEED={} runs it again", breach.seed)),
            "{said}"
        );
    }
}
