//! A bulkhead that grows while it is in use.
//!
//! `cargo run --release --example adaptive` sends a load that rises and falls through a bulkhead with a line. A watcher finds the
//! bulkhead by its name in a registry, looks at its state, and changes its limit by name: up while calls wait in line, down when
//! much of it is idle. What happened is printed, and plotted into an SVG: the limit, the calls in flight, and those in line.
//!
//! Time is virtual and the load seeded, so it takes a moment, and the same seed gives the same picture. `--help` lists the flags.

#![forbid(unsafe_code)]

mod picture;
mod simulation;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use simulation::{Run, WINDOW};

const HELP: &str = "\
usage: cargo run --release --example adaptive -- [flags]

  --seed N    the load's seed (42)
  --out FILE  where the picture goes (target/adaptive.svg)
  --help      this table
";

struct Flags {
    seed: u64,
    out: PathBuf,
}

fn main() -> ExitCode {
    match flags().and_then(|flags| flags.map_or(Ok(true), |flags| show(&flags))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The flags; none when help was asked for, and given.
fn flags() -> Result<Option<Flags>, Box<dyn Error>> {
    let mut flags = Flags {
        seed: 42,
        out: PathBuf::from("target/adaptive.svg"),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--seed" => {
                let value = value()?;
                let seed = value.parse();
                flags.seed = seed.map_err(|_| format!("--seed {value}: not a whole number"))?;
            }
            "--out" => flags.out = value()?.into(),
            "--help" => {
                print!("{HELP}");
                return Ok(None);
            }
            unknown => return Err(format!("unknown flag {unknown}\n\n{HELP}").into()),
        }
    }
    Ok(Some(flags))
}

/// Runs the load, prints and plots what happened, and says whether every call is accounted for.
fn show(flags: &Flags) -> Result<bool, Box<dyn Error>> {
    let run = simulation::run(flags.seed)?;
    table(&run);
    if let Some(directory) = flags.out.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(&flags.out, picture::svg(&run))?;
    println!("\npicture: {}", flags.out.display());
    Ok(run.is_accounted_for())
}

fn table(run: &Run) {
    println!(
        "time      offered  answered  turned away  in line  limit  in flight (#) of the limit (.)"
    );
    for moment in &run.moments {
        let (used, limit) = (moment.in_flight.round() as usize, moment.limit as usize);
        let bar = "#".repeat(used) + &".".repeat(limit.saturating_sub(used));
        println!(
            "{:>6.2} s {:>8} {:>9} {:>12} {:>8} {:>6}  {bar}",
            moment.at.as_secs_f64(),
            moment.offered,
            moment.answered,
            moment.turned_away,
            moment.waiting,
            moment.limit,
        );
    }
    println!("\nchanges, as a subscriber was told of them:");
    for change in &run.changes {
        println!(
            "{:>6.2} s  max_concurrent = {:<3} version {}",
            change.at.as_secs_f64(),
            change.limit,
            change.version
        );
    }
    let [offered, answered, turned_away] = run.totals();
    let verdict = if run.is_accounted_for() {
        "holds"
    } else {
        "does not hold"
    };
    println!(
        "\n{offered} offered = {answered} answered + {turned_away} turned away, {} in flight and {} in line at the end: {verdict}",
        run.left_in_flight, run.left_waiting
    );
    println!(
        "seed {}, a line for every {WINDOW:?} of virtual time",
        run.seed
    );
}
