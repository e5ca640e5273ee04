//! The state of a run at one moment.

use std::fmt;
use std::time::Duration;

/// The state of a run at one moment. Counts are those since its beginning.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Seconds since the beginning.
    pub at: f64,
    /// The epoch.
    pub epoch: u64,
    /// Calls that began.
    pub begun: u64,
    /// Calls that ended.
    pub ended: u64,
    /// Calls that were answered, by the backend or a fallback.
    pub answered: u64,
    /// Calls that were turned away.
    pub rejected: u64,
    /// Calls that are out.
    pub out: u64,
    /// The latency that half of the calls since the last sample did not exceed.
    pub p50: Duration,
    /// That which 99 of 100 did not exceed.
    pub p99: Duration,
    /// Faults that were injected around the client.
    pub injected: u64,
    /// Requests that the backend refused.
    pub refused: u64,
    /// Requests whose connection broke.
    pub broken: u64,
    /// Requests that were given up.
    pub given_up: u64,
    /// Changes of settings, those that were refused included.
    pub changes: u64,
    /// Events.
    pub events: u64,
    /// Resident memory, in bytes.
    pub memory: u64,
    /// Tasks of the runtime.
    pub tasks: u64,
    /// Open files.
    pub files: u64,
    /// Threads.
    pub threads: u64,
    /// Waits that are armed.
    pub waits: u64,
    /// Laws that were broken.
    pub breaches: u64,
}

// === impl Sample ===

impl Sample {
    /// Calls that ended in a second since the other sample.
    pub fn rate_since(&self, before: &Self) -> f64 {
        per_second(before.ended, self.ended, before.at, self.at)
    }

    /// As a line of JSON, without the end of the line.
    pub fn json(&self) -> String {
        let numbers = [
            ("epoch", self.epoch),
            ("begun", self.begun),
            ("ended", self.ended),
            ("answered", self.answered),
            ("rejected", self.rejected),
            ("out", self.out),
            ("p50_us", micros(self.p50)),
            ("p99_us", micros(self.p99)),
            ("injected", self.injected),
            ("refused", self.refused),
            ("broken", self.broken),
            ("given_up", self.given_up),
            ("changes", self.changes),
            ("events", self.events),
            ("memory", self.memory),
            ("tasks", self.tasks),
            ("files", self.files),
            ("threads", self.threads),
            ("waits", self.waits),
            ("breaches", self.breaches),
        ];
        let mut line = format!("{{\"at\":{:.1}", self.at);
        for (name, number) in numbers {
            line.push_str(&format!(",\"{name}\":{number}"));
        }
        line.push('}');
        line
    }
}

/// What a counter grew by in a second.
pub fn per_second(before: u64, now: u64, since: f64, at: f64) -> f64 {
    now.saturating_sub(before) as f64 / (at - since).max(1e-3)
}

fn micros(time: Duration) -> u64 {
    time.as_micros() as u64
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.memory as f64 / 1e6;
        let [p50, p99] = [self.p50, self.p99].map(|time| time.as_secs_f64() * 1e3);
        write!(
            f,
            "{:>7.0} s  epoch {:<4} {:>9} calls  {:>4} out  p50 {p50:.1} ms  p99 {p99:.0} ms  {megabytes:.1} MB  {} tasks  {} files  {} changes  {} events  {} broken",
            self.at,
            self.epoch,
            self.ended,
            self.out,
            self.tasks,
            self.files,
            self.changes,
            self.events,
            self.breaches,
        )
    }
}
