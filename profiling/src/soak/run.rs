//! A run from its beginning to its end.

mod process;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ninelives::registry::Registry;
use ninelives::{StreamingSink, TokioTimer, WheelTimer};
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

use super::Job;
use super::backend::Backend;
use super::calls::{End, Whole};
use super::client::Sent;
use super::count::Count;
use super::epoch::Remains;
use super::host;
use super::laws::{Law, Laws};
use super::listen::Heard;
use super::memory;
use super::report::{Course, Report};
use super::sample::Sample;
use super::stacks::{self, Site, Stack};
use super::tally::Tally;
use super::timer::{Audited, Waits};
use super::tuner::Tried;
use super::values::Values;
use super::watchdog;

/// A run.
pub struct Run {
    pub(super) job: Job,
    pub(super) laws: Arc<Laws>,
    pub(super) pulse: Arc<Count>,
    pub(super) backend: Backend,
    pub(super) sent: Arc<Sent>,
    pub(super) wheel: Arc<Waits>,
    pub(super) tokio: Arc<Waits>,
    pub(super) registry: Registry,
    pub(super) tally: Tally,
    pub(super) house: Arc<Vec<Stack>>,
    pub(super) policies: usize,
    pub(super) held_back: Arc<Count>,
    pub(super) over: watch::Receiver<bool>,
    pub(super) remained: Option<Remains>,
    pub(super) next: u64,
    pub(super) tried: Arc<Tried>,
    pub(super) values: Arc<Values>,
    pub(super) injected: u64,
    pub(super) whole: Arc<Whole>,
    stalls: Arc<Count>,
    heard: Heard,
    /// Events of guests that have gone.
    pub(super) visited: u64,
    samples: Vec<Sample>,
    begin: Instant,
    report: Report,
}

/// What a run found.
#[derive(Debug)]
pub struct Findings {
    /// The laws, with what was broken.
    pub laws: Arc<Laws>,
    /// The last sample.
    pub last: Sample,
    /// Every law held.
    pub held: bool,
}

/// Workers of the runtime: more than a small machine has processors, so that they interrupt each other.
const WORKERS: usize = 3;
/// Events that each ring of the house's stream keeps.
const RING: usize = 1 << 13;
/// The first epoch is short: what there is after it is what there may be later.
const WARM_UP: Duration = Duration::from_secs(2);
/// From this length on a sample is written down every ten seconds.
const LONG: Duration = Duration::from_secs(600);

/// Runs the job on a runtime of its own.
///
/// # Errors
/// There is no port, no runtime, or the report cannot be written.
pub fn run(job: Job) -> Result<Findings, Box<dyn Error>> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    let found = runtime.block_on(async {
        let mut run = Run::new(job).await?;
        run.whole().await
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    found
}

impl Run {
    async fn new(job: Job) -> Result<Self, Box<dyn Error>> {
        let laws = Arc::new(Laws::new(job.seed));
        process::heed_panics(&laws);
        let backend = Backend::listen(job.seed).await?;
        let registry = Registry::new();
        let tally = Tally::new(StreamingSink::new(RING)?, job.plant);
        let whole = Arc::<Whole>::default();
        let stalls = Arc::<Count>::default();
        let [wheel, tokio] = [Arc::<Waits>::default(), Arc::default()];
        let site = Site {
            sink: &tally,
            registry: &registry,
            wheel: Audited::new(WheelTimer, &wheel),
            tokio: Audited::new(TokioTimer, &tokio),
            whole: Arc::clone(&whole),
            stalls: Arc::clone(&stalls),
            plant: job.plant,
            prefix: String::new(),
        };
        let house = Arc::new(stacks::house(&site)?);
        let report = Report::begin(&job)?;
        let policies = registry.policies().len();
        let pulse = Arc::<Count>::default();
        let looked = Arc::clone(&house);
        watchdog::watch(&pulse, move || said(&looked));
        Ok(Self {
            laws,
            pulse,
            backend,
            sent: Arc::default(),
            wheel,
            tokio,
            registry,
            tally,
            house,
            policies,
            held_back: Arc::default(),
            over: process::signals()?,
            remained: None,
            next: 0,
            tried: Arc::default(),
            values: Arc::new(Values::new()?),
            injected: 0,
            whole,
            stalls,
            heard: Heard::default(),
            visited: 0,
            samples: Vec::new(),
            begin: Instant::now(),
            report,
            job,
        })
    }

    async fn whole(&mut self) -> Result<Findings, Box<dyn Error>> {
        let warm_up = WARM_UP.min(self.job.epoch);
        self.epoch(warm_up).await?;
        while !self.is_over() && !self.laws.are_broken() {
            let left = self.job.length.saturating_sub(self.begin.elapsed());
            if left < Duration::from_millis(400) {
                break;
            }
            self.epoch(self.job.epoch.min(left)).await?;
        }
        self.laws.hold(Law::Panics, true, String::new);
        self.sample(0, 0);
        if let Some(end) = host::resident() {
            memory::check(&self.laws, &self.samples, end);
        }
        let last = self.samples.last().copied().unwrap_or_default();
        let early = self.is_over();
        let course = Course {
            job: &self.job,
            laws: &self.laws,
            samples: &self.samples,
            whole: &self.whole,
            heard: self.heard,
            held_back: self.held_back.get(),
            stalls: self.stalls.get(),
            stacks: said(&self.house),
            early,
        };
        self.report.end(&course)?;
        Ok(Findings {
            laws: Arc::clone(&self.laws),
            last,
            held: !self.laws.are_broken(),
        })
    }

    /// Where stacks are built.
    pub(super) fn site<'a>(&'a self, prefix: &str, sink: &'a Tally) -> Site<'a> {
        Site {
            sink,
            registry: &self.registry,
            wheel: Audited::new(WheelTimer, &self.wheel),
            tokio: Audited::new(TokioTimer, &self.tokio),
            whole: Arc::clone(&self.whole),
            stalls: Arc::clone(&self.stalls),
            plant: self.job.plant,
            prefix: prefix.to_owned(),
        }
    }

    /// Waits that are armed.
    pub(super) fn waits(&self) -> u64 {
        self.wheel.left() + self.tokio.left()
    }

    /// Somebody wants it to end.
    pub(super) fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Takes a sample when it is time for one, and says it.
    pub(super) fn sample(&mut self, injected: u64, guests: u64) {
        let at = self.begin.elapsed().as_secs_f64();
        let since = self.samples.last().map_or(0.0, |sample| sample.at);
        let every = match self.job.length > LONG {
            true => 10.0,
            false => 1.0,
        };
        if at - since < every - 0.5 {
            return;
        }
        let latency = self.whole.take_latency();
        let quantile = |share| latency.quantile(share).unwrap_or_default();
        let sample = Sample {
            at,
            epoch: self.laws.epoch(),
            ended: self.whole.ended(),
            begun: self.whole.begun.get(),
            answered: self.whole.of(End::Answered) + self.whole.of(End::Spared),
            rejected: self.whole.of(End::Rejected),
            out: self.whole.out.now(),
            p50: quantile(0.5),
            p99: quantile(0.99),
            injected: self.injected + injected,
            refused: self.sent.refused.get(),
            broken: self.sent.broken.get(),
            given_up: self.sent.dropped.get(),
            changes: self.tried.taken.get() + self.tried.refused.get(),
            events: self.tally.total() + self.visited + guests,
            memory: host::resident().unwrap_or(0),
            tasks: Handle::current().metrics().num_alive_tasks() as u64,
            files: host::files().unwrap_or(0),
            threads: host::threads().unwrap_or(0),
            waits: self.waits(),
            breaches: self.laws.breaches_in_all(),
        };
        println!("{sample}");
        self.report.sample(&sample);
        self.samples.push(sample);
    }

    /// Adds what the listeners of an epoch heard.
    pub(super) fn heard(&mut self, of: [Heard; 2]) {
        for heard in of {
            self.heard.emitted += heard.emitted;
            self.heard.received += heard.received;
            self.heard.lost += heard.lost;
            self.heard.delivered += heard.delivered;
            self.heard.missed += heard.missed;
        }
    }
}

/// What the stacks look like.
fn said(stacks: &[Stack]) -> String {
    let all = stacks.iter().flat_map(|stack| &stack.watched);
    let lines: Vec<_> = all.map(|watched| watched.said()).collect();
    lines.join("\n")
}
