//! Seeded randomness: SplitMix64, one stream per request and attempt.
//!
//! A stream is a function of the seed, the request's index and the attempt, and of nothing else: the draws of
//! request 4711 are the same however many requests ran beside it, and on both sides of the storm.

/// A SplitMix64 generator.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

// === impl SplitMix64 ===

impl SplitMix64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The stream that starts at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of one attempt of one request.
    pub fn of_attempt(seed: u64, index: u64, attempt: u32) -> Self {
        let mut of_seed = Self::new(seed);
        let mut of_index = Self::new(of_seed.next().wrapping_add(index));
        Self::new(of_index.next().wrapping_add(u64::from(attempt)))
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number from 0 up to, not including, 1.
    pub const fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `low` up to, not including, `high`.
    pub const fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

#[cfg(test)]
mod tests {
    use super::SplitMix64;

    #[test]
    fn matches_the_published_first_outputs_for_seed_1234567() {
        let mut draws = SplitMix64::new(1_234_567);
        assert_eq!(draws.next(), 6_457_827_717_110_365_317);
        assert_eq!(draws.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn streams_of_two_attempts_and_of_two_requests_differ() {
        let first = SplitMix64::of_attempt(7, 1, 1).next();
        assert_ne!(first, SplitMix64::of_attempt(7, 1, 2).next());
        assert_ne!(first, SplitMix64::of_attempt(7, 2, 1).next());
        assert_eq!(first, SplitMix64::of_attempt(7, 1, 1).next());
    }

    #[test]
    fn unit_stays_in_its_range_and_reaches_both_halves() {
        let mut draws = SplitMix64::new(3);
        let values: Vec<f64> = (0..1000).map(|_| draws.unit()).collect();
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        let low = values.iter().filter(|v| **v < 0.5).count();
        assert!((400..600).contains(&low), "{low} of 1000 below one half");
    }
}
