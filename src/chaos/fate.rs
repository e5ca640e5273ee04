//! What becomes of one call.

use std::time::Duration;

use ninelives_core::rng::SharedRng;

use super::ChaosConfig;

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Panics,
    Hangs,
    Fails { late: Option<Duration> },
    Passes { late: Option<Duration> },
}

// === impl Fate ===

impl Fate {
    pub(super) fn draw(config: &ChaosConfig, random: &SharedRng) -> Self {
        let drawn = share(random.next());
        if drawn < config.panics {
            return Self::Panics;
        }
        if drawn < config.panics + config.hangs {
            return Self::Hangs;
        }
        let late = (config.late > 0.0 && share(random.next()) < config.late).then(|| {
            let span = config.most.saturating_sub(config.least);
            config.least + span.mul_f64(share(random.next()))
        });
        if drawn < config.panics + config.hangs + config.errors {
            Self::Fails { late }
        } else {
            Self::Passes { late }
        }
    }
}

/// A draw as a number from 0 to just below 1: its upper 53 bits, which is what an `f64` holds.
pub(super) fn share(draw: u64) -> f64 {
    (draw >> 11) as f64 / (1_u64 << 53) as f64
}
