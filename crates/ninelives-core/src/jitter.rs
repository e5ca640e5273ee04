//! Randomness for delays.
