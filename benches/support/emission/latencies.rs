//! How long each of very many things took.

use std::time::Duration;

/// Counts for each nanosecond up to a limit, and each single value above it.
pub struct Latencies {
    near: Vec<u32>,
    far: Vec<u64>,
}

/// Values below this are counted, not kept: 16 us.
const NEAR: u64 = 1 << 14;

/// All of them in order.
pub struct Summary {
    near: Vec<u32>,
    far: Vec<u64>,
    total: u64,
}

// === impl Latencies ===

impl Latencies {
    pub fn new() -> Self {
        Self {
            near: vec![0; NEAR as usize],
            far: Vec::with_capacity(1 << 16),
        }
    }

    #[inline]
    pub fn add(&mut self, took: Duration) {
        let nanos = took.as_nanos() as u64;
        match self.near.get_mut(nanos as usize) {
            Some(count) => *count += 1,
            None => self.far.push(nanos),
        }
    }

    /// Those of several threads together.
    pub fn summary(parts: Vec<Self>) -> Summary {
        let mut near = vec![0; NEAR as usize];
        let mut far = Vec::new();
        for part in parts {
            near.iter_mut()
                .zip(part.near)
                .for_each(|(sum, count)| *sum += count);
            far.extend(part.far);
        }
        far.sort_unstable();
        let counted: u64 = near.iter().copied().map(u64::from).sum();
        Summary {
            total: counted + far.len() as u64,
            near,
            far,
        }
    }
}

// === impl Summary ===

impl Summary {
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The value that `share` of all do not exceed.
    pub fn quantile(&self, share: f64) -> u64 {
        let rank = ((self.total as f64 * share).ceil() as u64).clamp(1, self.total);
        let mut seen = 0;
        for (nanos, count) in (0..).zip(&self.near) {
            seen += u64::from(*count);
            if seen >= rank {
                return nanos;
            }
        }
        self.far[(rank - seen - 1) as usize]
    }

    pub fn max(&self) -> u64 {
        self.quantile(1.0)
    }

    /// How many took `from` or longer, and less than `to`.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        let near = (0..NEAR).zip(&self.near);
        let near = near.filter(|(nanos, _)| (from..to).contains(nanos));
        let near: u64 = near.map(|(_, count)| u64::from(*count)).sum();
        let far = self.far.iter().filter(|nanos| (from..to).contains(nanos));
        near + far.count() as u64
    }
}
