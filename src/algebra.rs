//! Policies that compose: `+` wraps, `|` falls back, `&` races.
//!
//! | write | means | type |
//! |---|---|---|
//! | `a + b` | `a` around `b`: a request goes through `a` first | [`CombinedLayer`] |
//! | `a \| b` | `a`, and `b` when `a` failed | [`FallbackLayer`] |
//! | `a & b` | both, and the first success wins | [`ForkJoinLayer`] |
//!
//! # Precedence
//! Rust fixes the precedence of its operators: `+` binds tightest, then `&`, then `|`. So `a | b + c & d` is
//! `a | ((b + c) & d)` to Rust. The macro [`policy!`](crate::policy) groups as one reads a product and a sum, `&` over `+` over `|`:
//! `policy!(a | b + c & d)` is `a | (b + (c & d))`. [`Policy::explain`] prints what was built.
//!
//! # Errors
//! [`Policy`] lifts the service's own error once, at the bottom; every layer above maps the flat
//! [`ResilienceError`](crate::ResilienceError) to itself. Two layers stacked by hand in a `ServiceBuilder` lift twice: compose them
//! with `+` instead.
//!
//! # Third-party layers
//! A tower layer that passes errors through enters by [`Policy::tower`].
//!
//! # Examples
//! ```
//! use ninelives::prelude::*;
//! use std::time::Duration;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let fast = Policy(TimeoutLayer::new(Duration::from_millis(50))?.named("fast"));
//! let sure = Policy(TimeoutLayer::new(Duration::from_secs(5))?.named("sure"));
//! let policy = fast | sure;
//! assert_eq!(
//!     policy.explain(),
//!     "| fall back on any error\n├─ timeout fast: 50ms\n└─ timeout sure: 5s\n"
//! );
//! # Ok(())
//! # }
//! ```

mod combined;
mod fallback;
mod foreign;
mod fork_join;
mod policy;
mod precedence;
mod respond;

pub use combined::CombinedLayer;
pub use fallback::{
    FallbackFuture, FallbackLayer, FallbackService, FallbackWhen, OnAnyError, When,
};
pub use foreign::{Foreign, ForeignFuture, Tower};
pub use fork_join::{ForkJoinConfig, ForkJoinFuture, ForkJoinLayer, ForkJoinService};
pub use policy::Policy;
pub use respond::{Respond, RespondFuture, RespondService};
