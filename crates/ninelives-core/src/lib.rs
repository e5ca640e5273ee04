#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;
#[cfg(any(test, feature = "membarrier"))]
extern crate std;

pub mod backoff;
pub mod bell;
pub mod bits;
pub mod breaker;
pub mod budget;
pub mod decision;
pub mod event;
pub mod generation;
pub mod jitter;
pub mod limit;
pub mod meter;
pub mod occupancy;
pub mod ring;
pub mod rng;
pub mod semaphore;
pub mod sequence;
pub mod sync;
pub mod tally;
pub mod tenancy;
pub mod time;
pub mod weighted;
pub mod wheel;
pub mod window;
