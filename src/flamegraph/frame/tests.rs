use std::path::{Path, PathBuf};

use super::{module, name, path};
use crate::flamegraph::sampler::Call;

fn named(symbol: &str) -> Option<String> {
    name(&Call {
        name: symbol.to_owned(),
        file: None,
    })
}

fn in_file(symbol: &str, file: &str) -> Option<String> {
    name(&Call {
        name: symbol.to_owned(),
        file: Some(PathBuf::from(file)),
    })
}

#[test]
fn a_method_belongs_to_its_type_and_a_drop_to_what_is_dropped() {
    for (frame, own) in [
        (
            "ninelives_core::semaphore::cell::Semaphore::try_acquire",
            "ninelives_core::semaphore::cell::Semaphore::try_acquire",
        ),
        (
            "<ninelives::timeout::future::TimeoutFuture<..> as core::future::future::Future>::poll",
            "ninelives::timeout::future::TimeoutFuture",
        ),
        (
            "core::ptr::drop_in_place<ninelives::bulkhead::permit::Permit>",
            "ninelives::bulkhead::permit::Permit",
        ),
        (
            "<&mut ninelives::retry::plan::Plan<..> as core::fmt::Debug>::fmt",
            "ninelives::retry::plan::Plan",
        ),
        (
            "<F as core::future::into_future::IntoFuture>::into_future",
            "core::future::into_future::IntoFuture",
        ),
        (
            "std::thread::local::LocalKey<T>::with",
            "std::thread::local::LocalKey",
        ),
        ("main", "main"),
        ("<", ""),
        ("", ""),
    ] {
        assert_eq!(path(frame), own, "{frame}");
    }
}

#[test]
fn arguments_of_arguments_are_left_out() {
    assert_eq!(
        named("<a::B<c::D<e::F>> as g::H<i::J>>::k").unwrap(),
        "<a::B<..> as g::H<..>>::k"
    );
    assert_eq!(named("a::b<c::D<e>>::f").unwrap(), "a::b<c::D<..>>::f");
    assert_eq!(named("a::b<fn() -> u8>::f").unwrap(), "a::b<fn() -> u8>::f");
}

#[test]
fn nothing_in_a_name_can_be_taken_for_the_folded_form() {
    let name = named("<[u8; 4] as a::B>::c\n").unwrap();
    assert_eq!(name, "<[u8, 4] as a::B>::c ");
}

#[test]
fn a_name_without_a_path_gets_that_of_its_page() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/src/timeout/future.rs");
    for (symbol, file, shown) in [
        (
            "poll<ninelives::bulkhead::X>",
            own,
            "ninelives::timeout::future::poll",
        ),
        (
            "block_on<f>",
            "/home/me/.cargo/registry/src/index/tokio-1.48.0/src/runtime/runtime.rs",
            "tokio::runtime::runtime::block_on",
        ),
        (
            "map",
            "/rustc/0123/library/core/src/option.rs",
            "core::option::map",
        ),
        ("main", "/home/me/my-app/src/main.rs", "my_app::main::main"),
        ("run", "/home/me/my-app/src/lib.rs", "my_app::run"),
        ("main", "main.rs", "main"),
        ("a::b", own, "a::b"),
        ("<a as b>::c", own, "<a as b>::c"),
    ] {
        assert_eq!(in_file(symbol, file).unwrap(), shown, "{symbol} in {file}");
    }
}

#[test]
fn a_page_outside_src_names_no_module() {
    assert_eq!(module(Path::new("/tmp/x.rs")), None);
    assert_eq!(module(Path::new("/a/src/x.c")), None);
}

#[test]
fn the_instrument_does_not_show() {
    for symbol in [
        "ninelives::flamegraph::apart::lane",
        "<ninelives::flamegraph::apart::Apart<F> as core::future::future::Future>::poll",
        "backtrace::backtrace::trace_unsynchronized",
        "<pprof::backtrace::backtrace_rs::Trace as pprof::backtrace::Trace>::trace",
    ] {
        assert_eq!(named(symbol), None, "{symbol}");
    }
    assert!(named("ninelives::flamegraph_of_mine").is_some());
}
