//! What the machine allows: each policy by hand, as little of it as there can be.
//!
//! No events, no settings that change, no windows, no names, nobody told why. A breaker that opened stays open; a deadline that passed is found at the
//! next poll, for nobody is woken. They bound what a layer could cost, and are nothing to use.

mod breaker;
mod bulkhead;
mod race;
mod retry;
mod timeout;

use std::ops::Deref;
use std::sync::Arc;

pub use breaker::{Breaker, Failures};
pub use bulkhead::{Bulkhead, Gate};
pub use race::{either, or_else};
pub use retry::Retry;
pub use timeout::{Armed, Looked};

use crate::stacks::{Inner, Protected};

/// State that several calls share: a static one, which nobody counts, or an [`Arc`].
pub trait Shared<T>: Deref<Target = T> + Clone + Send + 'static {}

impl<T, H: Deref<Target = T> + Clone + Send + 'static> Shared<T> for H {}

/// The error of the call, or that it was stopped.
#[derive(Clone, Copy, Debug)]
pub enum Stopped<E> {
    /// What the call failed with.
    Inner(E),
    /// It was late, or not let in.
    Here,
}

/// All four, with state that is never freed, and deadlines that are looked at.
pub fn stack<S: Inner>(inner: S) -> impl Protected {
    let inner = Breaker::new(Retry::new(inner), leaked(Failures::default()));
    Looked::new(Bulkhead::new(inner, leaked(Gate::default())))
}

/// All four, with a count of owners for each state, and tokio's timer, which is armed when a call first waits.
pub fn counted_stack<S: Inner>(inner: S) -> impl Protected {
    let inner = Breaker::new(Retry::new(inner), Arc::<Failures>::default());
    Armed::new(Bulkhead::new(inner, Arc::<Gate>::default()))
}

/// State for the rest of the process.
pub fn leaked<T>(state: T) -> &'static T {
    Box::leak(Box::new(state))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use tower::Service;

    use super::*;
    use crate::cases::breaker::FAILURES;
    use crate::cases::bulkhead::PERMITS;
    use crate::echo::{Echo, call};

    #[test]
    fn a_permit_comes_back_with_each_call() {
        let mut stack = stack(Echo::pending(1));
        for _ in 0..=PERMITS {
            assert_eq!(call(&mut stack), Some(7));
        }
    }

    #[test]
    fn as_many_failures_as_open_it_keep_everybody_out() {
        let failures = leaked(Failures::default());
        let mut failing = Breaker::new(Echo::failing(), failures);
        let mut well = Breaker::new(Echo::ready(), failures);
        for _ in 0..FAILURES {
            assert!(!failures.are_too_many());
            assert_eq!(call(&mut failing), None);
        }
        assert_eq!(call(&mut well), None);
    }

    #[test]
    fn the_second_arm_answers_when_the_first_has_failed() {
        let (mut fails, answers) = (Echo::failing(), Echo::ready());
        let second = || {
            let mut answers = answers;
            answers.call(8)
        };
        let both = pin!(either(fails.call(7), second, Duration::from_secs(1)));
        let poll = both.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(poll, Poll::Ready(Ok(8))));
    }
}
