//! Mistakes on purpose: each model must fail on those that it is said to kill.
//!
//! The core is copied, and every mistake of `loom-tests/mutants.toml` is written into the copy as the other branch of an `if`; a variable
//! of the environment says which one a process makes. So one build serves them all, and the pages of the product know nothing of it.

pub mod copy;
mod plant;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::{Depth, TOUCH, models_of};
use crate::workspace::Workspace;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Its name.
    pub name: String,
    /// The models that must fail, `file::test`.
    pub models: BTreeSet<String>,
    /// Whether they need a run that touches for it.
    touch: bool,
    edits: Vec<Edit>,
}

/// A place of the core, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    page: String,
    after: Option<String>,
    was: String,
    is: String,
}

/// The mistakes.
pub const PAGE: &str = "loom-tests/mutants.toml";

/// What a run of one model may take: a mistake may make a model endless, and then it has not been caught.
const PATIENCE: Duration = Duration::from_secs(120);

// === reading ===

/// Reads the page; the error names the mutant and the field.
pub fn parse(text: &str) -> Result<Vec<Mutant>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
    table
        .iter()
        .map(|(name, value)| mutant(name, value).map_err(|error| format!("{name}: {error}")))
        .collect()
}

fn mutant(name: &str, value: &toml::Value) -> Result<Mutant, String> {
    let list = |field: &str| {
        let list = value.get(field).and_then(toml::Value::as_array);
        list.filter(|list| !list.is_empty())
            .ok_or_else(|| format!("`{field}` is not a list of something"))
    };
    let models = list("models")?.iter().map(|model| {
        let model = model.as_str().filter(|model| model.contains("::"));
        model.map(str::to_string).ok_or("a model is `file::test`")
    });
    let touch = value.get("touch").and_then(toml::Value::as_bool);
    Ok(Mutant {
        name: name.to_string(),
        models: models.collect::<Result<_, _>>()?,
        touch: touch.unwrap_or(false),
        edits: list("edits")?.iter().map(edit).collect::<Result<_, _>>()?,
    })
}

fn edit(value: &toml::Value) -> Result<Edit, String> {
    let text = |field: &str| value.get(field).and_then(toml::Value::as_str);
    let needed = |field: &str| text(field).ok_or_else(|| format!("an edit without `{field}`"));
    Ok(Edit {
        page: needed("page")?.to_string(),
        after: text("after").map(str::to_string),
        was: needed("was")?.to_string(),
        is: needed("is")?.to_string(),
    })
}

// === running ===

/// Makes each mistake in turn; the answers are those that a model did not notice.
pub fn survivors(workspace: &Workspace, mutants: &[Mutant]) -> Result<Vec<String>, String> {
    let root = copy::made(workspace, mutants)?;
    let programs = built(workspace, &root)?;
    let pairs: Vec<_> = mutants
        .iter()
        .flat_map(|mutant| mutant.models.iter().map(move |model| (mutant, model)))
        .collect();
    println!(
        "{} mutants, {} models that must fail",
        mutants.len(),
        pairs.len()
    );
    let (next, wrong) = (Mutex::new(pairs.into_iter()), Mutex::new(Vec::new()));
    let take = || next.lock().ok()?.next();
    let work = || {
        while let Some((mutant, model)) = take() {
            let start = Instant::now();
            let verdict = killed(&programs, &root, mutant, model);
            let took = start.elapsed().as_secs_f64();
            let word = if verdict.is_ok() {
                "killed"
            } else {
                "SURVIVES"
            };
            println!("{word} {took:6.1} s  {}  {model}", mutant.name);
            if let (Err(error), Ok(mut wrong)) = (verdict, wrong.lock()) {
                wrong.push(format!("{} and {model}: {error}", mutant.name));
            }
        }
    };
    thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        (0..workers).for_each(|_| drop(scope.spawn(work)));
    });
    wrong.into_inner().map_err(|error| error.to_string())
}

/// Builds the copy; the programs by the names of their files.
fn built(workspace: &Workspace, root: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut command = models_of(
        workspace,
        Depth::Usual,
        &["test", "--no-run", "--message-format=json"],
    );
    command.current_dir(root);
    let report = quietly(&mut command)?;
    let programs = report.split("\"executable\":\"").skip(1);
    let programs = programs.filter_map(|rest| {
        let program = PathBuf::from(rest.split('"').next()?);
        let file = program.file_stem()?.to_str()?.rsplit_once('-')?.0;
        Some((file.strip_prefix("loom_")?.to_string(), program))
    });
    Ok(programs.collect())
}

/// What the command wrote for programs to read.
fn quietly(command: &mut Command) -> Result<String, String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "the copy with the mutants does not build: {}",
            output.status
        ))
    }
}

/// Whether the model fails, and fails by itself.
fn killed(
    programs: &BTreeMap<String, PathBuf>,
    root: &Path,
    mutant: &Mutant,
    model: &str,
) -> Result<(), String> {
    let (file, test) = model.split_once("::").ok_or("a model is `file::test`")?;
    let program = programs.get(file).ok_or("there is no such file")?;
    let log = root.join(format!("{}.{test}.log", mutant.name));
    let out = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut command = Command::new(program);
    command.args(["--exact", test]).stdin(Stdio::null());
    command.stdout(out).stderr(Stdio::null());
    command
        .env(plant::VARIABLE, &mutant.name)
        .env("RUST_BACKTRACE", "0")
        .env_remove(TOUCH);
    Depth::Usual.set(&mut command);
    if mutant.touch {
        command.env(TOUCH, "1");
    }
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("it did not end within {} s", PATIENCE.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let text = fs::read_to_string(&log).map_err(|error| error.to_string())?;
    if !text.contains("running 1 test") {
        return Err("there is no such model".to_string());
    }
    if status.success() {
        return Err("the model does not notice".to_string());
    }
    Ok(())
}
