//! `cargo run --release -p profiling --features flamegraph --bin flame -- --help`

#![forbid(unsafe_code)]

use std::process::ExitCode;

use profiling::flame::{Asked, HELP, parse};
use profiling::scenario;

/// Exit code for a command line that cannot be understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let asked = match parse(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("error: {error}\n`--help` lists the flags, `--list` the scenarios");
            return ExitCode::from(USAGE);
        }
    };
    match asked {
        Asked::Help => println!("{HELP}"),
        Asked::List => {
            for scenario in scenario::ALL {
                println!("{:<12} {}", scenario.name, scenario.about);
            }
        }
        Asked::Graph(job) => match job.run() {
            Ok(shot) => println!("{shot}"),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}
