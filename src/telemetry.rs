//! Where events go, and who reads them.
//!
//! | sink | keeps | for |
//! |---|---|---|
//! | [`NullSink`](crate::emit::NullSink) | nothing; compiles to nothing | the default |
//! | [`StreamingSink`] | the newest events of each thread | [`Subscriber`]s, which come and go |
//! | [`MemorySink`] | the newest events of all threads | tests, and a look at what has just happened |
//! | `LogSink` | nothing; writes events to `tracing` (feature of that name) | people |
//! | `SpanSink` | nothing; makes `tracing` spans of requests and attempts | people, and traces; on a whole policy only |
//! | [`MulticastSink`], `a + b` | what both do | two sinks at once |
//! | `(a, b)` | what both do | two sinks on a policy of which one is not a service, such as `SpanSink` |
//! | [`FallbackSink`], `a \| b` | what the one that works does | sinks that can fail |
//!
//! A sink that is asynchronous, or can fail, is a tower service: a [`TelemetrySink`]. A [`Pump`] brings it the events of a [`Subscriber`].
//! All sinks of this page are such services too, except `SpanSink` and pairs.
//!
//! # How it works
//! Each thread that emits writes to a ring of its own, over the oldest event. A request never notices what a reader does or fails to do:
//! it checks whether anybody wants the event, builds it, writes six words, and checks whether a reader must be woken. Each reader keeps its
//! own position in the rings and counts the events that it missed.
//!
//! # Progress
//! Emitting: wait-free and without allocation, with two exceptions. A thread's first event on a sink takes a ring (lock-free; it is allocated
//! then, unless [`StreamingSink::reserve`] made it ahead). The first event after a second of silence wakes readers that fell asleep: most
//! runtimes make a system call for that, microseconds long; a [`never_woken`](Subscriber::never_woken) subscriber avoids it.
//! Subscribing and unsubscribing: lock-free, in a time that grows with the number of subscribers.
//!
//! # Memory
//! A ring takes 32 bytes for each event that it keeps. A sink has at most as many rings as threads emitted to it at the same time, and keeps them
//! until it is dropped. A thread keeps its ring of a dropped sink until it first emits to a new one, or ends.
//!
//! # Not promised
//! Delivery: the newest events matter most, so a ring never waits for a reader. The order of events of different threads, other than by
//! their times.

mod bus;
mod composed;
mod emitter;
pub mod fallback;
mod local;
#[cfg(feature = "tracing")]
pub mod log;
mod memory;
pub mod multicast;
mod names;
mod null;
mod operators;
mod post;
pub mod pump;
mod sink;
#[cfg(feature = "tracing")]
pub mod spans;
mod streaming;
mod subscriber;
mod timeline;

pub use composed::ComposedSinkError;
pub use emitter::BusEmitter;
pub use fallback::FallbackSink;
#[cfg(feature = "tracing")]
pub use log::LogSink;
pub use memory::MemorySink;
pub use multicast::MulticastSink;
pub use names::MAX_NAMES;
pub use pump::{Pump, PumpHandle, PumpReport, PumpShutdown, PumpTask};
pub use sink::TelemetrySink;
#[cfg(feature = "tracing")]
pub use spans::SpanSink;
pub use streaming::StreamingSink;
pub use subscriber::{Delivery, Recv, Subscriber};

#[cfg(test)]
mod tests;
