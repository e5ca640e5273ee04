mod arrows;
mod habits;
mod reading;

use super::{Breach, check};
use crate::pages::Page;

/// The breaches of a page, as rule and line.
fn found(path: &str, source: &str) -> Vec<(&'static str, usize)> {
    breaches(path, source)
        .iter()
        .map(|breach| (breach.rule, breach.line))
        .collect()
}

fn breaches(path: &str, source: &str) -> Vec<Breach> {
    check(&Page {
        path: path.to_string(),
        source: source.to_string(),
    })
}

const CLEAN: [(&str, usize); 0] = [];
