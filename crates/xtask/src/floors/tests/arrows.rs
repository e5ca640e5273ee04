use super::{CLEAN, breaches, found};

#[test]
fn a_layer_may_import_the_base_and_its_own_rooms() {
    let source = "use crate::{clock::Clock, error::ResilienceError, lift::{self, Lift}};\nuse super::layer::RetryLayer;\nuse crate::retry::classify;\nuse ninelives_core::breaker;\n";
    assert_eq!(found("src/retry/service.rs", source), CLEAN);
}

#[test]
fn a_layer_may_not_import_its_neighbour() {
    let found = breaches(
        "src/retry/service.rs",
        "use crate::clock::Clock;\nuse crate::timeout::TimeoutLayer;\n",
    );
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["src/retry/service.rs:2: arrows: `retry` imports its neighbour `timeout`"]
    );
}

#[test]
fn a_group_hides_no_arrow() {
    let source =
        "use crate::{\n    clock::Clock,\n    telemetry::{LogSink, NullSink as Nothing},\n};\n";
    assert_eq!(
        found("src/timeout.rs", source),
        [("arrows", 3), ("arrows", 3)]
    );
}

#[test]
fn an_expression_is_an_arrow_too() {
    assert_eq!(
        found(
            "src/timeout.rs",
            "fn f() {\n    crate::telemetry::emit(1);\n}\n"
        ),
        [("arrows", 2)]
    );
}

#[test]
fn climbing_to_the_root_is_an_arrow_too() {
    assert_eq!(
        found("src/retry.rs", "use super::timeout::X;\n"),
        [("arrows", 1)]
    );
    assert_eq!(
        found("src/retry/layer.rs", "use super::super::timeout::X;\n"),
        [("arrows", 1)]
    );
    assert_eq!(
        found("src/retry/layer.rs", "use super::timeout::X;\n"),
        CLEAN
    );
}

#[test]
fn an_inline_module_is_one_step_of_the_climb() {
    assert_eq!(
        found(
            "src/retry.rs",
            "mod inner {\n    use super::timeout::X;\n}\n"
        ),
        CLEAN
    );
    assert_eq!(
        found(
            "src/retry.rs",
            "mod inner {\n    use super::super::timeout::X;\n}\n"
        ),
        [("arrows", 2)]
    );
    assert_eq!(
        found("src/retry.rs", "mod inner {}\nuse super::timeout::X;\n"),
        [("arrows", 2)]
    );
}

#[test]
fn algebra_and_sinks_name_no_layer_and_not_each_other() {
    assert_eq!(
        found("src/algebra/fallback.rs", "use crate::retry::RetryLayer;\n"),
        [("arrows", 1)]
    );
    assert_eq!(
        found("src/algebra.rs", "use crate::telemetry::LogSink;\n"),
        [("arrows", 1)]
    );
    assert_eq!(
        found("src/telemetry/log.rs", "use crate::algebra::Policy;\n"),
        [("arrows", 1)]
    );
    assert_eq!(found("src/algebra.rs", "use crate::lift::Lift;\n"), CLEAN);
}

#[test]
fn the_base_does_not_look_up() {
    assert_eq!(
        found("src/clock.rs", "use crate::timeout::TimeoutLayer;\n"),
        [("arrows", 1)]
    );
    assert_eq!(found("src/timer.rs", "use crate::clock::Clock;\n"), CLEAN);
}

#[test]
fn a_machine_sees_words_and_no_machine() {
    let core = "crates/ninelives-core/src";
    let words = "use crate::{bits::Field, limit::OutOfRange, sync::AtomicU64, time::Tick};\n";
    assert_eq!(found(&format!("{core}/breaker/step.rs"), words), CLEAN);
    assert_eq!(
        found(
            &format!("{core}/breaker/step.rs"),
            "use crate::semaphore::Word;\n"
        ),
        [("arrows", 1)]
    );
    assert_eq!(
        found(&format!("{core}/time.rs"), "use crate::breaker::Word;\n"),
        [("arrows", 1)]
    );
}

#[test]
fn lib_and_prelude_name_everything() {
    assert_eq!(
        found(
            "src/lib.rs",
            "pub use crate::retry::RetryLayer;\npub use self::timeout::X;\n"
        ),
        CLEAN
    );
    assert_eq!(
        found(
            "src/prelude.rs",
            "pub use crate::{retry::RetryLayer, telemetry::LogSink, Policy};\n"
        ),
        CLEAN
    );
}

#[test]
fn the_root_is_no_way_round() {
    assert_eq!(
        found("src/retry.rs", "use crate::TimeoutLayer;\n"),
        [("arrows", 1)]
    );
    assert_eq!(found("src/retry.rs", "use crate::*;\n"), [("arrows", 1)]);
    assert_eq!(found("src/retry.rs", "use super::*;\n"), [("arrows", 1)]);
    assert_eq!(
        found("src/retry.rs", "use crate::prelude::Policy;\n"),
        [("arrows", 1)]
    );
}

#[test]
fn a_module_without_a_floor_is_named() {
    let found = breaches("src/helpers.rs", "");
    assert!(
        found[0].text.contains("no floor has a module `helpers`"),
        "{found:?}"
    );
}

#[test]
fn tests_and_other_packages_have_no_floors() {
    assert_eq!(
        found("src/retry/tests.rs", "use crate::timeout::TimeoutLayer;\n"),
        CLEAN
    );
    assert_eq!(
        found("crates/xtask/src/ci.rs", "use crate::anything::X;\n"),
        CLEAN
    );
}

#[test]
fn visibility_and_comments_are_no_arrows() {
    let source = "//! [`Timeout`](crate::timeout)\npub(crate) struct X; // crate::timeout::Y\nconst S: &str = \"crate::timeout\";\n";
    assert_eq!(found("src/retry.rs", source), CLEAN);
}

#[test]
fn an_exported_macro_stands_in_the_root() {
    assert_eq!(
        found(
            "src/algebra/precedence.rs",
            "macro_rules! policy {\n    () => { $crate::policy!(a) };\n}\n"
        ),
        CLEAN
    );
    assert_eq!(
        found(
            "src/algebra/precedence.rs",
            "fn f() -> bool {\n    crate::retry::matches!(a)\n}\n"
        ),
        [("arrows", 2)]
    );
}
