//! Events, and somebody who reads them.

use std::sync::Arc;
use std::thread;

use ninelives::prelude::*;
use tower::Layer;

use super::stack::{backend, stack};
use crate::course::Course;

pub(super) fn events(course: &Arc<Course>) -> Result<(), ConfigError> {
    let sink = StreamingSink::new(4096)?;
    let mut reader = sink.subscribe();
    let service = stack(sink)?.layer(backend());
    thread::scope(|scope| {
        scope.spawn(move || {
            while course.goes_on() {
                if reader.try_recv().is_none() {
                    thread::yield_now();
                }
            }
        });
        course.drive(&service, 4);
    });
    Ok(())
}
