//! What a stack adds to a real HTTP call: p50 and p99 with it above those without it, each with its interval.
//!
//! In each round every subject makes a block of calls, in an order that is balanced over the rounds. The first subject is the bare
//! call; one of the others is the bare call again, whose difference is what the machine adds by itself.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ninelives::{StreamingSink, Subscriber};
use tokio::runtime::Runtime;
use tower::{Service, ServiceExt};

use super::echo::FAR;
use super::loopback::{LENGTH, Loopback};
use super::paired::{Interval, Orders};
use super::quantiles::{Latencies, above};

/// Something that is called over HTTP.
pub struct Subject {
    name: &'static str,
    block: Box<dyn Fn() -> Block + Send>,
}

type Block = Pin<Box<dyn Future<Output = Vec<u32>> + Send>>;

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Rounds in which every subject has its turn.
    pub rounds: usize,
}

/// What there is beside the stacks: whether another timer of the runtime is nearer than theirs, and where the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// One is, as in a service that does more than this call: arming a later one wakes nobody.
    Nearer,
    /// None is: arming one of tokio's timers wakes the driver.
    Alone,
    /// One is nearer, and the server is on a thread of its own.
    Apart,
}

impl Company {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Nearer, Self::Alone, Self::Apart];
}

/// How far one subject lies above the bare call.
#[derive(Clone, Debug)]
pub struct Overhead {
    name: &'static str,
    p50: f64,
    p99: f64,
    above: Vec<Interval>,
}

/// Reads all events as they come, on a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Reader {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<(u64, u64)>>,
}

/// The claim: the upper end of the interval is below this.
const CLAIM: f64 = 0.01;
/// Where the bare call stands the second time.
const AGAIN: usize = 1;
const SHARES: [f64; 2] = [0.5, 0.99];
/// Calls of a block, and those before them that do not count.
const CALLS: usize = 32;
const WARM: usize = 2;

// === impl Extent ===

impl Extent {
    /// Reads `--quick` and `--rounds N`; `cargo bench` adds a `--bench` of its own.
    pub fn of(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut extent = Self { rounds: 3_000 };
        let mut words = words.skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" => {}
                "--quick" => extent.rounds = 8,
                "--rounds" => {
                    let value = words.next().unwrap_or_default();
                    let rounds = value
                        .parse()
                        .ok()
                        .filter(|rounds| (1..=100_000).contains(rounds));
                    extent.rounds =
                        rounds.ok_or_else(|| format!("--rounds {value}: not in 1..=100000"))?;
                }
                _ => {
                    return Err(format!(
                        "unknown flag `{word}`; there are --quick and --rounds N"
                    ));
                }
            }
        }
        Ok(extent)
    }

    /// Rounds of so many subjects: whole cycles of their orders.
    fn of_all(self, subjects: usize) -> usize {
        self.rounds.next_multiple_of(Orders::of(subjects).cycle())
    }
}

// === impl Subject ===

impl Subject {
    /// A service that is cloned for each block of calls.
    pub fn new<S>(name: &'static str, service: S) -> Self
    where
        S: Service<u64, Response = u64, Error: fmt::Debug + Send, Future: Send>
            + Clone
            + Send
            + 'static,
    {
        let block = move || -> Block { Box::pin(block(service.clone())) };
        Self {
            name,
            block: Box::new(block),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subject").field(&self.name).finish()
    }
}

async fn block<S>(mut service: S) -> Vec<u32>
where
    S: Service<u64, Response = u64, Error: fmt::Debug>,
{
    let mut latencies = Vec::with_capacity(CALLS);
    for call in 0..WARM + CALLS {
        let start = Instant::now();
        let ready = service.ready().await.expect("ready");
        let answer = ready.call(7).await;
        let took = start.elapsed();
        assert_eq!(answer.expect("answered"), LENGTH);
        if call >= WARM {
            latencies.push(u32::try_from(took.as_nanos()).unwrap_or(u32::MAX));
        }
    }
    latencies
}

// === measuring ===

/// The runtime of the calls: one thread.
pub fn runtime(company: Company) -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    if company != Company::Alone {
        runtime.spawn(async { tokio::time::sleep(FAR / 2).await });
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    }
    runtime
}

/// The bare call.
pub async fn loopback(company: Company) -> Loopback {
    let started = match company {
        Company::Nearer | Company::Alone => Loopback::start().await,
        Company::Apart => Loopback::start_apart().await,
    };
    started.expect("loopback")
}

/// Measures the subjects, of which the first two are the bare call: in a task of the current runtime, as the calls of a service are.
pub async fn measure(subjects: Vec<Subject>, extent: Extent) -> Vec<Overhead> {
    let task = tokio::spawn(measured(subjects, extent));
    task.await.expect("every call is answered")
}

async fn measured(subjects: Vec<Subject>, extent: Extent) -> Vec<Overhead> {
    let orders = Orders::of(subjects.len());
    let rounds = extent.of_all(subjects.len());
    let mut latencies = vec![Vec::with_capacity(rounds); subjects.len()];
    for round in 0..=rounds {
        for &at in orders.round(round) {
            // Not awaited where it is made: subjects are not shared between threads.
            let block = (subjects[at].block)();
            let took = block.await;
            // The first round warms up.
            if round > 0 {
                latencies[at].push(took);
            }
        }
    }
    let latencies: Vec<Latencies> = latencies.iter().map(|of| Latencies::of(of)).collect();
    let once = vec![1; rounds];
    let of = |(subject, its): (&Subject, &Latencies)| Overhead {
        name: subject.name,
        p50: its.quantile(SHARES[0], &once),
        p99: its.quantile(SHARES[1], &once),
        above: above(&latencies[0], its, rounds, &SHARES),
    };
    subjects.iter().zip(&latencies).map(of).collect()
}

/// The table in Markdown, and whether the claim holds for each subject that is `ours`.
pub fn report(company: Company, extent: Extent, overheads: &[Overhead], ours: &[&str]) -> String {
    let company = match company {
        Company::Nearer => "another timer of the runtime is nearer than the stacks'",
        Company::Alone => "the stacks' timers are the only ones of the runtime",
        Company::Apart => {
            "the server is on a thread of its own; another timer of the runtime is nearer than the stacks'"
        }
    };
    let mut text = format!(
        "{company}; {} rounds of {CALLS} calls each\n\n| | p50, us | above bare [95 %] | p99, us | above bare [95 %] |\n|---|--:|--:|--:|--:|\n",
        extent.of_all(overheads.len())
    );
    for overhead in overheads {
        text.push_str(&format!("{overhead}\n"));
    }
    text.push('\n');
    let told = |overhead: &&Overhead| ours.contains(&overhead.name);
    for overhead in overheads.iter().filter(told) {
        for (at, share) in ["p50", "p99"].iter().enumerate() {
            let high = overhead.above[at].high;
            let verdict = verdict(overheads[AGAIN].above[at], high);
            text.push_str(&format!(
                "* {}, {share}: at most {:.2} % more: less than 1 %: {verdict}\n",
                overhead.name,
                high * 100.0
            ));
        }
    }
    text
}

/// Whether the claim holds; where the bare call differs from itself by as much as the claim is about, nothing can be said.
fn verdict(again: Interval, high: f64) -> &'static str {
    if again.low < -CLAIM || again.high > CLAIM {
        "cannot be told here: the bare call differs from itself by more"
    } else if high < CLAIM {
        "holds"
    } else {
        "DOES NOT HOLD"
    }
}

impl fmt::Display for Overhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} |", self.name)?;
        for (ns, above) in [self.p50, self.p99].iter().zip(&self.above) {
            let percent = |share: f64| share * 100.0;
            write!(
                f,
                " {:.1} | {:+.2} % [{:+.2}, {:+.2}] |",
                ns / 1_000.0,
                percent(above.middle),
                percent(above.low),
                percent(above.high)
            )?;
        }
        Ok(())
    }
}

// === impl Reader ===

impl Reader {
    /// Reads what comes to `sink`, and naps for a millisecond when it has read all.
    pub fn of(sink: &StreamingSink) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut subscriber, seen) = (sink.subscribe(), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                drain(&mut subscriber);
                std::thread::sleep(Duration::from_millis(1));
            }
            drain(&mut subscriber);
            (subscriber.received(), subscriber.lost())
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }

    /// Ends it: how many events it has read, and how many were overwritten before.
    pub fn stop(mut self) -> (u64, u64) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("stopped once");
        thread.join().expect("the reader does not panic")
    }
}

fn drain(subscriber: &mut Subscriber) {
    while subscriber.try_recv().is_some() {}
}
