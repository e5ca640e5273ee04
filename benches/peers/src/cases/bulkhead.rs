//! A bulkhead with room, and one that is full and rejects.

use std::sync::Arc;

use ninelives::prelude as ours;
use tower::{Layer, ServiceBuilder};
use tower_resilience::bulkhead as resilience;

use super::{COUNTED, FLOOR, OURS, RESILIENCE, case};
use crate::echo::Echo;
use crate::floor::{Bulkhead, Gate, leaked};
use crate::subject::{ANSWER, Case, REJECTED, Subject, hold};

/// Permits of every bulkhead with room.
pub const PERMITS: usize = 64;
const SHEDDING: &str = "tower (`load_shed` + `concurrency_limit`)";
const LIMIT: &str = "tower (`concurrency_limit`: waits, never rejects)";

pub(super) fn cases() -> Vec<Case> {
    let room = |name, inner| case(name, true, room(inner));
    vec![
        room("bulkhead, room, ready", Echo::ready()),
        room("bulkhead, room, pending once", Echo::pending(1)),
        case("bulkhead, full", true, full()),
    ]
}

fn room(inner: Echo) -> Vec<Subject> {
    let limit = ServiceBuilder::new().concurrency_limit(PERMITS);
    let shedding = ServiceBuilder::new().load_shed().concurrency_limit(PERMITS);
    vec![
        Subject::layer(OURS, our_layer(PERMITS), inner, ANSWER),
        Subject::service(LIMIT, limit.service(inner), ANSWER),
        Subject::service(SHEDDING, shedding.service(inner), ANSWER),
        Subject::layer(RESILIENCE, resilience_layer(PERMITS), inner, ANSWER),
        Subject::service(FLOOR, Bulkhead::new(inner, leaked(Gate::default())), ANSWER),
        Subject::service(
            COUNTED,
            Bulkhead::new(inner, Arc::<Gate>::default()),
            ANSWER,
        ),
    ]
}

/// One permit, which a call holds that never ends.
///
/// Without tower-resilience: it rejects by a timer of tokio that is to fire at once, which is when the runtime next turns its timers, up
/// to a millisecond later. That is a wait, and no call driven by hand.
fn full() -> Vec<Subject> {
    let held = Echo::pending(u32::MAX);
    let ours = our_layer(1).layer(held);
    let shedding = ServiceBuilder::new()
        .load_shed()
        .concurrency_limit(1)
        .service(held);
    let floor = Bulkhead::new(held, leaked(Gate::new(1)));
    hold(ours.clone());
    hold(floor.clone());
    hold(shedding.clone());
    vec![
        Subject::service(OURS, ours, REJECTED),
        Subject::service(SHEDDING, shedding, REJECTED),
        Subject::service(FLOOR, floor, REJECTED),
    ]
}

/// Ours.
pub fn our_layer(permits: usize) -> ours::BulkheadLayer {
    ours::BulkheadLayer::new(permits).unwrap()
}

/// Of tower-resilience.
pub fn resilience_layer(permits: usize) -> resilience::BulkheadLayer {
    let builder = resilience::BulkheadLayer::builder();
    let builder = builder.max_concurrent_calls(permits).reject_when_full();
    builder.build().unwrap()
}
