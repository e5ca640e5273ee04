//! Owners on real threads, where the fence that a call lacks is made up for by the system.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::{hint, thread};

use super::super::{Lease, Threads, Weighted};
use super::{Kept, unit_of};

/// An interpreter takes fewer.
const ROUNDS: u64 = if cfg!(miri) { 30 } else { 20_000 };

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "there is no runtime whose threads it could block"
)]
fn an_owner_that_goes_elsewhere_while_its_units_come_home_leaves_nothing_behind() {
    let (sender, receiver) = mpsc::channel::<Weighted<Kept, Lease<Threads>>>();
    let steps = Arc::new(AtomicU64::new(0));
    let ahead = Arc::clone(&steps);
    let other = thread::spawn(move || {
        for weighted in receiver {
            ahead.fetch_add(1, Ordering::Release);
            drop(weighted);
            ahead.fetch_add(1, Ordering::Release);
        }
    });
    let wait = |step| {
        while steps.load(Ordering::Acquire) < step {
            hint::spin_loop();
        }
    };
    for round in 1..=ROUNDS {
        let (kept, dropped) = Kept::new();
        let mut weighted = Weighted::with_way_back(kept);
        weighted.stock();
        let units = [(); 3].map(|()| unit_of(&mut weighted));
        sender.send(weighted).unwrap();
        wait(2 * round - 1);
        for unit in units {
            (0..round % 50).for_each(|_| hint::spin_loop());
            drop(unit);
        }
        wait(2 * round);
        assert_eq!(dropped.load(Ordering::Relaxed), 1, "round {round}");
    }
    drop(sender);
    other.join().unwrap();
}
