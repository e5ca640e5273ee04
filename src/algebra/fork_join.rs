//! `a & b`: calls both policies at once, or the second after a stagger; the first success wins. For requests that may be carried out twice.
//!
//! # Readiness
//! Ready when either arm is. An arm that is not ready when the call is made takes no part in it, and abandons its wait: its place in any line
//! goes to others. An arm whose readiness failed takes no part in any later call of this service. With a stagger, the second arm is
//! polled for its readiness when its turn comes.
//!
//! # Live
//! [`live`](super::Policy::live) and [`tuned_by`](super::Policy::tuned_by) make a fork-join whose stagger may change while it is in use.
//! A call keeps the stagger that was in force when its service was last polled for readiness, also for a second arm that waits for its
//! turn.
//!
//! A [shadow](crate::adaptive#shadow) is another stagger: when the left arm wins, a `ShadowEvent` tells if the right arm would have begun by
//! then under only one of the two. When the left arm fails both begin it; when the right one wins before the shadow's turn, nothing is told.
//!
//! # Cancel safety
//! Dropping the future drops both arms. The loser is dropped before the winner's response is returned, so a permit or probe slot
//! that it held is free by then; a breaker inside sees it as abandoned, not as failed.
//!
//! # Errors
//! Both arms failed: [`AllFailed`](crate::ResilienceError::AllFailed), left first. When only one arm took part, its error alone. A failure
//! of the first arm starts the second at once, whatever is left of the stagger.
//! [`DeadlinePassed`](crate::ResilienceError::DeadlinePassed), a rejection: the request came too late, and neither arm was called.
//! When the readiness of both arms failed, `poll_ready` returns the same: both errors, or the later one alone.
//!
//! # Budget
//! With a [budget](super::Policy::with_budget) the right arm costs a token, as a retry does: when its turn comes, or at once without a
//! stagger. If there is no token, the left arm goes on alone, and its error is returned. Where the left arm takes no part, the right one is
//! free. A token for a call that was not made is refunded.
//!
//! # Deadlines
//! [`heeding_requests`](super::Policy::heeding_requests) makes a fork-join heed the [deadline](crate::deadline) of the request: neither arm is
//! called once it has passed, and no right arm begins after it, nor takes a token: the left one goes on alone. A running call is
//! not ended: that is the task of a timeout.
//!
//! # Events
//! `RetryBudgetExhausted` when there is no token for the right arm; `ForkStarted` for each arm that is called, `ForkWon` for the one that
//! answers; one outcome for each request.
//!
//! # Panics
//! `call` without a ready arm panics, as tower's contract allows. A panic in an arm passes through and drops the other.
//!
//! # Cost
//! One clone of the request; one of an arm's service if it was left out while it waited for readiness; with a stagger one of the second
//! service, and a timer once the first arm has to wait. Where both arms are ready in the same poll, the left one wins.

mod arms;
mod config;
mod future;
mod layer;
mod managed;
mod readiness;
mod service;
mod shadow;

pub use config::ForkJoinConfig;
pub use future::ForkJoinFuture;
pub use layer::ForkJoinLayer;
pub use service::ForkJoinService;
