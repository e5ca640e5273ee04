//! Draws where the processor time of a scenario goes.

mod args;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, fs, io, thread};

use ninelives::ConfigError;
use ninelives::flamegraph::{FlameError, Profile, Profiler, Sampling};

use crate::course::{Course, Tally};
use crate::scenario::Scenario;

pub use args::{Asked, HELP, UsageError, parse};

/// One graph to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is looked at.
    pub scenario: Scenario,
    /// When it is over.
    pub until: Until,
    /// Where the graph goes.
    pub out: PathBuf,
    /// Where the folded stacks go, if they are wanted.
    pub folded: Option<PathBuf>,
    /// How it is sampled.
    pub sampling: Sampling,
    /// What all randomness is a function of.
    pub seed: u64,
    /// Threads of the scenarios that have several.
    pub threads: usize,
}

/// When a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so long.
    Passed(Duration),
    /// With so many samples, however long that takes; a minute at most.
    Samples(u64),
}

/// A graph that was made.
#[derive(Clone, Debug)]
pub struct Shot {
    /// What was sampled.
    pub profile: Profile,
    /// The calls that were made meanwhile.
    pub tally: Tally,
    scenario: &'static str,
    out: PathBuf,
}

/// Why there is no graph.
#[derive(Debug)]
#[non_exhaustive]
pub enum FlameFailure {
    /// The folder of a file that is to be written is not there; nothing was run.
    NoFolder(PathBuf),
    /// The sampler refused.
    Sampler(FlameError),
    /// The scenario could not be built.
    Scenario(ConfigError),
    /// The scenario panicked, or no thread could be had for it.
    Load(String),
    /// There were only so many samples within a minute.
    TooFew(u64),
    /// A file could not be written.
    Write(PathBuf, io::Error),
}

/// Where the graph begins: below it is the runtime.
const ROOT: &str = "profiling::course::call";
/// How long a run waits for its samples.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(20);

// === impl Job ===

impl Job {
    /// Runs the scenario, samples it, and writes the graph.
    ///
    /// # Errors
    /// [`FlameFailure`]; the scenario has ended in any case.
    pub fn run(&self) -> Result<Shot, FlameFailure> {
        for file in [Some(&self.out), self.folded.as_ref()]
            .into_iter()
            .flatten()
        {
            folder(file)?;
        }
        let course = Arc::new(Course::new(self.seed, self.threads));
        let profiler = Profiler::start(self.sampling)?;
        let load = {
            let (course, scenario) = (Arc::clone(&course), self.scenario);
            thread::Builder::new()
                .name("load".to_owned())
                .spawn(move || scenario.run(&course))
                .map_err(|error| FlameFailure::Load(error.to_string()))?
        };
        let waited = self.wait(&profiler, || load.is_finished());
        let profile = waited.and_then(|()| Ok(profiler.stop()?));
        course.end();
        match load.join() {
            Ok(ran) => ran.map_err(FlameFailure::Scenario)?,
            Err(_) => return Err(FlameFailure::Load("the scenario panicked".to_owned())),
        }
        let profile = profile?.rooted_at(ROOT);
        let title = format!("ninelives: {}", self.scenario.name);
        write(&self.out, &profile.svg(&title)?)?;
        if let Some(folded) = &self.folded {
            write(folded, &profile.folded())?;
        }
        Ok(Shot {
            profile,
            tally: course.tally(),
            scenario: self.scenario.name,
            out: self.out.clone(),
        })
    }

    fn wait(&self, profiler: &Profiler, ended: impl Fn() -> bool) -> Result<(), FlameFailure> {
        let begun = Instant::now();
        loop {
            let passed = begun.elapsed();
            let left = match self.until {
                Until::Passed(length) => length.saturating_sub(passed),
                Until::Samples(enough) => match profiler.samples()? {
                    some if some >= enough => Duration::ZERO,
                    some if passed > PATIENCE => return Err(FlameFailure::TooFew(some)),
                    _ => LOOK,
                },
            };
            if left.is_zero() || ended() {
                return Ok(());
            }
            thread::sleep(left.min(LOOK));
        }
    }
}

fn folder(file: &Path) -> Result<(), FlameFailure> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(FlameFailure::NoFolder(folder.to_owned()))
        }
        _ => Ok(()),
    }
}

fn write(file: &Path, text: &str) -> Result<(), FlameFailure> {
    fs::write(file, text).map_err(|error| FlameFailure::Write(file.to_owned(), error))
}

// === impl Shot ===

impl fmt::Display for Shot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            profile,
            tally,
            scenario,
            out,
        } = self;
        writeln!(
            f,
            "{scenario}: {} samples in {:.1} s, {} calls, {} of them without an answer",
            profile.samples(),
            profile.duration().as_secs_f64(),
            tally.calls(),
            tally.failed
        )?;
        for share in profile.shares() {
            writeln!(f, "  {share}")?;
        }
        write!(f, "{}", out.display())
    }
}

// === impl FlameFailure ===

impl fmt::Display for FlameFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(folder) => write!(f, "there is no folder {}", folder.display()),
            Self::Sampler(error) => error.fmt(f),
            Self::Scenario(error) => write!(f, "the scenario cannot be built: {error}"),
            Self::Load(why) => f.write_str(why),
            Self::TooFew(some) => write!(f, "only {some} samples within {PATIENCE:?}"),
            Self::Write(file, error) => write!(f, "{}: {error}", file.display()),
        }
    }
}

impl Error for FlameFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sampler(error) => Some(error),
            Self::Scenario(error) => Some(error),
            Self::Write(_, error) => Some(error),
            Self::NoFolder(_) | Self::Load(_) | Self::TooFew(_) => None,
        }
    }
}

impl From<FlameError> for FlameFailure {
    fn from(error: FlameError) -> Self {
        Self::Sampler(error)
    }
}
