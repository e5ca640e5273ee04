//! Where certain words may stand.

use super::table::House;
use super::tokens::Kind;
use super::{Breach, Sheet};

/// The values of the atomic `Ordering`.
const ATOMIC: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

/// The values of the other `Ordering`, that of comparisons.
const COMPARISON: [&str; 3] = ["Less", "Equal", "Greater"];

/// The floors whose futures are on the path of a request.
const UNBOXED: [&str; 2] = ["layers", "algebra"];

/// The mark that allows a box on its line, a reason after it.
const BOXED: &str = "// boxed:";

/// The one page with `unsafe`, and what carries it.
const UNSAFE: &str = "crates/ninelives-core/src/weighted/cell.rs";

/// No `unsafe` in the product, but on that page.
pub fn no_unsafe(sheet: &Sheet<'_>) -> Vec<Breach> {
    if sheet.page.path == UNSAFE {
        return Vec::new();
    }
    let words = sheet
        .tokens
        .iter()
        .filter(|token| token.word() == Some("unsafe"));
    words
        .map(|token| sheet.breach(token.line, "unsafe", "`unsafe` outside of its page"))
        .collect()
}

/// Atomic orderings are decided in a cell or a slot of the core, where the page explains their partners.
pub fn orderings(sheet: &Sheet<'_>) -> Vec<Breach> {
    const CORE: &str = "crates/ninelives-core/src/";
    let page = sheet.page;
    let allowed = page.path.starts_with(CORE) && ["cell.rs", "slot.rs"].contains(&page.name());
    if allowed || page.path.starts_with(&format!("{CORE}sync")) {
        return Vec::new();
    }
    let compares = sheet
        .paths
        .iter()
        .any(|path| path.contains(&["cmp", "Ordering"]));
    let atomic = |parts: &[String]| {
        let Some(at) = parts.iter().position(|part| part == "Ordering") else {
            return false;
        };
        let before = at.checked_sub(1).map(|before| parts[before].as_str());
        match parts.get(at + 1).map(String::as_str) {
            Some(value) if ATOMIC.contains(&value) => true,
            Some(value) if COMPARISON.contains(&value) => false,
            _ => before != Some("cmp") && !(before.is_none() && compares),
        }
    };
    let found = sheet.paths.iter().filter(|path| atomic(&path.parts));
    found
        .map(|path| {
            sheet.breach(
                path.line,
                "orderings",
                "an atomic `Ordering` outside a cell or a slot of the core",
            )
        })
        .collect()
}

/// Waiting is the timer's business.
pub fn waiting(sheet: &Sheet<'_>) -> Vec<Breach> {
    let path = &sheet.page.path;
    if path == "src/timer.rs" || path.starts_with("src/timer/") {
        return Vec::new();
    }
    let found = sheet
        .paths
        .iter()
        .filter(|path| path.starts_with(&["tokio", "time"]));
    found
        .map(|path| sheet.breach(path.line, "waiting", "`tokio::time` outside the timer"))
        .collect()
}

/// Futures on the path of a request are named, not boxed.
pub fn boxes(sheet: &Sheet<'_>) -> Vec<Breach> {
    let Some((house, parts)) = House::of(&sheet.page.path) else {
        return Vec::new();
    };
    let floor = parts.first().and_then(|module| house.floor(module));
    if !floor.is_some_and(|floor| UNBOXED.contains(&floor.name)) {
        return Vec::new();
    }
    let pinned = sheet
        .paths
        .iter()
        .filter(|path| path.contains(&["Box", "pin"]))
        .map(|path| (path.line, "`Box::pin`"));
    let found = pinned
        .chain(dyn_futures(sheet))
        .filter(|(line, _)| !has_reason(&sheet.page.source, *line));
    found
        .map(|(line, what)| {
            sheet.breach(
                line,
                "boxes",
                format!("{what} without a `{BOXED}` and its reason"),
            )
        })
        .collect()
}

/// The lines with a `dyn` whose bound ends in `Future`, however long its path.
fn dyn_futures<'a>(sheet: &'a Sheet<'_>) -> impl Iterator<Item = (usize, &'static str)> + 'a {
    let starts = sheet
        .tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.word() == Some("dyn"));
    starts.filter_map(|(at, token)| {
        let path = sheet.tokens[at + 1..]
            .iter()
            .take_while(|token| matches!(token.kind, Kind::Word(_) | Kind::Sep));
        (path.last()?.word() == Some("Future")).then_some((token.line, "`dyn Future`"))
    })
}

fn has_reason(source: &str, line: usize) -> bool {
    let text = source
        .lines()
        .nth(line - 1)
        .and_then(|text| text.split_once(BOXED));
    text.is_some_and(|(_, reason)| !reason.trim().is_empty())
}
