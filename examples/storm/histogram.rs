//! Latencies in log-linear bins: 32 bins to each doubling, so a quantile is at most 1/32 too high.
//!
//! Memory is bounded by the range of the values, not by their number; the largest value is kept exactly.

use std::time::Duration;

const SUB_BITS: u32 = 5;

/// Counts of latencies, in microseconds.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    bins: Vec<u64>,
    count: u64,
    max: u64,
}

// === impl Histogram ===

impl Histogram {
    /// Counts one latency.
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let bin = bin_of(micros);
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
        self.count += 1;
        self.max = self.max.max(micros);
    }

    /// The smallest latency that `share` of all do not exceed, at most 1/32 too high; `None` when empty.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        let bin = self.bins.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(Duration::from_micros(last_of(bin).min(self.max)))
    }

    /// The largest latency, exact; `None` when empty.
    pub fn max(&self) -> Option<Duration> {
        (self.count > 0).then(|| Duration::from_micros(self.max))
    }
}

/// The bin of a value: itself below 64, then the exponent and the five bits below the leading one.
const fn bin_of(micros: u64) -> usize {
    if micros < 1 << (SUB_BITS + 1) {
        return micros as usize;
    }
    let shift = micros.ilog2() - SUB_BITS;
    ((shift as usize) << SUB_BITS) + (micros >> shift) as usize
}

/// The largest value of a bin.
const fn last_of(bin: usize) -> u64 {
    if bin < 1 << (SUB_BITS + 1) {
        return bin as u64;
    }
    let shift = (bin >> SUB_BITS) - 1;
    let top = (bin - (shift << SUB_BITS)) as u64;
    (top << shift) + ((1_u64 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bin_and_the_bins_follow_each_other() {
        for bin in 1..900 {
            assert_eq!(bin_of(last_of(bin)), bin);
            assert_eq!(
                bin_of(last_of(bin - 1) + 1),
                bin,
                "first value of bin {bin}"
            );
        }
        assert_eq!(last_of(bin_of(u64::MAX)), u64::MAX);
    }

    #[test]
    fn quantiles_are_at_most_one_part_in_32_too_high() {
        let mut histogram = Histogram::default();
        (1..=10_000_u64).for_each(|n| histogram.record(Duration::from_micros(n * 10)));
        for share in [0.01, 0.5, 0.9, 0.99, 1.0] {
            let exact = share * 100_000.0;
            let found = histogram.quantile(share).expect("not empty").as_micros() as f64;
            assert!(
                found >= exact && found <= exact * (1.0 + 1.0 / 32.0),
                "{share}: {found} for {exact}"
            );
        }
        assert_eq!(histogram.max(), Some(Duration::from_millis(100)));
    }

    #[test]
    fn an_empty_histogram_has_no_quantile_and_no_maximum() {
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(Histogram::default().max(), None);
    }
}
