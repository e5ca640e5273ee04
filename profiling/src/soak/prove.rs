//! The proof of the proof: each plant is run for a moment, and each must be seen by its law.

use std::env;
use std::io;
use std::process::Command;

use super::host;
use super::plant::Plant;
use super::watchdog;

/// Runs each plant in a process of its own, and gives those that were not seen.
///
/// # Errors
/// This program cannot be started again.
pub fn prove() -> io::Result<Vec<Plant>> {
    let program = env::current_exe()?;
    let mut unseen = Vec::new();
    for plant in Plant::ALL {
        if plant.is_of_host() && host::resident().is_none() {
            println!("{:>12}: not run, this host tells nothing", plant.name());
            continue;
        }
        let flags = ["--seconds", "3.5", "--epoch", "1", "--plant", plant.name()];
        let output = Command::new(&program).args(flags).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let seen = match plant.law() {
            Some(law) => {
                let words = format!(" {law} (");
                let mut lines = said.lines().filter(|line| line.starts_with("broken: "));
                output.status.code() == Some(1) && lines.any(|line| line.contains(&words))
            }
            None => output.status.code() == Some(watchdog::STUCK),
        };
        let verdict = match seen {
            true => "seen",
            false => "NOT SEEN",
        };
        println!("{:>12}: {verdict}", plant.name());
        if !seen {
            eprintln!("{said}");
            unseen.push(plant);
        }
    }
    Ok(unseen)
}
