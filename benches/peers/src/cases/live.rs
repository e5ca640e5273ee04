//! A value that may change while it is read: one read, with nobody changing it.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use arc_swap::ArcSwap;
use ninelives::prelude as ours;

use super::{FLOOR, OURS, case};
use crate::subject::{Case, Subject};

pub(super) fn cases() -> Vec<Case> {
    let live = ours::Adaptive::new(7_u64);
    let mut cache = live.cache();
    let swapped = Arc::new(ArcSwap::from_pointee(7_u64));
    let mut cached = arc_swap::Cache::new(Arc::clone(&swapped));
    let locked = RwLock::new(7_u64);
    let word = AtomicU64::new(7);
    let subjects = vec![
        read(OURS, move || *black_box(&mut cache).load()),
        read("ninelives (`get`)", move || *black_box(&live).get()),
        read("arc-swap (`Cache`)", move || {
            **black_box(&mut cached).load()
        }),
        read("arc-swap (`load`)", move || **black_box(&swapped).load()),
        read("std (`RwLock`)", move || {
            *black_box(&locked).read().unwrap()
        }),
        read(FLOOR, move || black_box(&word).load(Ordering::Acquire)),
    ];
    vec![case("a live value, read", true, subjects)]
}

fn read(peer: &'static str, mut once: impl FnMut() -> u64 + 'static) -> Subject {
    assert_eq!(once(), 7, "{peer}");
    Subject::work(peer, move || {
        black_box(once());
    })
}
