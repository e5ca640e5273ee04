//! For tests of layers, ours and yours: a scripted service, a way to poll calls by hand, and a check of tower's
//! contract. Needs the feature `testing`.
//!
//! Time in tests is a [`ManualTimer`](crate::ManualTimer) or a [`ManualClock`](crate::ManualClock), moved by the test; nothing here
//! sleeps, and no runtime is needed.
//!
//! # A scripted service
//! A [`Stage`] says what each call does, and counts what is held; [`Stage::service`] makes a service on it. It enforces tower's contract
//! to the letter: a call that was not polled ready panics, and a clone is not ready.
//!
//! ```
//! use ninelives::prelude::*;
//! use ninelives::testing::{Act, Stage, call};
//! use std::time::Duration;
//! use tower::Layer;
//!
//! let timer = ManualTimer::new();
//! let layer = TimeoutLayer::new(Duration::from_millis(10))?.with_timer(timer.clone());
//! let stage = Stage::<u32, &str>::always(Act::Hang);
//! let mut service = layer.layer(stage.service());
//! let mut request = call(&mut service, 7);
//! request.waits();
//! timer.advance(Duration::from_millis(10));
//! assert!(request.done().unwrap_err().is_timeout());
//! assert_eq!(stage.held().calls, 0, "the call inside was dropped at the deadline");
//! # Ok::<(), ninelives::ConfigError>(())
//! ```
//!
//! # Tower's contract
//! [`check`] wraps such a service in a layer, uses it in the ways in which callers do, and reports the first breach of the contract.
//!
//! ```
//! use ninelives::prelude::*;
//! use ninelives::testing::check;
//! use tower::Layer;
//!
//! let layer = BulkheadLayer::new(8)?;
//! check(|service| layer.layer(service))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Not promised
//! That a layer which passes is correct: what the layer is for must be shown by its own tests. That a wait on a runtime's timer ends: the
//! check drops a call that waits for anything outside it.

mod contract;
mod hand;
mod service;
mod stage;

pub use contract::{Violation, check};
pub use hand::{Hand, call, ready};
pub use service::{Scripted, ScriptedFuture};
pub use stage::{Act, Held, Mood, Stage};
