//! The pages of the product: every Rust file under `src` and `crates/*/src`; and its texts.

use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

/// One source file.
#[derive(Clone, Debug)]
pub struct Page {
    /// Path from the root, with `/` between its parts.
    pub path: String,
    /// The text.
    pub source: String,
}

// === impl Page ===

impl Page {
    /// Whether the page holds tests only: `tests.rs`, or a room of `tests/`.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Reads every page of the product, in the order of their paths.
pub fn product(workspace: &Workspace) -> Result<Vec<Page>, String> {
    let mut pages = Vec::new();
    for path in rust_files(workspace)? {
        let crates = path
            .strip_prefix("crates/")
            .and_then(|rest| rest.split_once('/'));
        if path.starts_with("src/") || crates.is_some_and(|(_, rest)| rest.starts_with("src/")) {
            let source = workspace.read(&path)?;
            pages.push(Page { path, source });
        }
    }
    if pages.is_empty() {
        Err("no page found under src and crates/*/src".to_string())
    } else {
        Ok(pages)
    }
}

/// The path of every Rust file of the repository, build output and hidden directories left out, sorted.
pub fn rust_files(workspace: &Workspace) -> Result<Vec<String>, String> {
    files(workspace, ".rs")
}

/// Reads every Markdown file of the repository, in the order of their paths.
pub fn texts(workspace: &Workspace) -> Result<Vec<Page>, String> {
    let read = |path: String| {
        let source = workspace.read(&path)?;
        Ok(Page { path, source })
    };
    files(workspace, ".md")?.into_iter().map(read).collect()
}

fn files(workspace: &Workspace, ending: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    walk(&workspace.root, "", ending, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(
    directory: &Path,
    prefix: &str,
    ending: &str,
    found: &mut Vec<String>,
) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", directory.display());
    for entry in fs::read_dir(directory).map_err(told)? {
        let entry = entry.map_err(told)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(told)?;
        if kind.is_dir() && name != "target" && !name.starts_with('.') {
            walk(&entry.path(), &format!("{prefix}{name}/"), ending, found)?;
        } else if kind.is_file() && name.ends_with(ending) {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
