//! Subjects compared in one run: the order of their turns, and intervals by the bootstrap.
//!
//! Every subject has one turn in each round, and over the rounds stands at each place, and behind each other subject, equally often:
//! what disturbs the machine disturbs all of them alike. Intervals are those of the rounds, drawn again with replacement: a
//! round stays together, so that what its turns have in common cancels.

/// Whose turn is when.
#[derive(Clone, Debug)]
pub struct Orders {
    rows: Vec<Vec<usize>>,
}

/// Numbers that look random, the same ones for the same seed.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The estimate.
    pub middle: f64,
    /// The upper end.
    pub high: f64,
}

/// What every bootstrap starts from.
pub const SEED: u64 = 42;

/// How many times a bootstrap draws the rounds again.
pub const DRAWS: usize = 2_000;

// === impl Orders ===

impl Orders {
    /// Orders of so many subjects.
    ///
    /// The first one goes to and fro (0, 1, last, 2, last but one, ...), each other one is the first, shifted; of an odd number of
    /// subjects, each is also there backwards.
    pub fn of(subjects: usize) -> Self {
        let zigzag: Vec<usize> = (0..subjects)
            .map(|place| match place % 2 {
                0 => (subjects - place / 2) % subjects,
                _ => place.div_ceil(2),
            })
            .collect();
        let shifted = |by| zigzag.iter().map(move |at| (at + by) % subjects).collect();
        let mut rows: Vec<Vec<usize>> = (0..subjects).map(shifted).collect();
        if subjects % 2 == 1 {
            let backwards = |row: &Vec<usize>| row.iter().rev().copied().collect();
            let turned: Vec<Vec<usize>> = rows.iter().map(backwards).collect();
            rows.extend(turned);
        }
        Self { rows }
    }

    /// After so many rounds, each place and each neighbour was met equally often.
    pub fn cycle(&self) -> usize {
        self.rows.len()
    }

    /// The order of a round.
    pub fn round(&self, round: usize) -> &[usize] {
        &self.rows[round % self.rows.len()]
    }
}

// === impl Random ===

impl Random {
    /// A sequence of its own for each seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }
}

// === intervals ===

/// The middle value; of an even number of them, the upper one of the two.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The median of `values`, one for each round.
pub fn of_median(values: &[f64]) -> Interval {
    let mut random = Random::new(SEED);
    let again = |_| {
        let drawn: Vec<f64> = (0..values.len())
            .map(|_| values[random.below(values.len())])
            .collect();
        median(&drawn)
    };
    around(median(values), (0..DRAWS).map(again).collect())
}

/// An estimate, and what the bootstrap estimated.
pub fn around(middle: f64, mut again: Vec<f64>) -> Interval {
    again.sort_by(f64::total_cmp);
    let end = |share: f64| again[((again.len() - 1) as f64 * share).round() as usize];
    Interval {
        low: end(0.025),
        middle,
        high: end(0.975),
    }
}
