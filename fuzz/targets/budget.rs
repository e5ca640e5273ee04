//! Any row of operations on one budget: see `crates/ninelives-core/tests/support/budget.rs`.
#![no_main]

#[path = "../../crates/ninelives-core/tests/support/budget.rs"]
mod budget;
#[path = "../../crates/ninelives-core/tests/support/tape.rs"]
mod tape;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| budget::run(bytes));
