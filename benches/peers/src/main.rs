//! Measures every case, and prints the tables.

use std::process::{Command, ExitCode};

use peers::report::{self, Machine, Measured, Row};
use peers::subject::Case;
use peers::{cases, clock, instructions};

const HELP: &str = "\
usage: peers [--quick] [--write]

  --quick   few rounds: whether it runs, not what it costs
  --write   puts the tables into README.md and docs/BENCHMARKS.md";

const ROUNDS: usize = 400;
const QUICK: usize = 8;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words == [instructions::FLAG] {
        let mut cases = cases::all();
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
    let machine = Machine::here();
    let measured = measure(rounds);
    let (full, short) = (report::full(&measured), report::short(&measured));
    let claims = report::claims(&measured);
    println!("{machine}\n{short}\n{full}\n{claims}");
    if words.contains(&"--write") {
        let page = format!("{machine}{rounds} rounds or a few more.\n\n{full}\n{claims}");
        let written = report::write(report::BENCHMARKS, "peers", &page)
            .and_then(|()| report::write(report::README, "peers", &short));
        if let Err(error) = written {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(rounds: usize) -> Vec<Measured> {
    let mut cases = cases::all();
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
