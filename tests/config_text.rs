//! Text that is to be settings: the seeds of the fuzz target `config`, and texts that are made up.
#![allow(missing_docs)]

#[path = "support/config.rs"]
mod config;

use std::fs;

use proptest::prelude::*;
use proptest::sample::select;

/// A policy, and names that are its parameters, or not.
const NAMES: &[(&str, &[&str])] = &[
    ("t", &["timeout", "covers_readiness", "nothing"]),
    (
        "b",
        &[
            "failure_threshold",
            "recovery_timeout",
            "recovery_timeout_max",
            "recovery_growth",
            "recovery_jitter",
            "half_open_max_calls",
            "half_open_successes",
            "probe_lease",
            "metrics_only",
            "ramp",
            "ramp_stage",
            "ramp_minimum",
            "ramp_failure_ratio",
            "disabled",
        ],
    ),
    ("q", &["max_concurrent", "max_waiting", "max_wait", "limit"]),
    (
        "r",
        &[
            "max_attempts",
            "backoff",
            "backoff_base",
            "backoff_factor",
            "backoff_max",
            "jitter",
            "jitter_base",
            "jitter_max",
            "max_duration",
        ],
    ),
    ("nobody", &["timeout"]),
    ("'a.b'", &["timeout"]),
];
const VALUES: &[&str] = &[
    "0",
    "1",
    "3",
    "-1",
    "0.5",
    "1.0",
    "1e400",
    "nan",
    "inf",
    "4096",
    "18446744073709551615",
    "18446744073709551616",
    "true",
    "false",
    "\"none\"",
    "\"forever\"",
    "\"250ms\"",
    "\"1h 30m\"",
    "\"1.5s\"",
    "\"-1s\"",
    "\"99999999999999999999d\"",
    "\"\"",
    "\"linear\"",
    "\"full\"",
    "[]",
    "{}",
    "[1]",
    "'''",
    "1979-05-27",
    "null",
];

#[test]
fn config_seeds_hold() {
    let (mut count, mut taken) = (0, 0);
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/config")).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        taken += config::run(&fs::read_to_string(&path).unwrap());
        count += 1;
    }
    assert!(
        taken > 0 && taken < count,
        "some seeds change something, some are refused: {taken} of {count}"
    );
}

fn line() -> impl Strategy<Value = (&'static str, &'static str, &'static str)> {
    let name = select(NAMES).prop_flat_map(|(policy, names)| (Just(policy), select(names)));
    (name, select(VALUES)).prop_map(|((policy, name), value)| (policy, name, value))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn g03_no_text_half_applies(lines in proptest::collection::vec(line(), 0..5)) {
        let toml: String = lines.iter().map(|(policy, name, value)| format!("policies.{policy}.{name} = {value}\n")).collect();
        config::run(&toml);
        let members: Vec<_> = lines.iter().map(|(policy, name, value)| format!("{policy:?}:{{{name:?}:{value}}}")).collect();
        config::run(&format!("{{\"policies\":{{{}}}}}", members.join(",")));
    }

    #[test]
    fn g03_no_text_is_a_panic(text in ".{0,80}") {
        config::run(&text);
    }
}
