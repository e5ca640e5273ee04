//! `cargo run --release -p profiling --bin progress -- --help`

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Exit code where it cannot be seen whether anybody waits.
const NOT_RUN: u8 = 3;

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
fn main() -> ExitCode {
    use profiling::progress::{ALL, Asked, HELP, Verdict, parse, serve};

    match parse(std::env::args().skip(1)) {
        Err(error) => {
            eprintln!("error: {error}\n`--help` lists the flags, `--list` the subjects");
            return ExitCode::from(2);
        }
        Ok(Asked::Help) => println!("{HELP}"),
        Ok(Asked::List) => ALL
            .iter()
            .for_each(|subject| println!("{:<12} {}", subject.name, subject.about)),
        Ok(Asked::Serve(name, operations)) => {
            if let Err(error) = serve(&name, operations) {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
        Ok(Asked::Run(job)) => match job.run() {
            Verdict::Passed => {}
            Verdict::Failed(some) => {
                eprintln!("failed: {some} of the subjects");
                return ExitCode::FAILURE;
            }
            Verdict::NotRun(why) => {
                eprintln!("NOT RUN: {why}");
                return ExitCode::from(NOT_RUN);
            }
        },
    }
    ExitCode::SUCCESS
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn main() -> ExitCode {
    eprintln!("NOT RUN: threads are stopped on Linux only, on x86-64 and AArch64");
    ExitCode::from(NOT_RUN)
}
