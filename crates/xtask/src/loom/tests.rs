use super::{Depth, truncated_by};

#[test]
fn a_truncating_bound_is_refused_by_name() {
    assert_eq!(
        truncated_by(|name| name == "LOOM_MAX_DURATION"),
        Some("LOOM_MAX_DURATION")
    );
    assert_eq!(
        truncated_by(|name| name == "LOOM_MAX_PERMUTATIONS"),
        Some("LOOM_MAX_PERMUTATIONS")
    );
}

#[test]
fn other_bounds_are_no_reason_to_refuse() {
    assert_eq!(truncated_by(|name| name == "LOOM_MAX_PREEMPTIONS"), None);
}

#[test]
fn deep_allows_one_more_preemption() {
    assert_eq!(
        (Depth::Usual.preemptions(), Depth::Deep.preemptions()),
        ("2", "3")
    );
}
