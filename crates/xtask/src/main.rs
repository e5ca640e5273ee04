//! The checks of this repository, as one program.
//!
//! `cargo xtask help` prints the commands. Each check answers with an [`Outcome`]; `cargo xtask ci`
//! runs them all and says what passed, what failed and what could not run here.

#![forbid(unsafe_code)]
// A build tool measures wall time and blocks on its children: the rules for product code are not for it.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

mod args;
mod ci;
mod coverage;
mod flame;
mod floors;
mod fuzz;
mod instructions;
mod loom;
mod nightly;
mod outcome;
mod pages;
mod peers;
mod progress;
mod readme;
mod rust;
mod sizes;
mod soak;
mod tools;
mod workspace;

use std::process::ExitCode;

use args::Command;
use outcome::Outcome;
use workspace::Workspace;

/// Exit code for a command line that cannot be understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let command = match args::parse(&words) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}\n\n{}", args::HELP);
            return ExitCode::from(USAGE);
        }
    };
    let workspace = Workspace::here();
    let outcome = match command {
        Command::Help => {
            println!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Command::Ci(options) => return ci::run(&workspace, options),
        Command::Fmt => rust::fmt(&workspace),
        Command::Clippy => rust::clippy(&workspace),
        Command::Doc => rust::doc(&workspace),
        Command::Test => rust::test(&workspace),
        Command::Features => rust::features(&workspace),
        Command::Rwlock => rust::rwlock(&workspace),
        Command::Loom(job) => loom::run(&workspace, job),
        Command::Instructions => instructions::run(&workspace),
        Command::Flame(flags) => flame::graph(&workspace, &flags),
        Command::Progress(flags) => progress::run(&workspace, &flags),
        Command::Soak(seconds) => soak::run(&workspace, seconds),
        Command::Fuzz(job) => fuzz::run(&workspace, &job),
        Command::Coverage { gate } => coverage::measure(&workspace, gate),
        Command::Miri(seeds) => nightly::miri(&workspace, seeds),
        Command::Sanitize => nightly::sanitize(&workspace),
        Command::Peers(job) => peers::run(&workspace, job),
        Command::Floors => floors::run(&workspace),
        Command::Sizes => sizes::run(&workspace),
        Command::Readme => readme::run(&workspace),
    };
    close(&workspace, &outcome)
}

/// Says how a single command ended, where its own output has not said so.
fn close(workspace: &Workspace, outcome: &Outcome) -> ExitCode {
    match outcome {
        Outcome::Passed => {}
        Outcome::FellBack(why) => eprintln!("fell back: {why}"),
        Outcome::Skipped { why, .. } => eprintln!("skipped: {why}"),
        Outcome::Failed(why) => eprintln!("failed: {why}"),
    }
    if outcome.is_green(workspace.strict) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
