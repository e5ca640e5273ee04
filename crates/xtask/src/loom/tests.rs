use super::{Depth, mutants, table, truncated_by};
use crate::workspace::Workspace;

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

/// A change of the core that moves a place, or of a model's name, is told before the models are built.
#[test]
fn every_mistake_has_its_place_in_the_core_and_its_rows_in_the_table() {
    let workspace = Workspace::here();
    let mutants = mutants::parse(&workspace.read(mutants::PAGE).unwrap()).unwrap();
    let rows = table::parse(&workspace.read(table::PAGE).unwrap()).unwrap();
    assert_eq!(table::killers(&rows, &mutants), Vec::<String>::new());
    let pages = mutants::copy::planted(&workspace, &mutants).unwrap();
    assert!(pages.len() > 20, "{} pages", pages.len());
    for (page, text) in pages {
        assert!(text.contains("crate::planted::is("), "{page}");
    }
}
