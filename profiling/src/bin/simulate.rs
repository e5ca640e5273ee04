//! `cargo run --release -p profiling --bin simulate -- --help`

#![forbid(unsafe_code)]

use std::process::ExitCode;

use profiling::simulate::{ALL, Asked, HELP, parse};

/// Exit code for a command line that cannot be understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Err(error) => {
            eprintln!("error: {error}\n`--help` lists the flags, `--list` the scenarios");
            return ExitCode::from(USAGE);
        }
        Ok(Asked::Help) => println!("{HELP}"),
        Ok(Asked::List) => ALL
            .iter()
            .for_each(|simulation| println!("{:<14} {}", simulation.name, simulation.about)),
        Ok(Asked::Run(job)) => match job.run() {
            Ok(findings) => println!("{findings}"),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}
