//! Any row of operations on one window of each kind: see `crates/ninelives-core/tests/support/window.rs`.
#![no_main]

#[path = "../../crates/ninelives-core/tests/support/tape.rs"]
mod tape;
#[path = "../../crates/ninelives-core/tests/support/window.rs"]
mod window;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| window::run(bytes));
