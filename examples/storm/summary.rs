//! A finished run: its figures, the sentence that sums it up, and the checks that must hold.

use std::time::Duration;

use crate::book::Pages;
use crate::breaker_watch::Seen;
use crate::caller::Outcome;
use crate::driver::Driven;
use crate::flags::Flags;
use crate::http::Sent;
use crate::upstream::Received;
use crate::weather::Forecast;
use crate::words::{count, seconds, time};

/// A request begun later than this after it was due says more about the machine than about the sides.
const TOO_LATE: Duration = Duration::from_millis(250);

/// A finished run.
#[derive(Debug, Clone)]
pub struct Summary {
    /// What was asked for.
    pub flags: Flags,
    /// The storm; no phases when the upstream was the user's own.
    pub forecast: Forecast,
    /// What was driven.
    pub driven: Driven,
    /// How long requests could still be out after the run.
    pub grace: Duration,
    /// The bare side, unless the upstream was the user's own.
    pub bare: Option<Side>,
    /// The most connections of the bare side.
    pub bare_connections: usize,
    /// The side behind the policy.
    pub protected: Side,
    /// What the policy was and did.
    pub policy: PolicyFigures,
}

/// One side of it.
#[derive(Debug, Clone)]
pub struct Side {
    /// Every request's outcome and latency.
    pub pages: Pages,
    /// What the client sent.
    pub sent: Sent,
    /// What the upstream saw; unknown when it was the user's own.
    pub received: Option<Received>,
}

/// What the policy was and did.
#[derive(Debug, Clone)]
pub struct PolicyFigures {
    /// The policy in one line.
    pub words: String,
    /// What the watcher saw.
    pub seen: Seen,
    /// The bulkhead's limit.
    pub bulkhead_limit: usize,
    /// Permits still out when everything was over.
    pub in_flight_at_end: usize,
}

/// A law that every run must obey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which law, on which side.
    pub name: String,
    /// The figures.
    pub detail: String,
    /// Whether it holds.
    pub holds: bool,
}

// === impl Summary ===

impl Summary {
    /// The sides that ran with their names, the bare one first.
    pub fn sides(&self) -> Vec<(&'static str, &Side)> {
        let bare = self.bare.iter().map(|side| ("without ninelives", side));
        bare.chain([("with ninelives", &self.protected)]).collect()
    }

    /// How long a side needed to recover once its upstream was back; `None` when it did not, or nothing was down.
    pub fn recovered_after(&self, side: &Side) -> Option<Duration> {
        side.pages.recovered_after(self.forecast.up_again()?)
    }

    /// How long the upstream was down while requests fell due.
    pub fn down_for(&self) -> Duration {
        let lasted = self.driven.lasted;
        let down = self
            .forecast
            .spans()
            .iter()
            .filter(|span| span.phase.is_down());
        down.map(|span| span.to.min(lasted).saturating_sub(span.from))
            .sum()
    }

    /// What happened, in a sentence for each side that ran; the bare one first.
    pub fn headline(&self) -> Vec<String> {
        let down = |side: &Side| side.received.map_or(0, |received| received.while_down);
        let mut kept = format!("With ninelives {}", self.protected.fared());
        if let Some(bare) = self.bare.as_ref().map(down).filter(|bare| *bare > 0) {
            let (with, without) = (count(down(&self.protected)), count(bare));
            kept += &format!(
                ", and the upstream got {with} requests instead of {without} while it was down"
            );
        }
        let bare = self
            .bare
            .iter()
            .map(|bare| format!("Without ninelives {}.", bare.fared()));
        bare.chain([kept + "."]).collect()
    }

    /// What to know before believing the figures: the machine could not keep up with the load.
    pub fn overload(&self) -> Option<String> {
        let late = self.driven.most_late;
        (late > TOO_LATE).then(|| {
            format!(
                "This machine could not keep up: requests were begun up to {} after they were due, on whichever side. \
                 The figures are about that; ask for fewer requests a second.",
                time(late)
            )
        })
    }

    /// What was done to whom.
    pub fn setting(&self) -> String {
        let rps = count(u64::from(self.flags.rps));
        let lasted = seconds(self.driven.lasted);
        let mut text = match &self.flags.upstream {
            Some(target) => format!("{target} for {lasted}, {rps} requests a second"),
            None => format!(
                "Two identical upstreams, each down for {} of {lasted}; {rps} requests a second to each; seed {}",
                seconds(self.down_for()),
                self.flags.seed
            ),
        };
        if self.driven.lasted < Duration::from_secs(u64::from(self.flags.seconds)) {
            text += &format!("; stopped early, {} s were asked for", self.flags.seconds);
        }
        text
    }

    /// The laws, each with its figures.
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for (name, side) in self.sides() {
            checks.extend(side.checks(name, self.driven.requests));
        }
        let out = self.policy.in_flight_at_end;
        let seen = &self.policy.seen;
        let (given, back) = (seen.permits_given, seen.permits_back);
        let heard = match seen.unheard {
            0 => String::new(),
            lost => format!("; {} events unheard, so not compared", count(lost)),
        };
        checks.push(Check {
            name: "with ninelives: permits out = permits back".to_owned(),
            detail: format!(
                "{} given, {} back, {out} out at the end{heard}",
                count(given),
                count(back)
            ),
            holds: out == 0 && (given == back || seen.unheard > 0),
        });
        checks
    }
}

// === impl Side ===

impl Side {
    /// How its requests fared, in words that follow its name.
    fn fared(&self) -> String {
        let all = self.pages.all();
        let (requests, longest) = (
            count(all.tally.total()),
            time(all.latency.max().unwrap_or_default()),
        );
        let fallbacks = count(all.tally.fallbacks());
        match (all.tally.failures(), all.tally.fallbacks()) {
            (0, 0) => format!("all {requests} were answered, the longest wait was {longest}"),
            (0, _) => format!(
                "all {requests} were answered, {fallbacks} by the fallback, the longest wait was {longest}"
            ),
            (some, 0) => format!(
                "{} of {requests} requests came to nothing, after up to {longest}",
                count(some)
            ),
            (some, _) => format!(
                "{} of {requests} requests came to nothing, after up to {longest}, {fallbacks} were answered by the fallback",
                count(some)
            ),
        }
    }

    fn checks(&self, name: &str, due: u64) -> Vec<Check> {
        let (tally, sent) = (self.pages.all().tally, self.sent);
        let mut checks = vec![
            Check {
                name: format!("{name}: requests in = outcomes out"),
                detail: format!("{due} fell due, {} ended", tally.total()),
                holds: tally.total() == due,
            },
            Check {
                name: format!("{name}: attempts sent = attempts ended"),
                detail: format!(
                    "{} sent; {} answered, {} refused, {} broken, {} dropped",
                    sent.attempts, sent.answered, sent.refused, sent.broken, sent.dropped
                ),
                holds: sent.attempts == sent.answered + sent.refused + sent.broken + sent.dropped,
            },
            Check {
                name: format!("{name}: no answer lost"),
                detail: format!(
                    "{} came, {} reached their callers",
                    sent.answered,
                    tally.of(Outcome::Answered)
                ),
                holds: sent.answered == tally.of(Outcome::Answered),
            },
        ];
        if let Some(received) = self.received {
            let (answers, got) = (sent.answered + sent.refused, received.requests);
            checks.push(Check {
                name: format!("{name}: answers <= received <= sent"),
                detail: format!("{answers} answers, {got} received, {} sent", sent.attempts),
                holds: answers <= got && got <= sent.attempts,
            });
        }
        checks
    }
}

#[cfg(test)]
pub mod tests;
