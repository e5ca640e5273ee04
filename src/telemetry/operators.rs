//! `a + b` and `a | b` for sinks.
//!
//! `+`: both get every event. `|`: the right one gets what the left one failed to take. Rust binds `+` tighter than `|`. The left
//! operand is a sink of this crate; the right one is any [`TelemetrySink`].

use std::ops::{Add, BitOr};

use super::sink::TelemetrySink;
use super::{FallbackSink, MulticastSink};
use crate::emit::NullSink;

macro_rules! operators {
    ($([$($bounds:tt)*] $sink:ty;)+) => {$(
        impl<$($bounds)* Right: TelemetrySink> Add<Right> for $sink {
            type Output = MulticastSink<Self, Right>;

            fn add(self, second: Right) -> Self::Output {
                MulticastSink::new(self, second)
            }
        }

        impl<$($bounds)* Right: TelemetrySink> BitOr<Right> for $sink {
            type Output = FallbackSink<Self, Right>;

            fn bitor(self, backup: Right) -> Self::Output {
                FallbackSink::new(self, backup)
            }
        }
    )+};
}

operators! {
    [] NullSink;
    [A: TelemetrySink, B: TelemetrySink,] MulticastSink<A, B>;
    [A: TelemetrySink, B: TelemetrySink + Clone,] FallbackSink<A, B>;
    [C,] super::StreamingSink<C>;
    [C,] super::MemorySink<C>;
}

#[cfg(feature = "tracing")]
operators! {
    [] super::LogSink;
}
