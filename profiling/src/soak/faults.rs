//! What goes wrong in one epoch: drawn from its seed, each fault in some of the epochs only.

use std::time::Duration;

use ninelives::ConfigError;
use ninelives::chaos::ChaosConfig;

use super::backend::Manners;
use crate::rng::SplitMix64;

/// What goes wrong in one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// Around the client.
    pub chaos: ChaosConfig,
    /// In the backend.
    pub manners: Manners,
    /// The share of calls with which a gust begins: many for one stack at once.
    pub gusts: f64,
    /// The share of calls that their callers drop at some poll.
    pub cuts: f64,
    /// Changes of settings a second.
    pub changes: f64,
    /// Shadows come and go with the changes.
    pub shadows: bool,
    /// Threads a second that come, tell and go.
    pub visitors: f64,
    /// Events that each ring of the guests' stream keeps.
    pub ring: usize,
}

// === impl Faults ===

impl Faults {
    /// Draws them.
    ///
    /// # Errors
    /// None, as they are drawn.
    pub fn draw(draws: &mut SplitMix64) -> Result<Self, ConfigError> {
        let mut some = |most: f64| match draws.unit() < 0.5 {
            true => most * draws.unit(),
            false => 0.0,
        };
        let (panics, hangs, errors) = (some(0.01), some(0.004), some(0.10));
        let (late, unready) = (some(0.2), some(0.001));
        let manners = Manners {
            refuses: some(0.25),
            late: some(0.3),
            slow: some(0.08),
            hangs: some(0.008),
            closes: some(0.01),
            breaks: some(0.01),
            large: some(0.05),
            outages: some(0.3),
        };
        let (cuts, changes, visitors) = (some(0.1), some(100.0), some(20.0));
        let gusts = some(0.01);
        let (most, strict) = (0.001 + 0.08 * draws.unit(), draws.unit() < 0.5);
        Ok(Self {
            chaos: ChaosConfig::CALM
                .with_panics(panics)?
                .with_hangs(hangs)?
                .with_errors(errors)?
                .with_latency(late, Duration::ZERO, Duration::from_secs_f64(most))?
                .with_unready(unready)?
                .with_lost_readiness(strict),
            manners,
            gusts,
            cuts,
            changes,
            shadows: draws.unit() < 0.5,
            visitors,
            ring: 1 << (draws.next() % 13),
        })
    }

    /// The same for every seed: everything goes wrong, so that a short run sees all of it.
    ///
    /// # Errors
    /// None, as they are.
    pub fn all() -> Result<Self, ConfigError> {
        Ok(Self {
            chaos: ChaosConfig::CALM
                .with_panics(0.005)?
                .with_hangs(0.002)?
                .with_errors(0.05)?
                .with_latency(0.1, Duration::ZERO, Duration::from_millis(40))?
                .with_unready(0.0005)?
                .with_lost_readiness(true),
            manners: Manners {
                refuses: 0.15,
                late: 0.1,
                slow: 0.04,
                hangs: 0.004,
                closes: 0.005,
                breaks: 0.005,
                large: 0.02,
                outages: 0.15,
            },
            gusts: 0.004,
            cuts: 0.05,
            changes: 50.0,
            shadows: true,
            visitors: 10.0,
            ring: 64,
        })
    }
}
