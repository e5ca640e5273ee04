//! Tools that a check needs beyond Rust: installed once into `target/tools`, reused afterwards.

use std::fs;
use std::path::PathBuf;

use crate::outcome::Outcome;
use crate::workspace::{Workspace, run};

/// A cargo package that brings a program of the same name.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Name of the package and of its program.
    pub name: &'static str,
    /// The exact version wanted, or any.
    pub version: Option<String>,
}

// === impl Tool ===

impl Tool {
    /// Where the program is, or will be.
    pub fn program(&self, workspace: &Workspace) -> PathBuf {
        workspace
            .tools()
            .join("bin")
            .join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX))
    }

    /// Installs the tool unless it is there in the right version.
    ///
    /// It is built without optimisation: building is most of the cost, and none of the tools is on a measured path.
    pub fn ready(&self, workspace: &Workspace) -> Outcome {
        let record = fs::read_to_string(workspace.tools().join(".crates.toml")).unwrap_or_default();
        if self.program(workspace).is_file() && self.is_recorded(&record) {
            return Outcome::Passed;
        }
        let spec = self
            .version
            .as_ref()
            .map_or_else(|| self.name.to_string(), |v| format!("{}@{v}", self.name));
        let build = workspace.tools().join("build");
        let mut command =
            workspace.cargo(["install", "--locked", "--debug", "--force", &spec, "--root"]);
        command
            .arg(workspace.tools())
            .arg("--target-dir")
            .arg(&build);
        // The flags meant for the workspace (a cfg, a sanitizer) are not meant for a tool.
        command
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let outcome = run(&mut command);
        // Only the program is worth its disk space; a leftover costs nothing but that.
        let _ = fs::remove_dir_all(build);
        outcome
    }

    /// Whether cargo's own record of the tools directory names this tool in this version.
    fn is_recorded(&self, record: &str) -> bool {
        let start = match &self.version {
            Some(version) => format!("\"{} {version} (", self.name),
            None => format!("\"{} ", self.name),
        };
        record.lines().any(|line| line.starts_with(&start))
    }
}

#[cfg(test)]
mod tests;
