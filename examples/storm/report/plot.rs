//! The picture: what happened to the requests, the breaker, and the waits, on one time axis.

use std::time::Duration;

use super::canvas::{Canvas, Panel};
use super::{latency, outcomes};
use crate::book::Pages;
use crate::caller::Outcome;
use crate::summary::Summary;
use crate::words::{count, seconds, time};

const TITLE: f64 = 34.0;
const STRIP: Panel = Panel {
    top: 2.0,
    height: 24.0,
};
const OUTCOMES: f64 = 118.0;
const BAND: f64 = 22.0;
const LATENCY: f64 = 138.0;

/// The names of the outcomes in the legend.
pub const fn label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered by the upstream",
        Outcome::FallbackAfterTry => "fallback, after asking the upstream",
        Outcome::FallbackAtOnce => "fallback, at once",
        Outcome::Rejected => "rejected",
        Outcome::TimedOut => "timed out",
        Outcome::Failed => "failed",
        Outcome::Hung => "never came back",
    }
}

/// The whole picture as SVG.
pub fn picture(summary: &Summary) -> String {
    let mut canvas = Canvas::new(summary.driven.lasted.max(Duration::from_millis(1)));
    let sides = summary.sides();
    let both = sides.len() as f64;
    let strip = if summary.forecast.spans().is_empty() {
        0.0
    } else {
        STRIP.top + STRIP.height
    };
    let bottom = strip + both * (2.0 * TITLE + OUTCOMES + LATENCY) + TITLE + BAND;
    shade(&mut canvas, summary, bottom);
    let mut top = strip;
    let mut next = |height: f64| {
        let panel = Panel {
            top: top + TITLE,
            height,
        };
        top += TITLE + height;
        panel
    };
    for (name, side) in &sides {
        outcomes::draw(
            &mut canvas,
            next(OUTCOMES),
            &format!("Requests {name}"),
            &side.pages,
            summary.flags.rps,
        );
    }
    breaker(&mut canvas, next(BAND), summary);
    let slowest = latency::slowest(&sides);
    for (name, side) in &sides {
        latency::draw(
            &mut canvas,
            next(LATENCY),
            &format!("Wait {name}"),
            side,
            slowest,
        );
    }
    axis(&mut canvas, bottom, summary.driven.lasted);
    canvas.finish(
        bottom + 24.0,
        "Outcomes, breaker state and latency over time, phase by phase",
    )
}

fn shade(canvas: &mut Canvas, summary: &Summary, bottom: f64) {
    let lasted = summary.driven.lasted;
    for span in summary
        .forecast
        .spans()
        .iter()
        .filter(|span| span.from < lasted)
    {
        let (from, to, name) = (span.from, span.to.min(lasted), span.phase.name());
        let whole = Panel {
            top: STRIP.top,
            height: bottom - STRIP.top,
        };
        canvas.block(name, from, to, whole, "");
        canvas.block(name, from, to, STRIP, "");
        if from > Duration::ZERO {
            canvas.edge(from, whole);
        }
        let middle = f64::midpoint(canvas.x(from), canvas.x(to));
        canvas.text("phase", middle, STRIP.top + 17.0, "middle", name);
    }
}

fn breaker(canvas: &mut Canvas, panel: Panel, summary: &Summary) {
    let (seen, lasted) = (&summary.policy.seen, summary.driven.lasted);
    canvas.text(
        "title",
        Canvas::LEFT,
        panel.top - 9.0,
        "start",
        "Circuit breaker of the side with ninelives",
    );
    for (n, change) in seen
        .changes
        .iter()
        .enumerate()
        .filter(|(_, change)| change.at < lasted)
    {
        let from = if n == 0 { Duration::ZERO } else { change.at };
        let to = seen
            .changes
            .get(n + 1)
            .map_or(lasted, |next| next.at)
            .min(lasted);
        let title = format!(
            "{} from {} to {}",
            change.state.name(),
            time(from),
            time(to)
        );
        canvas.block(change.state.name(), from, to, panel, &title);
    }
}

/// Invisible columns that show a bucket's figures under the pointer.
pub fn hits(canvas: &mut Canvas, panel: Panel, pages: &Pages) {
    for (n, bucket) in (0_u32..).zip(pages.buckets()) {
        let from = pages.width() * n;
        let mut title = format!("due from {} on: ", seconds_in(from));
        let parts = Outcome::ALL
            .into_iter()
            .filter(|outcome| bucket.tally.of(*outcome) > 0);
        let parts: Vec<_> = parts
            .map(|outcome| format!("{} {}", count(bucket.tally.of(outcome)), label(outcome)))
            .collect();
        title.push_str(&parts.join("; "));
        if let (Some(p50), Some(p99)) =
            (bucket.latency.quantile(0.5), bucket.latency.quantile(0.99))
        {
            title.push_str(&format!("; p50 {}, p99 {}", time(p50), time(p99)));
        }
        canvas.block("hit", from, from + pages.width(), panel, &title);
    }
}

fn axis(canvas: &mut Canvas, bottom: f64, lasted: Duration) {
    let whole = lasted.as_secs_f64();
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];
    let step = steps
        .into_iter()
        .find(|step| whole / step <= 12.0)
        .unwrap_or(600.0);
    let mut at = 0.0;
    while at <= whole + 1e-9 {
        let when = Duration::from_secs_f64(at);
        let (x, label) = (canvas.x(when), seconds(when));
        canvas.text(
            "",
            x.min(Canvas::RIGHT - 8.0),
            bottom + 17.0,
            "middle",
            &label,
        );
        at += step;
    }
}

/// Where a bucket starts.
pub fn bucket_x(canvas: &Canvas, pages: &Pages, bucket: usize) -> f64 {
    canvas.x(pages.width() * u32::try_from(bucket).unwrap_or(u32::MAX))
}

fn seconds_in(at: Duration) -> String {
    format!("{:.2} s", at.as_secs_f64())
}
