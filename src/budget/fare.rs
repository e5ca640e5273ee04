//! What a policy pays for a call besides the first: nothing, or a token.

use std::fmt;

use super::{RetryBudget, Token};
use crate::clock::Tick;

/// Where a policy takes the tokens for further calls from: `()` is no budget at all. Not to be implemented elsewhere.
pub trait Allowance: Clone + fmt::Debug + sealed::Sealed {
    /// What a request keeps for it.
    #[doc(hidden)]
    type Fare: Fare;

    /// A request comes in.
    #[doc(hidden)]
    fn enter(&self) -> Self::Fare;

    /// What a policy says of it.
    #[doc(hidden)]
    fn said(&self) -> &'static str;
}

/// What a request keeps for a further call.
#[doc(hidden)]
pub trait Fare: Default + fmt::Debug {
    /// Whether a further call costs anything: what it would is compiled only then.
    const COSTS: bool;

    /// Whether there is a token for the call; it goes back unless the call is made.
    fn ask(&mut self, now: impl FnOnce() -> Tick) -> bool;

    /// The call is being made.
    fn spend(&mut self);
}

/// A budget that is taken from, and that somebody else pays into.
#[derive(Clone, Debug)]
pub struct Drawn(pub(crate) RetryBudget);

/// A budget, and the token that was taken from it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Ride {
    budget: RetryBudget,
    token: Option<Token>,
}

mod sealed {
    /// Keeps the kinds of allowance to this page.
    pub trait Sealed {}

    impl Sealed for () {}
    impl Sealed for super::RetryBudget {}
    impl Sealed for super::Drawn {}
}

// === impl Allowance ===

impl Allowance for () {
    type Fare = ();

    #[inline]
    fn enter(&self) {}

    fn said(&self) -> &'static str {
        ""
    }
}

/// Each request pays in.
impl Allowance for RetryBudget {
    type Fare = Option<Ride>;

    fn enter(&self) -> Option<Ride> {
        self.deposit();
        Drawn(self.clone()).enter()
    }

    fn said(&self) -> &'static str {
        ", from a budget"
    }
}

impl Allowance for Drawn {
    type Fare = Option<Ride>;

    fn enter(&self) -> Option<Ride> {
        Some(Ride {
            budget: self.0.clone(),
            token: None,
        })
    }

    fn said(&self) -> &'static str {
        ", from a budget of others"
    }
}

// === impl Fare ===

impl Fare for () {
    const COSTS: bool = false;

    #[inline]
    fn ask(&mut self, _now: impl FnOnce() -> Tick) -> bool {
        true
    }

    #[inline]
    fn spend(&mut self) {}
}

/// `None`: a request that makes no further call.
impl Fare for Option<Ride> {
    const COSTS: bool = true;

    fn ask(&mut self, now: impl FnOnce() -> Tick) -> bool {
        let Some(Ride { budget, token }) = self else {
            return true;
        };
        if token.is_none() {
            *token = budget.withdraw(now());
        }
        token.is_some()
    }

    fn spend(&mut self) {
        if let Some(token) = self.take().and_then(|ride| ride.token) {
            token.spend();
        }
    }
}
