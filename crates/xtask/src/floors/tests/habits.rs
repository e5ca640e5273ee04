use super::super::mod_rs;
use super::{CLEAN, found};

const CORE: &str = "crates/ninelives-core/src";

#[test]
fn orderings_stand_in_cells_slots_and_the_sync_door() {
    let source = "use crate::sync::{AtomicU64, Ordering};\nfn f(a: &AtomicU64) -> u64 {\n    a.load(Ordering::Relaxed)\n}\n";
    assert_eq!(found(&format!("{CORE}/breaker/cell.rs"), source), CLEAN);
    assert_eq!(found(&format!("{CORE}/ring/slot.rs"), source), CLEAN);
    assert_eq!(
        found(
            &format!("{CORE}/sync.rs"),
            "pub use portable_atomic::Ordering;\n"
        ),
        CLEAN
    );
    assert_eq!(
        found(&format!("{CORE}/breaker/step.rs"), source),
        [("orderings", 1), ("orderings", 3)]
    );
    assert_eq!(found(&format!("{CORE}/breaker/tests.rs"), source), CLEAN);
}

#[test]
fn an_ordering_in_a_layer_is_a_breach_even_in_a_cell() {
    let source = "fn f(a: &A) {\n    a.0.load(core::sync::atomic::Ordering::SeqCst);\n}\n";
    assert_eq!(found("src/name.rs", source), [("orderings", 2)]);
    assert_eq!(found("src/name/cell.rs", source), [("orderings", 2)]);
}

#[test]
fn the_ordering_of_comparisons_is_free() {
    let source = "use core::cmp::Ordering;\nfn f(a: u8) -> Ordering {\n    match a.cmp(&1) {\n        Ordering::Less => Ordering::Equal,\n        o => o,\n    }\n}\n";
    assert_eq!(found("src/name.rs", source), CLEAN);
    assert_eq!(
        found("src/name.rs", "fn f(a: std::cmp::Ordering) {}\n"),
        CLEAN
    );
    assert_eq!(
        found(
            "src/name.rs",
            "use core::cmp::Ordering;\nconst X: u8 = Ordering::Relaxed as u8;\n"
        ),
        [("orderings", 2)]
    );
}

#[test]
fn one_page_says_unsafe() {
    let page = format!("{CORE}/weighted/cell.rs");
    assert_eq!(found(&page, "unsafe impl Send for X {}\n"), CLEAN);
    let page = format!("{CORE}/weighted.rs");
    let breach = [("unsafe", 1)];
    assert_eq!(found(&page, "unsafe impl Send for X {}\n"), breach);
    assert_eq!(
        found("src/clock.rs", "fn f() {\n    unsafe { g() }\n}\n"),
        [("unsafe", 2)]
    );
    assert_eq!(
        found(
            &format!("{CORE}/time/tests.rs"),
            "unsafe impl Send for X {}\n"
        ),
        [("unsafe", 1)]
    );
    assert_eq!(
        found("crates/xtask/src/ci.rs", "unsafe fn f() {}\n"),
        [("unsafe", 1)]
    );
    assert_eq!(
        found(
            "src/clock.rs",
            "#![forbid(unsafe_code)] // unsafe\nconst S: &str = \"unsafe\";\n"
        ),
        CLEAN
    );
}

#[test]
fn tokio_time_stands_in_the_timer() {
    let source = "use tokio::{sync::oneshot, time::Sleep};\n";
    assert_eq!(found("src/timer.rs", source), CLEAN);
    assert_eq!(found("src/timer/tokio.rs", source), CLEAN);
    assert_eq!(found("src/timeout/future.rs", source), [("waiting", 1)]);
    assert_eq!(
        found(
            "src/timeout/future.rs",
            "fn f() {\n    ::tokio::time::sleep(d);\n}\n"
        ),
        [("waiting", 2)]
    );
    assert_eq!(found("src/timeout/tests.rs", source), CLEAN);
}

#[test]
fn a_boxed_future_in_a_layer_needs_its_reason_on_the_line() {
    let boxed = "fn f() {\n    Box::pin(g());\n}\n";
    assert_eq!(found("src/retry/future.rs", boxed), [("boxes", 2)]);
    assert_eq!(found("src/algebra/fallback.rs", boxed), [("boxes", 2)]);
    assert_eq!(found("src/clock.rs", boxed), CLEAN);
    assert_eq!(
        found(
            "src/retry/future.rs",
            "fn f() {\n    Box::pin(g()); // boxed: once per policy, at build\n}\n"
        ),
        CLEAN
    );
    assert_eq!(
        found(
            "src/retry/future.rs",
            "fn f() {\n    Box::pin(g()); // boxed:\n}\n"
        ),
        [("boxes", 2)]
    );
}

#[test]
fn a_dyn_future_is_a_box_however_it_is_spelled() {
    assert_eq!(
        found(
            "src/retry.rs",
            "type F = Pin<Box<dyn Future<Output = ()>>>;\n"
        ),
        [("boxes", 1)]
    );
    assert_eq!(
        found(
            "src/retry.rs",
            "type F = Box<dyn core::future::Future<Output = ()>>;\n"
        ),
        [("boxes", 1)]
    );
    assert_eq!(
        found("src/retry.rs", "type F = Box<dyn Fn(&str) -> bool>;\n"),
        CLEAN
    );
}

#[test]
fn no_file_is_called_mod_rs() {
    assert_eq!(
        mod_rs("src/retry/mod.rs").map(|breach| breach.rule),
        Some("mod.rs")
    );
    assert_eq!(mod_rs("src/retry/model.rs"), None);
    assert_eq!(mod_rs("src/retry_mod.rs"), None);
}
