//! One layer at a time.

use std::sync::Arc;
use std::time::Duration;

use ninelives::prelude::*;
use tower::Layer;
use tower::layer::util::Identity;

use crate::backend::Backend;
use crate::course::Course;

/// Far enough away that no timer fires.
pub(super) const FAR: Duration = Duration::from_secs(3600);

pub(super) fn timeout(course: &Arc<Course>) -> Result<(), ConfigError> {
    let layer = TimeoutLayer::new(FAR)?;
    course.drive(&layer.layer(Backend::new().waiting(2)), 1);
    Ok(())
}

pub(super) fn retry(course: &Arc<Course>) -> Result<(), ConfigError> {
    let layer = again()?.into_layer();
    course.drive(&layer.layer(Backend::new().failing(8)), 1);
    Ok(())
}

pub(super) fn breaker(course: &Arc<Course>) -> Result<(), ConfigError> {
    let layer = CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, FAR, 1)?)?;
    course.drive(&layer.layer(Backend::new().failing(16)), 1);
    Ok(())
}

pub(super) fn bulkhead(course: &Arc<Course>) -> Result<(), ConfigError> {
    let layer = BulkheadLayer::new(64)?;
    course.drive(&layer.layer(Backend::new().waiting(2)), 1);
    Ok(())
}

pub(super) fn line(course: &Arc<Course>) -> Result<(), ConfigError> {
    let layer = BulkheadLayer::queued(8, 64, FAR)?;
    course.drive(&layer.layer(Backend::new().waiting(1)), 16);
    Ok(())
}

pub(super) fn fallback(course: &Arc<Course>) -> Result<(), ConfigError> {
    let policy = Policy::tower(Identity::new()) | Policy::respond(|request: u64| request);
    course.drive(&policy.layer(Backend::new().failing(4)), 1);
    Ok(())
}

pub(super) fn fork_join(course: &Arc<Course>) -> Result<(), ConfigError> {
    let policy = Policy::tower(Identity::new()) & Policy::tower(Identity::new());
    course.drive(&policy.layer(Backend::new().waiting(2)), 1);
    Ok(())
}

/// Three attempts, at once after each other.
pub(super) fn again()
-> Result<RetryPolicy<ninelives::retry::Transient, InstantSleeper>, ConfigError> {
    RetryPolicy::builder()
        .max_attempts(3)
        .with_timer(InstantSleeper)
        .build()
}
