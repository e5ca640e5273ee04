use super::{Command, FUZZ_SECONDS, HELP, SOAK_SECONDS, parse};
use crate::ci::Options;
use crate::fuzz::Job;
use crate::loom::{self, Depth};

fn parsed(line: &str) -> Result<Command, String> {
    parse(
        &line
            .split_whitespace()
            .map(str::to_string)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn no_word_means_help() {
    assert_eq!(parsed(""), Ok(Command::Help));
}

#[test]
fn flags_reach_their_command() {
    assert_eq!(parsed("ci"), Ok(Command::Ci(Options { keep_going: false })));
    assert_eq!(
        parsed("ci --keep-going"),
        Ok(Command::Ci(Options { keep_going: true }))
    );
    assert_eq!(parsed("loom"), Ok(Command::Loom(loom::Job::USUAL)));
    let deep = loom::Job {
        depth: Depth::Deep,
        only_mutants: false,
    };
    assert_eq!(parsed("loom --deep"), Ok(Command::Loom(deep)));
    let mutants = loom::Job {
        only_mutants: true,
        ..loom::Job::USUAL
    };
    assert_eq!(parsed("loom --mutants"), Ok(Command::Loom(mutants)));
}

#[test]
fn flame_hands_its_flags_on() {
    assert_eq!(parsed("flame"), Ok(Command::Flame(Vec::new())));
    let flags = ["--scenario", "line"].map(str::to_owned).to_vec();
    assert_eq!(parsed("flame --scenario line"), Ok(Command::Flame(flags)));
}

#[test]
fn soak_takes_seconds() {
    assert_eq!(parsed("soak"), Ok(Command::Soak(SOAK_SECONDS)));
    assert_eq!(parsed("soak --seconds 3600"), Ok(Command::Soak(3600)));
    let refused = |line| parsed(line).unwrap_err();
    assert_eq!(refused("soak --seconds"), "`--seconds` needs a value");
    assert_eq!(refused("soak --days 3"), "unknown flag `--days` of `soak`");
    let after = "soak --seconds 3 --seed 1";
    assert_eq!(refused(after), "unknown flag `--seed` of `soak`");
    assert!(refused("soak --seconds 0").starts_with("`--seconds 0`"));
}

#[test]
fn fuzz_takes_seconds_and_a_target() {
    let job = Job {
        seconds: 5,
        target: Some("line".to_string()),
    };
    assert_eq!(
        parsed("fuzz --target line --seconds 5"),
        Ok(Command::Fuzz(job))
    );
    assert_eq!(
        parsed("fuzz"),
        Ok(Command::Fuzz(Job {
            seconds: FUZZ_SECONDS,
            target: None
        }))
    );
}

#[test]
fn an_endless_or_unreadable_time_is_refused() {
    assert!(
        parsed("fuzz --seconds 0")
            .unwrap_err()
            .contains("`--seconds 0`")
    );
    assert!(
        parsed("fuzz --seconds soon")
            .unwrap_err()
            .contains("`--seconds soon`")
    );
    assert_eq!(
        parsed("fuzz --seconds").unwrap_err(),
        "`--seconds` needs a value"
    );
}

#[test]
fn an_unknown_command_is_named() {
    assert_eq!(parsed("bake").unwrap_err(), "unknown command `bake`");
}

#[test]
fn an_unknown_flag_is_named_with_its_command() {
    assert_eq!(
        parsed("test --quick").unwrap_err(),
        "unknown flag `--quick` of `test`"
    );
    assert_eq!(
        parsed("ci --keep-going --fast").unwrap_err(),
        "unknown flag `--fast` of `ci`"
    );
    assert_eq!(
        parsed("fuzz --fast").unwrap_err(),
        "unknown flag `--fast` of `fuzz`"
    );
}

#[test]
fn help_lists_every_step_of_ci() {
    for step in crate::ci::STEPS {
        assert!(
            HELP.contains(&format!("\n  {} ", step.name)),
            "{} is missing",
            step.name
        );
    }
}

#[test]
fn peers_take_their_flags_and_write_no_overhead() {
    let job = crate::peers::Job {
        program: crate::peers::CALLS,
        quick: true,
        write: true,
    };
    assert_eq!(parsed("peers --write --quick"), Ok(Command::Peers(job)));
    assert!(parsed("peers --overhead").is_ok());
    assert!(parsed("peers --overhead --write").is_err());
    assert!(parsed("peers --loud").unwrap_err().contains("`--loud`"));
}

#[test]
fn miri_takes_a_number_of_seeds_above_zero() {
    assert_eq!(parsed("miri"), Ok(Command::Miri(8)));
    assert_eq!(parsed("miri --seeds 64"), Ok(Command::Miri(64)));
    for line in ["miri --seeds 0", "miri --seeds", "miri --fast"] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn coverage_fails_only_with_its_gate() {
    assert_eq!(parsed("coverage"), Ok(Command::Coverage { gate: false }));
    assert_eq!(
        parsed("coverage --gate"),
        Ok(Command::Coverage { gate: true })
    );
}
