//! Quantiles of latencies that were measured in rounds, and how far one subject's lie above another's.

use super::paired::{DRAWS, Interval, Random, SEED, around};

/// The latencies of one subject in ns, each with its round, the longest first.
#[derive(Clone, Debug)]
pub struct Latencies {
    longest_first: Vec<(u32, u32)>,
}

// === impl Latencies ===

impl Latencies {
    /// The latencies of each round.
    pub fn of(rounds: &[Vec<u32>]) -> Self {
        let in_round = |(round, latencies): (usize, &Vec<u32>)| {
            let round = u32::try_from(round).expect("fewer than 2^32 rounds");
            latencies
                .iter()
                .map(move |&ns| (ns, round))
                .collect::<Vec<_>>()
        };
        let mut longest_first: Vec<_> = rounds.iter().enumerate().flat_map(in_round).collect();
        longest_first.sort_unstable_by(|a, b| b.cmp(a));
        Self { longest_first }
    }

    /// The latency that this share of all is not above, when round `r` counts `weights[r]` times: as many times in all as there are
    /// rounds, which have equally many calls.
    pub fn quantile(&self, share: f64, weights: &[u32]) -> f64 {
        let above = (self.longest_first.len() as f64 * (1.0 - share)) as u64;
        let mut seen = 0;
        let reached = self.longest_first.iter().find(|(_, round)| {
            seen += u64::from(weights[*round as usize]);
            seen > above
        });
        reached.map_or(0.0, |&(ns, _)| f64::from(ns))
    }
}

/// For each share: how far the quantile of `subject` lies above that of `bare`, as a share of that of `bare`.
///
/// Both have the same rounds, and the bootstrap draws the same ones for both.
pub fn above(
    bare: &Latencies,
    subject: &Latencies,
    rounds: usize,
    shares: &[f64],
) -> Vec<Interval> {
    let excess = |share: f64, weights: &[u32]| {
        let floor = bare.quantile(share, weights);
        (subject.quantile(share, weights) - floor) / floor
    };
    let mut random = Random::new(SEED);
    let mut again = vec![Vec::with_capacity(DRAWS); shares.len()];
    for _ in 0..DRAWS {
        let mut weights = vec![0; rounds];
        (0..rounds).for_each(|_| weights[random.below(rounds)] += 1);
        for (of_share, &share) in again.iter_mut().zip(shares) {
            of_share.push(excess(share, &weights));
        }
    }
    let once = vec![1; rounds];
    let estimates = shares.iter().map(|&share| excess(share, &once));
    estimates
        .zip(again)
        .map(|(middle, again)| around(middle, again))
        .collect()
}
