//! What the machines print of themselves: what a person needs who looks at one in a log.

#![allow(missing_docs)]

use std::fmt::Debug;
use std::num::NonZeroU64;
use std::task::Waker;
use std::time::Duration;

use core::num::NonZeroU32;
use ninelives_core::bell::{Alarm, Bell};
use ninelives_core::breaker::Breaker;
use ninelives_core::budget::{self, Budget, LimitsCell};
use ninelives_core::event::SharedInterest;
use ninelives_core::ring::{Producer, Ring};

use ninelives_core::semaphore::{Ask, Entry, Priority, Semaphore, Spot};
use ninelives_core::time::Tick;
use ninelives_core::wheel::{Wait, Wheel};
use ninelives_core::window::{CountWindow, Mark, Shape, Term, TimeWindow};

/// The text has each of these parts.
#[track_caller]
fn shows(value: &dyn Debug, parts: &[&str]) {
    let text = format!("{value:?}");
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn a_breaker_shows_its_state() {
    shows(&Breaker::new(), &["Breaker", "Closed"]);
    shows(&Breaker::disabled(), &["Breaker", "Disabled"]);
}

#[test]
fn a_semaphore_shows_what_is_out_and_what_waits() {
    let semaphore = Semaphore::with_line(2, 8).unwrap();
    assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
    shows(
        &semaphore,
        &[
            "used: 1",
            "limit: 2",
            "places: 0",
            "closed: false",
            "places: 8",
        ],
    );
}

#[test]
fn a_semaphore_shows_what_lies_in_its_stripes() {
    let semaphore = Semaphore::new(4).unwrap().striped_at_once(2);
    assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
    semaphore.release_to(|| Spot::at(1), 1);
    shows(
        &semaphore,
        &[
            "used: 1",
            "Phase { era: 1, swept: false }",
            "0: Stripe { since: 0, permits: 0, kept: false }",
            "1: Stripe { since: 1, permits: 1, kept: false }",
        ],
    );
    shows(&Semaphore::new(4).unwrap(), &["stripes: None"]);
}

#[test]
fn a_semaphore_shows_what_a_thread_keeps() {
    let semaphore = Semaphore::new(4).unwrap().striped_at_once(1);
    let semaphore = semaphore.kept_by_threads(0, || true);
    let here = || Spot::at(0).on(1);
    let three = Ask::new(NonZeroU32::MIN.saturating_add(2), Priority::Normal);
    assert!(matches!(
        semaphore.try_acquire_many(three),
        Entry::Acquired { .. }
    ));
    (0..3).for_each(|_| semaphore.release_to(here, 1));
    shows(
        &semaphore,
        &["used: 3", "0: Stripe { since: 1, permits: 3, kept: true }"],
    );
}

#[test]
fn a_budget_shows_its_tokens_and_limits_theirs() {
    let limits = budget::Limits::new(0.5, 10.0, 100).unwrap();
    shows(&Budget::new(&limits), &["Budget", "Word"]);
    shows(&LimitsCell::new(&limits), &["LimitsCell(Limits"]);
}

#[test]
fn windows_show_how_they_are_cut() {
    let time = TimeWindow::new(Shape::new(Duration::from_secs(1), 10, 1).unwrap());
    shows(&time, &["TimeWindow", "Shape", "slots: 10"]);
    shows(&time.lane(0).unwrap(), &["Lane"]);
    let entry = time.enter(0, Term::new(1), Tick::ZERO, || true);
    shows(&entry, &["Entry", "lap 0#1"]);
    time.leave(entry);
    for size in [10, 100] {
        let count = CountWindow::new(size).unwrap();
        count.record(Term::new(1), Mark::FAILURE, || true);
        shows(&count, &["CountWindow", &size.to_string()]);
    }
}

#[test]
fn a_ring_shows_its_head_and_whose_it_is() {
    let ring = Ring::<2>::starting_at(4, 7).unwrap();
    shows(&ring, &["capacity: 4", "head: 7", "owned: false"]);
    let producer = Producer::attach(&ring).unwrap();
    shows(&producer, &["Producer", "next: 7"]);
    shows(&ring, &["owned: true"]);
    drop(producer);
    assert!(!ring.is_owned());
}

#[test]
fn a_wheel_shows_its_pace_and_a_wait_its_phase() {
    let wheel = Wheel::new();
    assert!(wheel.open(NonZeroU64::MIN));
    let until = Wait::Until(Tick::from_nanos(5));
    let entry = wheel.arm(until, 0, || 0, Waker::noop()).unwrap();
    shows(&wheel, &["Wheel", "pace: Precise", "waiting: 1"]);
    shows(&entry, &["Entry", "Until"]);
    entry.leave();
    shows(&wheel, &["waiting: 0"]);
}

#[test]
fn bells_alarms_and_interests_show_themselves() {
    shows(&Bell::new(), &["Bell"]);
    shows(&Alarm::new(), &["Alarm"]);
    shows(&SharedInterest::new(), &["Interest"]);
}
