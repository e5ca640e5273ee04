//! One policy, several threads.

use std::sync::Arc;
use std::thread;

use ninelives::prelude::*;
use tower::Layer;

use super::stack::{backend, stack};
use crate::course::Course;

pub(super) fn contention(course: &Arc<Course>) -> Result<(), ConfigError> {
    let service = stack(NullSink)?.layer(backend());
    thread::scope(|scope| {
        for _ in 0..course.threads {
            let service = service.clone();
            scope.spawn(move || course.drive(&service, 1));
        }
    });
    Ok(())
}
