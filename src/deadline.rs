//! A deadline that travels with its request, and a mark that says which retry made the attempt.
//!
//! A timeout bounds a call from where it stands in a stack. A deadline is one point in time for every layer, retry and process on the way:
//! the end of the caller's patience. It is stored in the request ([`Carries`]), so layers that are configured to heed it need nothing else.
//!
//! | layer | enabled by | effect |
//! |---|---|---|
//! | timeout | [`with_deadline`](crate::TimeoutLayer::with_deadline) | ends the call at the earlier of the request's deadline and its own, and writes that one into the request; refuses a request whose deadline has passed |
//! | bulkhead with a line | [`heeding_requests`](crate::BulkheadLayer::heeding_requests) | refuses a request whose deadline has passed; lets none wait past it |
//! | retry | [`heeding_requests`](crate::retry::RetryPolicyBuilder::heeding_requests) | makes no attempt and no wait past it, ends an attempt at it, and returns the last error; makes only one attempt of a request that a retry outside has marked |
//! | fork-join | [`heeding_requests`](crate::Policy::heeding_requests) | calls no arm for a request whose deadline has passed, and begins no second arm later |
//!
//! # Whose clock
//! A deadline is a tick of a clock, so the layers that heed it must use one timer: ticks of two different timers cannot be compared.
//! [`TokioTimer`](crate::TokioTimer) and [`WheelTimer`](crate::WheelTimer) share a clock. Between processes, the remaining time is sent.
//!
//! # Which requests
//! Any with a place for a [`Carried`]: implement [`Carries`] for your own type, pair a foreign one with a [`Carried`], `(request,
//! carried)`, or enable the feature `http`: an `http::Request` then carries it in its extensions.
//!
//! # Over the wire
//! [`write_grpc`] and [`read_grpc`] for the header `grpc-timeout`, [`write_millis`] and [`read_millis`] for a plain number of
//! milliseconds; with the feature `http`, `from_headers` and `to_headers` for either. A written value is rounded up, so the receiver never
//! stops before the deadline, and at most one unit after it: by then the caller's own deadline has ended the call. A deadline that has
//! passed is written as zero.
//!
//! # Cost
//! A layer that does not heed deadlines is compiled as if there were none. One that does reads its clock once for each request. An
//! `http::Request` allocates for its first extension, and for each clone of its extensions.
//!
//! # Examples
//! ```
//! use ninelives::deadline::{Carried, Carries, Deadline, read_grpc, write_grpc};
//! use ninelives::prelude::*;
//! use std::time::Duration;
//!
//! #[derive(Clone)]
//! struct Get {
//!     path: &'static str,
//!     carried: Carried,
//! }
//!
//! impl Carries for Get {
//!     fn carried(&self) -> Carried {
//!         self.carried
//!     }
//!     fn carry(&mut self, carried: Carried) {
//!         self.carried = carried;
//!     }
//! }
//!
//! // What came in by a header goes on with the request,
//! let now = TokioTimer.now();
//! let patience = read_grpc("250m")?;
//! let mut get = Get { path: "/", carried: Carried::default() };
//! get.carry(get.carried().with_deadline(Deadline::after(now, patience)));
//! // and by a header to the next process.
//! let deadline = get.carried().deadline().expect("was set");
//! assert_eq!(write_grpc(deadline.remaining(now)).as_str(), "250000u");
//! # Ok::<(), ninelives::deadline::HeaderError>(())
//! ```

mod carried;
mod due;
mod heed;
#[cfg(feature = "http")]
mod http;
mod wire;

pub use carried::{Carried, Carries, Deadline};
pub use due::Due;
pub(crate) use due::late_by;
pub(crate) use heed::Sealed;
pub use heed::{Heed, Heeding, Manner, Unheeding};
#[cfg(feature = "http")]
pub use http::{GRPC_TIMEOUT, TIMEOUT_MS, from_headers, to_headers};
pub use wire::{HeaderError, HeaderText, read_grpc, read_millis, write_grpc, write_millis};
