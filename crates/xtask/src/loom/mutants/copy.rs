//! The copy of the core in which the mistakes are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Mutant, plant};
use crate::workspace::Workspace;

const CORE: &str = "crates/ninelives-core/src/";

/// Writes the copy, a workspace of its own with the core and its models, and gives its root.
pub fn made(workspace: &Workspace, mutants: &[Mutant]) -> Result<PathBuf, String> {
    let root = workspace.target.join("mutants");
    let told = |error: std::io::Error| format!("{}: {error}", root.display());
    if root.exists() {
        fs::remove_dir_all(&root).map_err(told)?;
    }
    for package in ["crates/ninelives-core", "loom-tests"] {
        tree(&workspace.root.join(package), &root.join(package)).map_err(told)?;
    }
    fs::copy(workspace.root.join("Cargo.lock"), root.join("Cargo.lock")).map_err(told)?;
    fs::write(
        root.join("Cargo.toml"),
        manifest(&workspace.read("Cargo.toml")?),
    )
    .map_err(told)?;
    fs::write(root.join(CORE).join("planted.rs"), plant::PLANTED).map_err(told)?;
    let door = format!("{CORE}lib.rs");
    let text = workspace.read(&door)? + "\nmod planted;\n";
    fs::write(root.join(door), text).map_err(told)?;
    for (path, text) in planted(workspace, mutants)? {
        let page = root.join(&path);
        fs::write(&page, plant::without_const(&text)).map_err(told)?;
        // Also of its rooms, which may be called from it in a `const`.
        let rooms = page.with_extension("");
        if path.ends_with("step.rs") && rooms.is_dir() {
            for room in fs::read_dir(rooms).map_err(told)? {
                unconst(&room.map_err(told)?.path()).map_err(told)?;
            }
        }
    }
    Ok(root)
}

/// The pages on which mistakes are made, with all of them.
pub fn planted(workspace: &Workspace, mutants: &[Mutant]) -> Result<Vec<(String, String)>, String> {
    let edits = mutants.iter().flat_map(|mutant| &mutant.edits);
    let pages: BTreeSet<&str> = edits.map(|edit| edit.page.as_str()).collect();
    let with_mistakes = |page: &str| {
        let path = format!("{CORE}{page}");
        let text = plant::planted(page, &workspace.read(&path)?, mutants)?;
        Ok((path, text))
    };
    pages.into_iter().map(with_mistakes).collect()
}

fn unconst(page: &Path) -> std::io::Result<()> {
    fs::write(page, plant::without_const(&fs::read_to_string(page)?))
}

fn tree(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// What the manifest says of the workspace and of profiles, with two members.
fn manifest(text: &str) -> String {
    let mut kept = String::new();
    let mut keep = false;
    for line in text.lines() {
        if line.starts_with('[') {
            keep = line.starts_with("[workspace") || line.starts_with("[profile");
        }
        let of_others = ["members", "default-members", "exclude"];
        let own = of_others
            .iter()
            .any(|key| line.starts_with(&format!("{key} =")));
        if line == "[workspace]" {
            kept += "[workspace]\nmembers = [\"crates/*\", \"loom-tests\"]\n";
        } else if keep && !own {
            // Of another version: what is built of it lies beside what is built of the workspace.
            match line.strip_prefix("version = \"") {
                Some(version) => kept += &format!("version = \"{}", told_apart(version)),
                None => kept += line,
            }
            kept.push('\n');
        }
    }
    kept
}

fn told_apart(version: &str) -> String {
    version.replacen('"', "+mutants\"", 1)
}

#[cfg(test)]
mod tests {
    use super::manifest;

    #[test]
    fn the_copy_has_two_members_and_no_package_at_its_root() {
        let text = "[workspace]\nmembers = [\".\", \"x\"]\nexclude = [\"y\"]\nresolver = \"3\"\n\n[workspace.package]\nversion = \"1\"\n\n\
             [package]\nname = \"a\"\n\n[dependencies]\nb = \"1\"\n\n[profile.loom]\nlto = false\n";
        let expected = "[workspace]\nmembers = [\"crates/*\", \"loom-tests\"]\nresolver = \"3\"\n\n[workspace.package]\nversion = \"1+mutants\"\n\n\
             [profile.loom]\nlto = false\n";
        assert_eq!(manifest(text), expected);
    }
}
