//! Randomness for delays: a shared generator that a seed makes repeatable.
//!
//! [`SharedRng`] is SplitMix64: a counter that moves by a fixed odd number, and a mix of its value. The counter's step and the
//! scheme are those of G. L. Steele, D. Lea and C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014; the
//! two multipliers of the mix are D. Stafford's variant 13, which the paper lists too.
//!
//! # Orderings
//! The counter guards no other memory, so its one operation is Relaxed: each draw is a place in the one order of the counter,
//! and no two draws share a place until 2^64 draws were made.
//!
//! # Progress
//! `next` is wait-free where the target has an atomic add: one addition, no loop of our own.
//!
//! # Not promised
//! Secrecy: who saw one value can compute all the others. Which thread gets which value: the set of the first `n` values is
//! fixed by the seed, their distribution over threads is not.

mod cell;

pub use cell::SharedRng;

/// The counter's step: 2^64 divided by the golden ratio, made odd.
const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads each bit of `z` over the whole word. A bijection, so no two places of the counter give the same value.
#[inline]
const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
