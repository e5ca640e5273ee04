//! The command line.

use crate::ci;
use crate::fuzz;
use crate::loom;
use crate::nightly::SEEDS;
use crate::peers;

/// One parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print the table of commands.
    Help,
    /// Every check, in order.
    Ci(ci::Options),
    /// Formatting.
    Fmt,
    /// Lints.
    Clippy,
    /// Documentation.
    Doc,
    /// Tests.
    Test,
    /// The tests of the libraries with every feature.
    Features,
    /// The tests of live values on another backend.
    Rwlock,
    /// Loom models.
    Loom(loom::Job),
    /// Instruction counts against their budgets.
    Instructions,
    /// A flame graph, by the flags of `flame`.
    Flame(Vec<String>),
    /// Stalled threads and futex calls, by the flags of `progress`.
    Progress(Vec<String>),
    /// A soak of so many seconds, and the breakages that it must see.
    Soak(u64),
    /// Fuzz targets.
    Fuzz(fuzz::Job),
    /// Lines that the tests reach, and whether too few are a failure.
    Coverage {
        /// They are.
        gate: bool,
    },
    /// The core's tests under Miri, those with threads under so many seeds.
    Miri(u32),
    /// The tests with threads under sanitizers.
    Sanitize,
    /// Ours beside its peers.
    Peers(peers::Job),
    /// Which module may import which, and where certain words may stand.
    Floors,
    /// Page lengths.
    Sizes,
    /// The commands that the README names.
    Readme,
}

/// Seconds of fuzzing where none are given.
pub const FUZZ_SECONDS: u64 = 60;

/// Seconds of a soak where none are given.
pub const SOAK_SECONDS: u64 = 60;

/// The table of commands.
pub const HELP: &str = "\
usage: cargo xtask <command>

  ci [--keep-going]              every check below in order; stops at the first failure unless told otherwise
  fmt                            formatting
  floors                         arrows point down: imports, and where orderings, clocks and boxes may stand
  sizes                          no page over 300 lines
  readme                         the README names the commands that a newcomer runs, and links between pages lead somewhere
  clippy                         lints, warnings refused
  doc                            documentation, warnings refused
  test                           unit, integration and documentation tests
  features                       the same of the two libraries with every feature
  rwlock                         the tests of live values on a lock instead of arc-swap
  loom [--deep] [--mutants]      loom models, two preemptions (three with --deep), and the mutants that they must kill
                                 (--mutants: those alone)
  instructions                   instruction counts against benches/budgets.toml (needs valgrind)
  flame [flags]                  the flame graph of a scenario (--list names them, --help the flags); without flags that
                                 of the full stack, which must name its layers
  progress [flags]               no operation waits for another thread: one is stopped at random instructions, and futex calls
                                 are counted (--list names the operations, --help the flags)
  fuzz [--seconds N] [--target T]
                                 fuzz targets, N seconds in all (60); proptest where there is no nightly
  soak [--seconds N]             everything at once over real HTTP for N seconds (60), every law of conservation checked; then
                                 a moment of each breakage on purpose, which must be seen
  peers [--quick] [--write]      ours beside its peers: time, instructions and allocations of a call; --write puts the
                                 tables into README.md, docs/BENCHMARKS.md and docs/benchmarks. Not part of ci, nor is what follows
  peers --overhead [--quick]     the same for a real HTTP call
  peers --threads                the same for two threads on one policy
  peers --scaling                ours by the number of layers, subscribers and names, and the size of windows
  coverage [--gate]              lines of the libraries that their tests reach, and the worst pages; below 95 % fails with --gate
  miri [--seeds N]               the core's tests under Miri, those with threads under N seeds (8); nightly
  sanitize                       the tests with threads under ThreadSanitizer and AddressSanitizer; nightly, Linux on x86-64
  help                           this table

With CI=true a check that cannot run counts as a failure, unless it is optional.";

/// Reads a command line; the error names the word that was not understood.
pub fn parse(words: &[String]) -> Result<Command, String> {
    let mut words = words.iter().map(String::as_str);
    let name = words.next().unwrap_or("help");
    let rest: Vec<&str> = words.collect();
    match name {
        "help" | "--help" | "-h" => bare(name, &rest, Command::Help),
        "ci" => flag(name, &rest, "--keep-going")
            .map(|keep_going| Command::Ci(ci::Options { keep_going })),
        "fmt" => bare(name, &rest, Command::Fmt),
        "clippy" => bare(name, &rest, Command::Clippy),
        "doc" => bare(name, &rest, Command::Doc),
        "test" => bare(name, &rest, Command::Test),
        "features" => bare(name, &rest, Command::Features),
        "rwlock" => bare(name, &rest, Command::Rwlock),
        "loom" => models(&rest).map(Command::Loom),
        "instructions" => bare(name, &rest, Command::Instructions),
        "flame" => Ok(Command::Flame(handed_on(&rest))),
        "progress" => Ok(Command::Progress(handed_on(&rest))),
        "soak" => soak(&rest).map(Command::Soak),
        "fuzz" => job(&rest).map(Command::Fuzz),
        "peers" => compared(&rest).map(Command::Peers),
        "coverage" => flag(name, &rest, "--gate").map(|gate| Command::Coverage { gate }),
        "miri" => seeds(&rest).map(Command::Miri),
        "sanitize" => bare(name, &rest, Command::Sanitize),
        "floors" => bare(name, &rest, Command::Floors),
        "sizes" => bare(name, &rest, Command::Sizes),
        "readme" => bare(name, &rest, Command::Readme),
        unknown => Err(format!("unknown command `{unknown}`")),
    }
}

/// Flags that the program behind the command reads.
fn handed_on(rest: &[&str]) -> Vec<String> {
    rest.iter().map(|word| (*word).to_owned()).collect()
}

fn bare(name: &str, rest: &[&str], command: Command) -> Result<Command, String> {
    rest.first()
        .map_or(Ok(command), |word| Err(unknown_flag(name, word)))
}

fn flag(name: &str, rest: &[&str], known: &str) -> Result<bool, String> {
    match rest.iter().find(|word| **word != known) {
        Some(word) => Err(unknown_flag(name, word)),
        None => Ok(!rest.is_empty()),
    }
}

fn soak(rest: &[&str]) -> Result<u64, String> {
    match rest {
        [] => Ok(SOAK_SECONDS),
        ["--seconds", value] => seconds(value),
        ["--seconds"] => Err("`--seconds` needs a value".to_owned()),
        ["--seconds", _, unknown, ..] | [unknown, ..] => Err(unknown_flag("soak", unknown)),
    }
}

fn models(rest: &[&str]) -> Result<loom::Job, String> {
    let mut job = loom::Job::USUAL;
    for word in rest {
        match *word {
            "--deep" => job.depth = loom::Depth::Deep,
            "--mutants" => job.only_mutants = true,
            unknown => return Err(unknown_flag("loom", unknown)),
        }
    }
    Ok(job)
}

fn job(rest: &[&str]) -> Result<fuzz::Job, String> {
    let mut job = fuzz::Job {
        seconds: FUZZ_SECONDS,
        target: None,
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("`{word}` needs a value"))
        };
        match *word {
            "--seconds" => job.seconds = seconds(value()?)?,
            "--target" => job.target = Some((*value()?).to_string()),
            unknown => return Err(unknown_flag("fuzz", unknown)),
        }
    }
    Ok(job)
}

fn compared(rest: &[&str]) -> Result<peers::Job, String> {
    let mut job = peers::Job {
        program: peers::CALLS,
        quick: false,
        write: false,
    };
    for word in rest {
        match *word {
            "--overhead" => job.program = peers::OVERHEAD,
            "--scaling" => job.program = peers::SCALING,
            "--threads" => job.program = peers::THREADS,
            "--quick" => job.quick = true,
            "--write" => job.write = true,
            unknown => return Err(unknown_flag("peers", unknown)),
        }
    }
    if job.write && job.program != peers::CALLS {
        return Err("`--write` is for the tables of calls: `peers --write`".to_string());
    }
    Ok(job)
}

fn seeds(rest: &[&str]) -> Result<u32, String> {
    match rest {
        [] => Ok(SEEDS),
        ["--seeds", word] => match word.parse() {
            Ok(0) | Err(_) => Err(format!("`--seeds {word}`: not a whole number above zero")),
            Ok(seeds) => Ok(seeds),
        },
        ["--seeds"] => Err("`--seeds` needs a value".to_string()),
        [unknown, ..] => Err(unknown_flag("miri", unknown)),
    }
}

fn seconds(word: &str) -> Result<u64, String> {
    match word.parse() {
        Ok(0) | Err(_) => Err(format!(
            "`--seconds {word}`: not a whole number of seconds above zero"
        )),
        Ok(seconds) => Ok(seconds),
    }
}

fn unknown_flag(command: &str, word: &str) -> String {
    format!("unknown flag `{word}` of `{command}`")
}

#[cfg(test)]
mod tests;
