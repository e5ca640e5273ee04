use super::{Lines, PACKAGES, Pages, judge};
use crate::outcome::Outcome;

const REPORT: &str = "\
SF:/w/src/lib.rs
DA:1,3
DA:2,0
LF:2
end_of_record
SF:/w/src/retry/tests.rs
DA:1,0
end_of_record
SF:/w/crates/ninelives-core/src/bits.rs
DA:7,1
end_of_record
SF:/elsewhere/src/lib.rs
DA:1,0
end_of_record
";

#[test]
fn lines_are_counted_by_package_and_tests_are_left_out() {
    let lines = PACKAGES.map(|package| Pages::read(REPORT, "/w/", package).sum());
    let of = |all, reached| Lines { all, reached };
    assert_eq!(lines, [of(1, 1), of(2, 1)]);
}

#[test]
fn the_worst_pages_are_named() {
    let text = Pages::read(REPORT, "/w/", "src/").to_string();
    assert_eq!(
        text,
        "src/ 50.00 % of 2 lines, 1\n     1 not reached,  50.00 %  src/lib.rs\n"
    );
}

#[test]
fn too_little_fails_only_where_it_is_asked() {
    assert_eq!(judge(REPORT, "/w/", false), Outcome::Passed);
    let failed = Outcome::failed("below 95 %: src/");
    assert_eq!(judge(REPORT, "/w/", true), failed);
}

#[test]
fn a_report_of_nothing_passes_no_gate() {
    let failed = Outcome::failed("below 95 %: crates/ninelives-core/src/, src/");
    assert_eq!(judge("", "/w/", true), failed);
}
