//! From what the debug information says to the name of a frame.

use std::path::Path;

use super::sampler::Call;

/// Where this package's pages lie when the program is built from a checkout, whose directory may have any name.
const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");

/// Modules whose frames are the instrument's own.
const INSTRUMENT: [&str; 3] = ["ninelives::flamegraph::apart", "backtrace::", "pprof::"];

/// The name of a frame: the path of its function, type arguments of type arguments left out. None for the instrument's own.
pub(super) fn name(call: &Call) -> Option<String> {
    let name = short(&call.name);
    let name = match &call.file {
        Some(file) if !has_path(&name) => match module(file) {
            Some(module) => format!("{module}::{}", bare(&name)),
            None => name,
        },
        _ => name,
    };
    let own = path(&name);
    INSTRUMENT
        .iter()
        .all(|instrument| !own.starts_with(instrument))
        .then_some(name)
}

/// The path of the type or module that a frame belongs to: for a method of a trait that of the type, for a drop that of what is dropped.
pub(super) fn path(name: &str) -> &str {
    if let Some(dropped) = name.strip_prefix("core::ptr::drop_in_place<") {
        return path(dropped);
    }
    let Some(inner) = name.strip_prefix('<') else {
        return &name[..name.find(['<', '>']).unwrap_or(name.len())];
    };
    let inner = inner.trim_start_matches(['&', '*', '(', '[']);
    let inner = ["mut ", "const ", "dyn "]
        .iter()
        .fold(inner, |inner, word| {
            inner.strip_prefix(word).unwrap_or(inner)
        });
    let own = &inner[..inner.find(['<', '>', ' ']).unwrap_or(inner.len())];
    if own.contains("::") {
        return own;
    }
    // A bare type parameter: the trait says more.
    match inner.split_once(" as ") {
        Some((_, of)) => &of[..of.find(['<', '>']).unwrap_or(of.len())],
        None => own,
    }
}

/// Replaces the arguments of type arguments, and what separates stacks and frames in the folded form.
fn short(name: &str) -> String {
    let mut out = String::with_capacity(name.len().min(160));
    let mut depth = 0_u32;
    let mut before = ' ';
    for c in name.chars() {
        match c {
            '<' => {
                depth += 1;
                if depth <= 2 {
                    out.push('<');
                }
                if depth == 2 {
                    out.push_str("..");
                }
            }
            '>' if before != '-' => {
                if depth <= 2 {
                    out.push('>');
                }
                depth = depth.saturating_sub(1);
            }
            _ if depth >= 2 => {}
            ';' => out.push(','),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Whether the name says where the function stands.
fn has_path(name: &str) -> bool {
    name.starts_with('<') || name.split(['<', '(']).next().unwrap_or(name).contains("::")
}

/// The name without its type arguments.
fn bare(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}

/// The module that a page holds, by the place of the page: `…/tokio-1.48.0/src/time/sleep.rs` is `tokio::time::sleep`.
fn module(file: &Path) -> Option<String> {
    let file = file.to_str()?;
    let (package, page) = match file.strip_prefix(OWN) {
        Some(page) => ("ninelives", page),
        None => {
            let (before, page) = file.rsplit_once("/src/")?;
            (before.rsplit('/').next()?, page)
        }
    };
    let package = match package.rsplit_once('-') {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => name,
        _ => package,
    };
    let page = page.strip_suffix(".rs")?;
    let page = page.strip_suffix("/mod").unwrap_or(page);
    let mut module = package.replace('-', "_");
    if page != "lib" {
        module.push_str("::");
        module.push_str(&page.replace('/', "::"));
    }
    Some(module)
}

#[cfg(test)]
mod tests;
