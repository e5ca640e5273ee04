//! Flame graphs of real runs: samples, not seconds, decide when one is over.

#![allow(clippy::disallowed_types, clippy::disallowed_methods)]
// Elsewhere there is no sampler.
#![cfg(all(
    any(target_os = "linux", target_os = "macos"),
    any(target_arch = "x86_64", target_arch = "aarch64")
))]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ninelives::flamegraph::{FlameError, Part, Profiler, Sampling};
use profiling::flame::{FlameFailure, Job, Shot, Until};
use profiling::scenario::{ALL, Scenario};
use roxmltree::{Document, Node, ParsingOptions};

/// One profiler at a time.
static ONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn job(name: &str, samples: u64) -> Job {
    Job {
        scenario: Scenario::named(name).unwrap(),
        until: Until::Samples(samples),
        out: file(&format!("{name}.svg")),
        folded: Some(file(&format!("{name}.folded"))),
        sampling: Sampling::new().with_rate(997).unwrap(),
        seed: 42,
        threads: 2,
    }
}

/// The frames of a graph with their samples, as a browser shows them when the mouse is over them.
fn frames(svg: &str) -> Vec<(String, u64)> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(svg, options).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let titles = document
        .descendants()
        .filter(|node| node.has_tag_name("title"));
    titles.filter_map(|title| frame(&title)).collect()
}

/// `name (12 samples, 3.45%)`
fn frame(title: &Node<'_, '_>) -> Option<(String, u64)> {
    let (name, counts) = title.text()?.rsplit_once(" (")?;
    let (samples, _) = counts.split_once(" sample")?;
    Some((name.to_owned(), samples.replace(',', "").parse().ok()?))
}

/// Checks what holds for every graph.
fn look(job: &Job, shot: &Shot) -> Vec<(String, u64)> {
    let name = job.scenario.name;
    let frames = frames(&std::fs::read_to_string(&job.out).unwrap());
    let all = frames.iter().find(|(frame, _)| frame == "all").unwrap().1;
    assert_eq!(all, shot.profile.samples(), "{name}");
    let folded = std::fs::read_to_string(job.folded.as_ref().unwrap()).unwrap();
    let counts = folded.lines().map(|line| line.rsplit_once(' ').unwrap().1);
    let sum: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
    assert_eq!(sum, all, "{name}");
    frames
}

#[test]
fn the_graph_of_the_stack_parses_holds_samples_and_names_our_frames() {
    let _one = alone();
    let job = job("full-stack", 60);
    let shot = job.run().unwrap();
    let frames = look(&job, &shot);
    assert!(shot.profile.samples() >= 60);
    for module in [
        "ninelives::timeout::",
        "ninelives::bulkhead::",
        "ninelives::circuit_breaker::",
        "ninelives::retry::",
    ] {
        let ours = frames.iter().filter(|(frame, _)| frame.contains(module));
        assert!(
            ours.map(|(_, samples)| samples).sum::<u64>() > 0,
            "{module}"
        );
    }
    assert!(
        frames
            .iter()
            .all(|(frame, _)| !frame.contains("flamegraph::apart"))
    );

    let shares = shot.profile.shares();
    let timeout = shares
        .iter()
        .find(|share| share.part == Part::Timeout)
        .unwrap();
    assert!(
        timeout.within > timeout.own && timeout.within <= timeout.of,
        "{timeout:?}"
    );
    assert!(shares.iter().map(|share| share.own).sum::<u64>() <= shot.profile.samples());
    let words = shot.to_string();
    assert!(words.starts_with("full-stack: "), "{words}");
    assert!(words.contains("timeout "), "{words}");
    assert!(words.contains("% itself"), "{words}");
}

#[test]
fn every_scenario_has_a_graph_with_frames_of_what_it_is_about() {
    let _one = alone();
    for scenario in ALL {
        let job = job(scenario.name, 20);
        let shot = job.run().unwrap();
        look(&job, &shot);
        let part = match scenario.name {
            "timeout" => Part::Timeout,
            "retry" => Part::Retry,
            "bulkhead" | "line" | "full-stack" | "contention" => Part::Bulkhead,
            "fallback" | "storm" => Part::Fallback,
            "fork-join" => Part::ForkJoin,
            "events" => Part::Events,
            _ => Part::CircuitBreaker,
        };
        let shares = shot.profile.shares();
        assert!(shares.iter().any(|share| share.part == part), "{shot}");
    }
}

#[test]
fn a_second_profiler_at_once_is_refused_and_the_first_goes_on() {
    let _one = alone();
    let first = Profiler::start(Sampling::new()).unwrap();
    let error = job("breaker", 1).run().unwrap_err();
    assert!(
        matches!(error, FlameFailure::Sampler(FlameError::AlreadyRunning)),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "a profiler is running in this process already: stop it first"
    );
    drop(first);
    assert!(job("breaker", 1).run().is_ok());
}

// === the program ===

fn flame(flags: &[&str]) -> (Option<i32>, String, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_flame"))
        .args(flags)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = program.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_program_draws_and_prints_the_shares() {
    let out = file("program.svg");
    let (code, said, complained) = flame(&[
        "--scenario",
        "timeout",
        "--samples",
        "20",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!((code, complained.as_str()), (Some(0), ""));
    assert!(said.starts_with("timeout: "), "{said}");
    assert!(said.contains("\n  timeout "), "{said}");
    assert!(frames(&std::fs::read_to_string(out).unwrap()).len() > 3);
}

#[test]
fn the_program_names_an_unknown_scenario_and_lists_the_known() {
    let (code, said, complained) = flame(&["--scenario", "fullstack"]);
    assert_eq!((code, said.as_str()), (Some(2), ""));
    assert!(complained.starts_with("error: unknown scenario `fullstack`: there are "));
    assert!(
        ALL.iter()
            .all(|scenario| complained.contains(scenario.name))
    );
}

#[test]
fn the_program_names_a_missing_folder_before_it_runs_anything() {
    let out = file("not-there/flame.svg");
    let (code, said, complained) = flame(&["--samples", "1", "--out", out.to_str().unwrap()]);
    assert_eq!((code, said.as_str()), (Some(1), ""));
    let folder = file("not-there");
    assert_eq!(
        complained,
        format!("error: there is no folder {}\n", folder.display())
    );
}

#[test]
fn the_program_lists_every_scenario() {
    let (code, said, _) = flame(&["--list"]);
    assert_eq!(code, Some(0));
    assert_eq!(said.lines().count(), ALL.len());
    for (line, scenario) in said.lines().zip(ALL) {
        assert!(line.starts_with(scenario.name) && line.ends_with(scenario.about));
    }
}

#[test]
fn the_program_says_what_a_flag_takes() {
    for (flags, complaint) in [
        (&["--rate", "0"][..], "rate: 0 is outside 1..=1000"),
        (&["--rate", "1001"], "rate: 1001 is outside 1..=1000"),
        (
            &["--seconds", "0"],
            "`--seconds 0`: it takes a number from 0.1 to 3600",
        ),
        (
            &["--seconds", "NaN"],
            "`--seconds NaN`: it takes a number from 0.1 to 3600",
        ),
        (
            &["--samples", "x"],
            "`--samples x`: it takes a whole number from 1 to 1000000",
        ),
        (
            &["--threads", "65"],
            "`--threads 65`: it takes a whole number from 1 to 64",
        ),
        (&["--out"], "`--out` needs a value"),
        (&["--svg", "x"], "unknown flag `--svg`"),
        (
            &["--seconds", "1", "--samples", "1"],
            "`--seconds` and `--samples`: a run has one end",
        ),
    ] {
        let (code, _, complained) = flame(flags);
        assert_eq!(code, Some(2), "{flags:?}");
        let first = complained.lines().next();
        assert_eq!(first, Some(format!("error: {complaint}").as_str()));
    }
}
