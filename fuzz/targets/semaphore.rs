//! Any row of operations on one semaphore: see `crates/ninelives-core/tests/support/semaphore.rs`.
#![no_main]

#[path = "../../crates/ninelives-core/tests/support/semaphore.rs"]
mod semaphore;
#[path = "../../crates/ninelives-core/tests/support/tape.rs"]
mod tape;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| semaphore::run(bytes));
