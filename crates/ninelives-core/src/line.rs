//! A first-come line of waiters.
