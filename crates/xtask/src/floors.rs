//! The rules of the house that a compiler does not know.
//!
//! | rule       | what it says                                                                                |
//! |------------|---------------------------------------------------------------------------------------------|
//! | arrows     | a module imports from the floors that [`table`] lets it see, never its own neighbours         |
//! | orderings  | an atomic `Ordering` stands only in a `cell.rs` or a `slot.rs` of the core, and in its `sync.rs` |
//! | unsafe     | no `unsafe` in the product, but on one page of the core, `weighted/cell.rs`                   |
//! | waiting    | `tokio::time` stands only in `src/timer.rs` and `src/timer/`                                |
//! | boxes      | no boxed future in a layer, unless its line ends in `// boxed:` and the reason              |
//! | mod.rs     | no file is called that: `foo.rs` is the page, `foo/` holds the rooms                        |
//!
//! Pages of tests are free of the rules on arrows, orderings, waiting and boxes. The reading is of tokens, not of
//! meaning: a name brought in under another one is not seen through.

mod arrows;
mod habits;
mod paths;
mod table;
mod tokens;

use std::fmt;

use crate::outcome::Outcome;
use crate::pages::{self, Page};
use crate::workspace::Workspace;
use paths::Path;
use tokens::Token;

/// A page, read.
#[derive(Clone, Debug)]
struct Sheet<'a> {
    page: &'a Page,
    tokens: Vec<Token>,
    paths: Vec<Path>,
}

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Breach {
    path: String,
    line: usize,
    rule: &'static str,
    text: String,
}

// === impl Sheet ===

impl<'a> Sheet<'a> {
    fn new(page: &'a Page) -> Self {
        let tokens = tokens::read(&page.source);
        let paths = paths::read(&tokens);
        Self {
            page,
            tokens,
            paths,
        }
    }

    fn breach(&self, line: usize, rule: &'static str, text: impl Into<String>) -> Breach {
        Breach {
            path: self.page.path.clone(),
            line,
            rule,
            text: text.into(),
        }
    }
}

// === impl Breach ===

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.rule, self.text
        )
    }
}

/// Reads the whole product and names every breach.
pub fn run(workspace: &Workspace) -> Outcome {
    let (pages, files) = match (pages::product(workspace), pages::rust_files(workspace)) {
        (Ok(pages), Ok(files)) => (pages, files),
        (Err(error), _) | (_, Err(error)) => return Outcome::Failed(error),
    };
    let mut breaches: Vec<Breach> = files.iter().filter_map(|file| mod_rs(file)).collect();
    breaches.extend(pages.iter().flat_map(check));
    for breach in &breaches {
        println!("{breach}");
    }
    match breaches.len() {
        0 => {
            println!("{} pages, every arrow points down", pages.len());
            Outcome::Passed
        }
        1 => Outcome::failed("1 breach"),
        some => Outcome::Failed(format!("{some} breaches")),
    }
}

/// Every breach on one page.
fn check(page: &Page) -> Vec<Breach> {
    let sheet = Sheet::new(page);
    let mut found = habits::no_unsafe(&sheet);
    if !page.is_test() {
        found.extend(arrows::check(&sheet));
        found.extend(habits::orderings(&sheet));
        found.extend(habits::waiting(&sheet));
        found.extend(habits::boxes(&sheet));
    }
    found
}

fn mod_rs(file: &str) -> Option<Breach> {
    let text = "`foo.rs` is the page, `foo/` holds the rooms".to_string();
    let named = file == "mod.rs" || file.ends_with("/mod.rs");
    named.then(|| Breach {
        path: file.to_string(),
        line: 1,
        rule: "mod.rs",
        text,
    })
}

#[cfg(test)]
mod tests;
