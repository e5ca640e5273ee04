//! Policies that compose: `+` wraps, `|` falls back, `&` races.
//!
//! | write | means | type |
//! |---|---|---|
//! | `a + b` | `a` around `b`: a request goes through `a` first | [`CombinedLayer`] |
//! | `a \| b` | `a`, and `b` when `a` failed: see [`fallback`] | [`FallbackLayer`] |
//! | `a & b` | both, and the first success wins: see [`fork_join`] | [`ForkJoinLayer`] |
//!
//! # Precedence
//! Rust fixes the precedence of its operators: `+` binds tightest, then `&`, then `|`. So `a | b + c & d` is
//! `a | ((b + c) & d)` to Rust. In the macro [`policy!`](crate::policy) `&` binds tighter than `+`, as a product does:
//! `policy!(a | b + c & d)` is `a | (b + (c & d))`. [`Policy::explain`] prints what was built.
//!
//! # Errors
//! [`Policy`] lifts the service's own error once, at the bottom; every layer above maps the flat
//! [`ResilienceError`](crate::ResilienceError) to itself. Two layers stacked by hand in a `ServiceBuilder` lift twice: compose them
//! with `+` instead.
//!
//! # Third-party layers
//! A tower layer that passes errors through is added with [`Policy::tower`]. One that boxes errors, as tower's own timeout, load shed and
//! buffer do, cannot be: put it below the policy, around the service itself, whose error is then the box.
//!
//! # When it does not compile
//! "The method `ready` exists, but its trait bounds were not satisfied" does not say which bound. Pass the service to a function that
//! requires nothing but a service of your request, and the compiler names it:
//! ```
//! # use ninelives::prelude::*;
//! # use tower::{Layer, Service};
//! fn serves<Request>(service: impl Service<Request>) -> impl Service<Request> {
//!     service
//! }
//! # let policy = Policy(BulkheadLayer::new(8)?);
//! # let service = tower::service_fn(|id: u32| async move { Ok::<_, std::io::Error>(id) });
//! let service = serves::<u32>(policy.layer(service));
//! # drop(service);
//! # Ok::<(), ConfigError>(())
//! ```
//! | it says | because |
//! |---|---|
//! | the request is not `Clone` | a retry, `\|` and `&` keep a copy for the next attempt or arm |
//! | `Lift<…>` is not `Clone` | the service is not, and the same three clone it |
//! | no place for a deadline | a layer was told to heed requests, and this request type carries no deadline: see [`deadline`](crate::deadline) |
//! | a box is not the error of a policy | a third-party layer boxes errors: see above |
//! | cannot be part of a policy | a third-party layer needs [`Policy::tower`] |
//! | `Sink` is not implemented | an asynchronous sink needs a [`Pump`](crate::Pump) |
//! | a closure returns another type | the closure of a [`respond`](Policy::respond) does not return the service's response |
//! | `ResilienceError<ResilienceError<E>>` | two layers were stacked by hand: see above |
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
pub mod fallback;
mod foreign;
pub mod fork_join;
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
