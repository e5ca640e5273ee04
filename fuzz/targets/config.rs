//! Any text as the settings of policies: see `tests/support/config.rs`.
#![no_main]

#[path = "../../tests/support/config.rs"]
mod config;

libfuzzer_sys::fuzz_target!(|text: &str| {
    config::run(text);
});
