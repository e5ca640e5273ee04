//! How the requests of one side ended, stacked over time.

use super::canvas::{Canvas, Panel};
use super::plot::{bucket_x, hits};
use crate::book::{Bucket, Pages};
use crate::caller::Outcome;
use crate::words::count;

/// Draws the panel.
pub fn draw(canvas: &mut Canvas, panel: Panel, title: &str, pages: &Pages, rps: u32) {
    let buckets = pages.buckets();
    canvas.text("title", Canvas::LEFT, panel.top - 9.0, "start", title);
    let floor = panel.top + panel.height;
    canvas.grid(panel.top, &format!("{}/s", count(u64::from(rps))));
    canvas.grid(floor, "0");
    // The share of those that were due: a bucket that a stop cut short is not drawn as a dip.
    let y = |part: u64, bucket: &Bucket| {
        floor - panel.height * part as f64 / bucket.tally.total().max(1) as f64
    };
    let mut below = vec![0; buckets.len()];
    for outcome in Outcome::ALL {
        if pages.all().tally.of(outcome) == 0 {
            continue;
        }
        let above: Vec<u64> = below
            .iter()
            .zip(buckets)
            .map(|(base, bucket)| base + bucket.tally.of(outcome))
            .collect();
        // Runs of buckets that have this outcome, so that a bucket without it draws no hairline.
        let mut from = 0;
        while from < buckets.len() {
            let has = |n: &usize| above[*n] > below[*n];
            let Some(start) = (from..buckets.len()).find(has) else {
                break;
            };
            let end = (start..buckets.len())
                .find(|n| !has(n))
                .unwrap_or(buckets.len());
            let steps = |edge: &[u64]| -> Vec<(f64, f64)> {
                let corner = |n: usize| {
                    [(n, edge[n]), (n + 1, edge[n])].map(|(at, part)| (at, y(part, &buckets[n])))
                };
                (start..end)
                    .flat_map(corner)
                    .map(|(at, y)| (bucket_x(canvas, pages, at), y))
                    .collect()
            };
            let (upper, lower) = (steps(&above), steps(&below));
            canvas.area(outcome.name(), &upper, &lower);
            from = end;
        }
        below = above;
    }
    hits(canvas, panel, pages);
}
