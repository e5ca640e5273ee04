//! How each stack is built.

mod fallback;
mod heeding;
mod line;
mod plain;
mod race;
mod rates;
mod weights;

use std::error::Error;
use std::time::Duration;

use super::{Site, Stack};
use crate::rng::SplitMix64;

type Built = Result<Stack, Box<dyn Error>>;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The stacks that stay for the whole run.
///
/// # Errors
/// None, as they are.
pub fn house(site: &Site<'_>) -> Result<Vec<Stack>, Box<dyn Error>> {
    let mut draws = SplitMix64::new(0);
    Ok(vec![
        plain::build(site)?,
        line::build(site, "line", &mut draws)?,
        weights::build(site, "weights", &mut draws)?,
        race::build(site)?,
        fallback::build(site)?,
        heeding::build(site)?,
    ])
}

/// Stacks of one epoch, with settings that are drawn.
///
/// # Errors
/// None, as they are drawn.
pub fn guests(site: &Site<'_>, draws: &mut SplitMix64) -> Result<Vec<Stack>, Box<dyn Error>> {
    Ok(vec![
        line::build(site, "guest line", draws)?,
        weights::build(site, "guest weights", draws)?,
        rates::build(site, "guest rates")?,
    ])
}
