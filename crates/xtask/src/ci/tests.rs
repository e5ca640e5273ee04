use super::{Options, STEPS, Step, run_steps};
use crate::outcome::Outcome;
use crate::workspace::Workspace;

const PASS: Step = Step {
    name: "pass",
    run: |_| Outcome::Passed,
};
const FALL_BACK: Step = Step {
    name: "fall",
    run: |_| Outcome::FellBack("no nightly".to_string()),
};
const SKIP: Step = Step {
    name: "skip",
    run: |_| Outcome::skipped("no valgrind"),
};
const SKIP_OPTIONAL: Step = Step {
    name: "maybe",
    run: |_| Outcome::optional("no targets"),
};
const FAIL: Step = Step {
    name: "fail",
    run: |_| Outcome::failed("exit 1"),
};

fn report(steps: &[Step], strict: bool, keep_going: bool) -> (String, bool) {
    let workspace = Workspace {
        strict,
        ..Workspace::here()
    };
    let report = run_steps(steps, &workspace, Options { keep_going });
    (report.to_string(), report.is_green())
}

#[test]
fn the_last_line_counts_passed_failed_and_skipped() {
    let (text, green) = report(&[PASS, FALL_BACK, SKIP_OPTIONAL, FAIL], false, true);
    assert!(
        text.ends_with("\n2 passed, 1 failed, 1 skipped\n"),
        "{text}"
    );
    assert!(!green);
}

#[test]
fn the_first_failure_ends_the_run_and_the_rest_is_not_called_passed() {
    let (text, green) = report(&[FAIL, PASS], false, false);
    assert!(text.contains("pass           not run"), "{text}");
    assert!(
        text.ends_with("\n0 passed, 1 failed, 1 skipped\n"),
        "{text}"
    );
    assert!(!green);
}

#[test]
fn keep_going_runs_the_rest() {
    let (text, green) = report(&[FAIL, PASS], false, true);
    assert!(
        text.ends_with("\n1 passed, 1 failed, 0 skipped\n"),
        "{text}"
    );
    assert!(!green);
}

#[test]
fn a_skip_says_why_and_is_fatal_only_in_a_strict_run() {
    let (text, green) = report(&[PASS, SKIP], false, false);
    assert!(
        text.contains("SKIPPED") && text.contains("no valgrind"),
        "{text}"
    );
    assert!(green);

    let (text, green) = report(&[PASS, SKIP], true, false);
    assert!(
        text.contains("a skipped step that is not optional fails the run"),
        "{text}"
    );
    assert!(!green);
}

#[test]
fn an_optional_skip_and_a_fall_back_are_green_in_a_strict_run() {
    let (text, green) = report(&[FALL_BACK, SKIP_OPTIONAL], true, false);
    assert!(
        text.contains("fell back") && text.contains("no nightly"),
        "{text}"
    );
    assert!(text.contains("no targets (optional)"), "{text}");
    assert!(green);
}

#[test]
fn ci_includes_the_tests() {
    assert!(STEPS.iter().any(|step| step.name == "test"));
}
