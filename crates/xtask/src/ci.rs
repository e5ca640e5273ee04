//! Every check, in order: the cheap ones first.

mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::args::{FUZZ_SECONDS, SOAK_SECONDS};
use crate::outcome::Outcome;
use crate::workspace::Workspace;
use crate::{flame, floors, fuzz, instructions, loom, progress, readme, rust, sizes, soak};
use report::{Line, Report};

/// How to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Run the later checks too when one has failed.
    pub keep_going: bool,
}

/// One check of the run.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The command that runs it alone.
    pub name: &'static str,
    run: fn(&Workspace) -> Outcome,
}

/// The run.
pub const STEPS: [Step; 15] = [
    Step {
        name: "fmt",
        run: rust::fmt,
    },
    Step {
        name: "floors",
        run: floors::run,
    },
    Step {
        name: "sizes",
        run: sizes::run,
    },
    Step {
        name: "readme",
        run: readme::run,
    },
    Step {
        name: "clippy",
        run: rust::clippy,
    },
    Step {
        name: "doc",
        run: rust::doc,
    },
    Step {
        name: "test",
        run: rust::test,
    },
    Step {
        name: "features",
        run: rust::features,
    },
    Step {
        name: "rwlock",
        run: rust::rwlock,
    },
    Step {
        name: "loom",
        run: |workspace| loom::run(workspace, loom::Job::USUAL),
    },
    Step {
        name: "instructions",
        run: instructions::run,
    },
    Step {
        name: "flame",
        run: |workspace| flame::graph(workspace, &[]),
    },
    Step {
        name: "progress",
        run: |workspace| progress::run(workspace, &[]),
    },
    Step {
        name: "soak",
        run: |workspace| soak::run(workspace, SOAK_SECONDS),
    },
    Step {
        name: "fuzz",
        run: |workspace| {
            fuzz::run(
                workspace,
                &fuzz::Job {
                    seconds: FUZZ_SECONDS,
                    target: None,
                },
            )
        },
    },
];

/// Runs the steps and prints the report; success when nothing failed, and in a strict run nothing was missing.
pub fn run(workspace: &Workspace, options: Options) -> ExitCode {
    let report = run_steps(&STEPS, workspace, options);
    print!("{report}");
    if report.is_green() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run_steps(steps: &[Step], workspace: &Workspace, options: Options) -> Report {
    let mut report = Report::new(workspace.strict);
    let mut stopped = false;
    for step in steps {
        if stopped {
            report.push(Line {
                name: step.name,
                outcome: None,
                took: Duration::ZERO,
            });
            continue;
        }
        println!("\n== {} ==", step.name);
        let start = Instant::now();
        let outcome = (step.run)(workspace);
        let line = Line {
            name: step.name,
            outcome: Some(outcome),
            took: start.elapsed(),
        };
        println!(
            "== {}: {} in {:.1} s ==",
            step.name,
            line.word(),
            line.took.as_secs_f64()
        );
        stopped = matches!(line.outcome, Some(Outcome::Failed(_))) && !options.keep_going;
        report.push(line);
    }
    report
}

#[cfg(test)]
mod tests;
