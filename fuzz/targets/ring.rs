//! Any row of operations on a ring: see `crates/ninelives-core/tests/support/ring.rs`.
#![no_main]

#[path = "../../crates/ninelives-core/tests/support/ring.rs"]
mod ring;
#[path = "../../crates/ninelives-core/tests/support/tape.rs"]
mod tape;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ring::run(bytes));
