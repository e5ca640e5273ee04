use super::{share, targets};

const MANIFEST: &str =
    "[package]\nname = \"fuzz\"\n[[bin]]\nname = \"breaker\"\n[[bin]]\nname = \"line\"\n";

#[test]
fn every_binary_is_a_target() {
    assert_eq!(targets(MANIFEST, None).unwrap(), ["breaker", "line"]);
    assert!(
        targets("[package]\nname = \"fuzz\"\n", None)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn one_target_is_taken_by_name_and_an_unknown_one_refused() {
    assert_eq!(targets(MANIFEST, Some("line")).unwrap(), ["line"]);
    assert_eq!(
        targets(MANIFEST, Some("lime")).unwrap_err(),
        "no fuzz target `lime`; there are: breaker, line"
    );
}

#[test]
fn the_time_is_shared_and_never_endless() {
    assert_eq!((share(60, 4), share(3, 4), share(60, 0)), (15, 1, 60));
}
