//! A storm: what a policy is worth, measured on two real HTTP upstreams at once.
//!
//! `cargo run --release --example storm` starts two identical upstreams on loopback and sends both through the same
//! seeded phases: healthy, slow, failing, hanging, recovering, healthy. The same open-loop load goes to one through a
//! bare client and to the other through a ninelives policy with a fallback. At the end stand a table on stdout,
//! `report.html` and `report.json`. `--help` lists the flags.

#![forbid(unsafe_code)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

mod bare;
mod book;
mod breaker_watch;
mod caller;
mod descriptors;
mod driver;
mod flags;
mod histogram;
mod http;
mod json;
mod progress;
mod protected;
mod report;
mod rng;
mod run;
mod summary;
mod table;
mod target;
mod upstream;
mod weather;
mod words;

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use flags::{Asked, Flags, HELP};

fn main() -> ExitCode {
    let flags = match Flags::parse(std::env::args().skip(1)) {
        Ok(Asked::Run(flags)) => flags,
        Ok(Asked::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    descriptors::raise();
    match storm(flags) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does the run and writes the report; says whether all checks hold.
fn storm(flags: Flags) -> Result<bool, Box<dyn Error>> {
    // Before the load: a directory that cannot be written is better known now than after an hour.
    std::fs::create_dir_all(&flags.out)
        .map_err(|error| format!("--out: {}: {error}", flags.out.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let summary = runtime.block_on(run::run(flags))?;
    // Connections of requests that were given up may linger; nothing waits for them.
    runtime.shutdown_background();

    let page = summary.flags.out.join("report.html");
    std::fs::write(&page, report::page(&summary))?;
    let figures = serde_json::to_string_pretty(&json::report(&summary))?;
    std::fs::write(summary.flags.out.join("report.json"), figures + "\n")?;

    let checks = summary.checks();
    let mut out = stdout().lock();
    writeln!(
        out,
        "{}\n\n{}",
        summary.headline().join("\n"),
        table::plain(&summary)
    )?;
    if let Some(words) = summary.overload() {
        writeln!(out, "{words}\n")?;
    }
    for check in checks.iter().filter(|check| !check.holds) {
        writeln!(out, "does not add up: {}: {}", check.name, check.detail)?;
    }
    let all = checks.iter().all(|check| check.holds);
    if all {
        writeln!(out, "{} conservation checks hold.", checks.len())?;
    }
    writeln!(out, "Report: {}", page.display())?;
    Ok(all)
}
