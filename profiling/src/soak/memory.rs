//! The law of memory.

use super::laws::{Law, Laws};
use super::sample::Sample;
use super::slope::{slope, thinned};

/// From when on memory is compared, in seconds: the pools have their first size.
const SETTLED: f64 = 20.0;
/// From this length on, in seconds, the slope counts too.
const SLOPED: f64 = 1_200.0;
const MEGABYTE: f64 = 1e6;

/// Checks memory at the end against memory at 20 s, or at the first sample of a shorter run; over a longer time, its slope too.
pub fn check(laws: &Laws, samples: &[Sample], end: u64) {
    let settled = samples.iter().find(|sample| sample.at >= SETTLED);
    let Some(then) = settled.or(samples.first()) else {
        return;
    };
    let most = 1.1 * then.memory as f64 + 8.0 * MEGABYTE;
    laws.hold(Law::Memory, end as f64 <= most, || {
        let (memory, at) = (then.memory, then.at);
        format!("{end} bytes at the end, {memory} at {at:.0} s")
    });
    let length = samples.last().map_or(0.0, |sample| sample.at);
    if length < SLOPED {
        return;
    }
    // After an hour, or a third of a shorter run.
    let from = (length / 3.0).min(3_600.0);
    let later = samples.iter().filter(|sample| sample.at >= from);
    let points: Vec<_> = later
        .map(|sample| (sample.at, sample.memory as f64))
        .collect();
    let Some(slope) = slope(&thinned(&points, 600)) else {
        return;
    };
    // A megabyte a day, where there were days to measure it in; else what four megabytes more at the end would be.
    let most = (4.0 * MEGABYTE / (length - from)).max(MEGABYTE / 86_400.0);
    laws.hold(Law::Memory, slope <= most, || {
        format!("{slope:.1} bytes a second more from {from:.0} s on, where {most:.1} may be")
    });
}
