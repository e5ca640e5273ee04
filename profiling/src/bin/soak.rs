//! Loads stacks of policies over real HTTP while everything goes wrong, and checks that every law of conservation holds.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use profiling::soak::args::{Asked, HELP, parse};
use profiling::soak::prove::prove;
use profiling::soak::run::run;

fn main() -> ExitCode {
    let asked = match parse(env::args().skip(1)) {
        Ok(asked) => asked,
        Err(error) => {
            eprintln!("error: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match held(asked) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn held(asked: Asked) -> Result<bool, Box<dyn Error>> {
    match asked {
        Asked::Help => {
            println!("{HELP}");
            Ok(true)
        }
        Asked::Prove => Ok(prove()?.is_empty()),
        Asked::Run(job) => Ok(run(job)?.held),
    }
}
