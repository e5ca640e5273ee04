//! Any row of operations on one breaker: see `crates/ninelives-core/tests/support/breaker.rs`.
#![no_main]

#[path = "../../crates/ninelives-core/tests/support/breaker.rs"]
mod breaker;
#[path = "../../crates/ninelives-core/tests/support/tape.rs"]
mod tape;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| breaker::run(bytes));
