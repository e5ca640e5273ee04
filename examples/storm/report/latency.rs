//! How long the callers of one side waited, on a logarithmic scale.

use super::canvas::{Canvas, Panel};
use super::plot::{bucket_x, hits};
use crate::book::Pages;
use crate::caller::Outcome;
use crate::summary::Side;
use crate::words::count;

/// The lower end of the axis, in seconds.
const FASTEST: f64 = 0.001;

/// Draws the panel; `slowest` is the upper end of the axis, in seconds.
pub fn draw(canvas: &mut Canvas, panel: Panel, title: &str, side: &Side, slowest: f64) {
    let pages = &side.pages;
    canvas.text("title", Canvas::LEFT, panel.top - 9.0, "start", title);
    let decades = (slowest / FASTEST).log10();
    let y = |seconds: f64| {
        let share = ((seconds / FASTEST).log10() / decades).clamp(0.0, 1.0);
        panel.top + panel.height * (1.0 - share)
    };
    for decade in 0..=decades.floor() as i32 {
        let seconds = FASTEST * 10_f64.powi(decade);
        let label = if seconds < 0.999 {
            format!("{:.0} ms", seconds * 1000.0)
        } else {
            format!("{seconds:.0} s")
        };
        canvas.grid(y(seconds), &label);
    }
    let line = |share: f64| -> Vec<(f64, f64)> {
        let filled = pages.buckets().iter().enumerate();
        let points =
            filled.filter_map(|(n, bucket)| bucket.latency.quantile(share).map(|value| (n, value)));
        points
            .flat_map(|(n, value)| [(n, value), (n + 1, value)])
            .map(|(at, value)| (bucket_x(canvas, pages, at), y(value.as_secs_f64())))
            .collect()
    };
    let (p50, p99) = (line(0.5), line(0.99));
    if !p50.is_empty() {
        canvas.area("between", &p99, &p50);
        canvas.line("p50", &p50);
        canvas.line("p99", &p99);
    }
    note(canvas, panel, pages);
    hits(canvas, panel, pages);
}

/// The upper end of the latency axes: the longest wait and some room, the same for both sides.
pub fn slowest(sides: &[(&str, &Side)]) -> f64 {
    let longest = sides
        .iter()
        .filter_map(|(_, side)| side.pages.all().latency.max())
        .max()
        .unwrap_or_default();
    (longest.as_secs_f64() * 1.6).max(FASTEST * 100.0)
}

/// Says over the longest wait what it was.
fn note(canvas: &mut Canvas, panel: Panel, pages: &Pages) {
    let (buckets, hung) = (pages.buckets(), pages.all().tally.of(Outcome::Hung));
    let hanging: Vec<usize> = (0..buckets.len())
        .filter(|n| buckets[*n].tally.of(Outcome::Hung) > 0)
        .collect();
    let (Some(first), Some(last)) = (hanging.first(), hanging.last()) else {
        return;
    };
    let middle = f64::midpoint(
        bucket_x(canvas, pages, *first),
        bucket_x(canvas, pages, last + 1),
    );
    let y = panel.top + panel.height * 0.4;
    canvas.text(
        "note",
        middle,
        y,
        "middle",
        &format!("{} callers", count(hung)),
    );
    canvas.text("note", middle, y + 16.0, "middle", "never got an answer");
}
