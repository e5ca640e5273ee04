//! What happens right now, on stderr: a bar on a terminal, a line a second elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::book::{Book, Tally};
use crate::breaker_watch::BreakerState;
use crate::weather::Forecast;
use crate::words::seconds;

/// Where the live figures come from.
pub struct Progress {
    /// When the run started.
    pub start: Instant,
    /// Its length.
    pub length: Duration,
    /// The storm.
    pub forecast: Forecast,
    /// The bare side's book, when it runs.
    pub bare: Option<Arc<Book>>,
    /// The other side's book.
    pub protected: Arc<Book>,
    /// What the breaker is doing.
    pub breaker: Box<dyn Fn() -> BreakerState + Send>,
}

// === impl Progress ===

impl Progress {
    /// Shows progress until dropped.
    pub async fn show(self) {
        let bar = stderr().is_terminal();
        let mut ticks = interval(Duration::from_millis(if bar { 100 } else { 1000 }));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        // The rates are those of about the last second.
        let mut past: Vec<(Tally, Tally)> = Vec::new();
        loop {
            ticks.tick().await;
            let now = (
                self.bare
                    .as_ref()
                    .map(|book| book.tally())
                    .unwrap_or_default(),
                self.protected.tally(),
            );
            let before = past.first().copied().unwrap_or_default();
            let line = self.line(&now.0.since(&before.0), &now.1.since(&before.1), bar);
            past.push(now);
            if past.len() > if bar { 10 } else { 1 } {
                past.remove(0);
            }
            // A closed stderr is no reason to end the run.
            let _ = if bar {
                write!(stderr(), "\r{line}\x1b[K")
            } else {
                writeln!(stderr(), "{line}")
            };
        }
    }

    /// Ends the bar's line.
    pub fn end() {
        if stderr().is_terminal() {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }

    fn line(&self, bare: &Tally, protected: &Tally, bar: bool) -> String {
        let elapsed = self.start.elapsed();
        let phase = match elapsed >= self.length {
            true => "waiting",
            false if self.forecast.spans().is_empty() => "running",
            false => self.forecast.at(elapsed).0.name(),
        };
        let gone = elapsed.min(self.length);
        let filled = (gone.as_secs_f64() / self.length.as_secs_f64() * 10.0) as usize;
        // A bar that wraps cannot be overwritten: it stays below 80 columns.
        let (drawn, fallback) = if bar {
            (format!("[{:-<10}] ", "#".repeat(filled)), String::new())
        } else {
            let share = percent(protected.fallbacks(), protected.total());
            (String::new(), format!(", by fallback {share}"))
        };
        let breaker = (self.breaker)().name();
        let without = self
            .bare
            .as_ref()
            .map(|_| format!("bare {}, ", percent(bare.failures(), bare.total())));
        format!(
            "{drawn}{:.0}/{} {phase:10} breaker {breaker:9} errors: {}policy {}{fallback}",
            gone.as_secs_f64(),
            seconds(self.length),
            without.unwrap_or_default(),
            percent(protected.failures(), protected.total()),
        )
    }
}

fn percent(part: u64, whole: u64) -> String {
    // Nothing ended in the last second: all that is out hangs.
    if whole == 0 {
        "none back".to_owned()
    } else {
        format!("{:.0}%", part as f64 / whole as f64 * 100.0)
    }
}
