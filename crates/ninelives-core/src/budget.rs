//! Retry tokens in one word.
