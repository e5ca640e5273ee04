//! The wall: no page of the product is longer than [`WALL`] lines.

use crate::outcome::Outcome;
use crate::pages;
use crate::workspace::Workspace;

/// Lines a page may have.
const WALL: usize = 300;

/// Names each page past the wall.
pub fn run(workspace: &Workspace) -> Outcome {
    let pages = match pages::product(workspace) {
        Ok(pages) => pages,
        Err(error) => return Outcome::Failed(error),
    };
    let found = pages
        .iter()
        .filter(|page| !page.is_test())
        .filter_map(|page| too_long(&page.path, &page.source));
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        println!("{} pages, none past {WALL} lines", pages.len());
        return Outcome::Passed;
    }
    for line in &found {
        println!("{line}");
    }
    Outcome::Failed(format!("{} past {WALL} lines", found.join(", ")))
}

fn too_long(path: &str, source: &str) -> Option<String> {
    let lines = source.lines().count();
    (lines > WALL).then(|| format!("{path} ({lines})"))
}

#[cfg(test)]
mod tests;
