//! Where the workspace is, and how its commands are started.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::outcome::Outcome;

/// The workspace this program was built in.
#[derive(Debug)]
pub struct Workspace {
    /// Directory of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
    /// `CI=true`: what cannot run is an error, unless it is optional.
    pub strict: bool,
}

// === impl Workspace ===

impl Workspace {
    /// Finds the root from the place of this package; honours `CARGO_TARGET_DIR` and `CI`.
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.ancestors().nth(2).unwrap_or(package).to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        let strict = env::var("CI").is_ok_and(|value| value == "true");
        Self {
            root,
            target,
            strict,
        }
    }

    /// Whether the workspace has this file or directory.
    pub fn has(&self, relative: &str) -> bool {
        self.root.join(relative).exists()
    }

    /// The text of a file of the workspace; the error names the file.
    pub fn read(&self, relative: &str) -> Result<String, String> {
        std::fs::read_to_string(self.root.join(relative))
            .map_err(|error| format!("{relative}: {error}"))
    }

    /// `cargo` on the toolchain that runs this program, started in the root.
    pub fn cargo<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).args(args);
        command
    }

    /// `cargo` on the nightly toolchain, with this program's own tools in front of `PATH`.
    pub fn nightly<I: IntoIterator<Item: AsRef<OsStr>>>(&self, args: I) -> Command {
        let mut path = vec![self.tools().join("bin")];
        path.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
        let mut command = Command::new("rustup");
        command
            .current_dir(&self.root)
            .args(["run", "nightly", "cargo"])
            .args(args);
        // What the stable cargo told this process would lead the nightly one back to stable.
        command
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("LD_LIBRARY_PATH");
        if let Ok(path) = env::join_paths(path) {
            command.env("PATH", path);
        }
        command
    }

    /// Where the tools that the checks install are kept.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}

// === running ===

/// Runs the command with its output in sight.
pub fn run(command: &mut Command) -> Outcome {
    run_code(command, |_| None)
}

/// The same; `means` says what an exit code other than 0 stands for, if it is not a failure.
pub fn run_code(command: &mut Command, means: impl FnOnce(i32) -> Option<Outcome>) -> Outcome {
    announce(command);
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => status
            .code()
            .and_then(means)
            .unwrap_or_else(|| Outcome::Failed(format!("{}: {status}", shown(command)))),
        Err(error) => Outcome::Failed(format!("{}: {error}", shown(command))),
    }
}

/// Runs the command with its output in sight, and returns what it wrote to standard output.
pub fn capture(command: &mut Command) -> Result<String, String> {
    announce(command);
    let name = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let mut text = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| format!("{name}: {error}"))?;
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
    }
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    if status.success() {
        Ok(text)
    } else {
        Err(format!("{name}: {status}"))
    }
}

/// Whether the program can be started here: it answers `--version`, or the arguments given, with success.
pub fn answers(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn announce(command: &Command) {
    println!("$ {}", shown(command));
}

/// The command as one would type it: the variables set for it, the program's name, its arguments.
fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let (name, value) = (name.to_string_lossy(), value?.to_string_lossy());
        (name != "PATH").then(|| format!("{name}={}", quoted(&value)))
    });
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    let program = program.to_string_lossy().into_owned();
    let args = command.get_args().map(|arg| quoted(&arg.to_string_lossy()));
    variables
        .chain([program])
        .chain(args)
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    if word.contains(' ') {
        format!("\"{word}\"")
    } else {
        word.to_string()
    }
}
