//! Measures every case, and prints the tables: what a program does whose cases they are.

use std::process::{Command, ExitCode};

use crate::cases::within;
use crate::report::{self, Machine, Measured, Row};
use crate::subject::Case;
use crate::{clock, instructions};

/// Whose cases, and where their tables go.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Makes the cases.
    pub cases: fn() -> Vec<Case>,
    /// The lock file: which release of each peer runs.
    pub lock: &'static str,
    /// The page with all of its figures.
    pub page: &'static str,
    /// The marks around the tables there.
    pub mark: &'static str,
    /// Whether the README shows the short one.
    pub in_readme: bool,
}

const HELP: &str = "\
usage: peers [--quick] [--write]

  --quick   few rounds: whether it runs, not what it costs
  --write   puts the tables into README.md, docs/BENCHMARKS.md and docs/benchmarks";

const ROUNDS: usize = 400;
const QUICK: usize = 8;

const WARM: u32 = 256;
const CALLS: u32 = 1_000;

// === impl Program ===

impl Program {
    /// Times, instructions and allocations of a call, as the flags say.
    pub fn calls(self) -> ExitCode {
        within(move || self.calls_here())
    }

    fn calls_here(self) -> ExitCode {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if words == [instructions::FLAG] {
            let mut cases = (self.cases)();
            instructions::under_callgrind(cases.iter_mut().flat_map(|case| &mut case.subjects));
            return ExitCode::SUCCESS;
        }
        if words
            .iter()
            .any(|word| !["--quick", "--write"].contains(word))
        {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
        let rounds = if words.contains(&"--quick") {
            QUICK
        } else {
            ROUNDS
        };
        let machine = Machine::here(self.lock);
        let measured = self.measure(rounds);
        let (full, short) = (report::full(&measured), report::short(&measured));
        let claims = report::claims(&measured);
        println!("{machine}\n{short}\n{full}\n{claims}");
        if words.contains(&"--write") {
            let page = format!("{machine}{rounds} rounds or a few more.\n\n{full}\n{claims}");
            let written =
                report::write(self.page, self.mark, &page).and_then(|()| match self.in_readme {
                    true => report::write(report::README, self.mark, &short),
                    false => Ok(()),
                });
            if let Err(error) = written {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
        ExitCode::SUCCESS
    }

    fn measure(self, rounds: usize) -> Vec<Measured> {
        let mut cases = (self.cases)();
        let subjects = cases.iter().map(|case| case.subjects.len()).sum();
        let mut instructions = instructions::count(subjects)
            .inspect_err(|error| eprintln!("instructions are not counted: {error}"))
            .ok()
            .map(Vec::into_iter);
        let mut allocations = allocations()
            .inspect_err(|error| eprintln!("allocations are not counted: {error}"))
            .ok()
            .map(Vec::into_iter);
        let mut of_case = |case: &mut Case| {
            let timed = clock::time(case, rounds);
            let rows = case.subjects.iter().zip(timed).map(|(subject, timed)| Row {
                peer: subject.peer,
                ns: timed.ns,
                ratio: case.ours.then_some(timed.ratio),
                instructions: instructions.as_mut().and_then(Iterator::next),
                allocations: allocations.as_mut().and_then(Iterator::next),
            });
            Measured {
                case: case.name,
                rows: rows.collect(),
            }
        };
        cases.iter_mut().map(&mut of_case).collect()
    }

    /// Allocations of a call, one line for each subject: times, bytes. Its counter slows every allocation, so it is a program of its own.
    pub fn allocations(self) {
        within(move || self.allocations_here());
    }

    fn allocations_here(self) {
        for mut subject in (self.cases)().into_iter().flat_map(|case| case.subjects) {
            subject.call(WARM);
            let seen = allocation_counter::measure(|| subject.call(CALLS));
            let of_a_call = |all: u64| all as f64 / f64::from(CALLS);
            println!(
                "{}\t{}",
                of_a_call(seen.count_total),
                of_a_call(seen.bytes_total)
            );
        }
    }
}

/// What the program `allocations`, built beside this one, counted.
fn allocations() -> Result<Vec<(f64, f64)>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(
        program.with_file_name(format!("allocations{}", std::env::consts::EXE_SUFFIX)),
    )
    .output()
    .map_err(|error| format!("allocations: {error}"))?;
    if !output.status.success() {
        return Err(format!("allocations: {}", output.status));
    }
    let line = |line: &str| {
        let (times, bytes) = line.split_once('\t')?;
        Some((times.parse().ok()?, bytes.parse().ok()?))
    };
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(line)
        .collect::<Option<_>>()
        .ok_or_else(|| "allocations: not two numbers a line".to_string())
}
