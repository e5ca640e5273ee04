//! Where and with what the figures were measured.

use std::fmt;
use std::fs;
use std::process::Command;

/// The crates that are compared, and the runtime.
const NAMED: [&str; 9] = [
    "arc-swap",
    "tower",
    "tower-resilience",
    "ninelives",
    "failsafe",
    "recloser",
    "governor",
    "backon",
    "tokio",
];

/// The machine, the day, and the versions.
#[derive(Clone, Debug)]
pub struct Machine {
    day: String,
    processor: String,
    cores: usize,
    load: String,
    rust: String,
    versions: Vec<String>,
}

// === impl Machine ===

impl Machine {
    /// What can be found out here; what cannot is "unknown".
    ///
    /// `lock`: the lock file, for the release of each peer.
    pub fn here(lock: &str) -> Self {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpus
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model.and_then(|rest| rest.split_once(':'));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            day: said_by("date", &["-u", "+%Y-%m-%d"]),
            processor: model.map_or_else(unknown, |(_, name)| name.trim().to_string()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            load: load
                .split(' ')
                .next()
                .filter(|word| !word.is_empty())
                .map_or_else(unknown, str::to_string),
            rust: said_by("rustc", &["--version"]),
            versions: versions(lock),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            day,
            processor,
            cores,
            load,
            rust,
            versions,
        } = self;
        writeln!(
            f,
            "Measured on {day}: {processor}, {cores} cores, load {load} at the start, {}, {rust},",
            std::env::consts::OS
        )?;
        writeln!(
            f,
            "release profile with fat LTO and one codegen unit. {}.",
            versions.join(", ")
        )
    }
}

/// Name and version of each crate that is compared.
fn versions(lock: &str) -> Vec<String> {
    let locked = lock.split("[[package]]").filter_map(|package| {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.trim_matches('"'))
        };
        Some((value("name = ")?, value("version = ")?))
    });
    let named = locked.filter(|(name, _)| NAMED.contains(name));
    named
        .map(|(name, version)| format!("{name} {version}"))
        .collect()
}

fn said_by(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let text = output
        .ok()
        .filter(|output| output.status.success())
        .map(|output| output.stdout);
    text.map_or_else(unknown, |text| {
        String::from_utf8_lossy(&text).trim().to_string()
    })
}

fn unknown() -> String {
    "unknown".to_string()
}
