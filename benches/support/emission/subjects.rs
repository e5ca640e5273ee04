//! What tells events: a policy's emitter, and the channels that a policy could have used instead.

use std::sync::mpsc;

use ninelives::emit::{Emitter, Kind, PolicyEvent, PolicyId, Stamp};
use ninelives::name::Name;
use ninelives::{Clock, Tick};
use tokio::sync::broadcast;

/// How many events a ring keeps, and a channel.
pub const CAPACITY: usize = 1024;

/// A clock that costs nothing: an event's own price.
#[derive(Clone, Copy)]
pub struct Still;

/// The only one.
pub const STILL: Still = Still;

impl Clock for Still {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}

/// The name of the policy.
pub fn name() -> Name {
    Name::from("policy")
}

/// Tells one event of a policy after another.
pub fn emitting<E: Emitter>(emitter: E) -> impl FnMut() {
    let mut in_flight = 0;
    move || {
        in_flight += 1;
        emitter.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
            at,
            in_flight,
            weight: 1,
        });
    }
}

/// Makes one event after another, as an emitter does.
fn events() -> impl FnMut() -> PolicyEvent {
    let at = Stamp::new(PolicyId::default(), Tick::ZERO);
    let mut in_flight = 0;
    move || {
        in_flight += 1;
        PolicyEvent::BulkheadAcquired {
            at,
            in_flight,
            weight: 1,
        }
    }
}

/// Sends one event after another to a channel of tokio, which overwrites the oldest.
pub fn broadcasting(sender: broadcast::Sender<PolicyEvent>) -> impl FnMut() {
    let mut next = events();
    move || {
        // A refusal is a price too.
        let _ = sender.send(next());
    }
}

/// Sends one event after another to a channel of std, which refuses the newest.
pub fn trying(sender: mpsc::SyncSender<PolicyEvent>) -> impl FnMut() {
    let mut next = events();
    move || {
        // A refusal is a price too.
        let _ = sender.try_send(next());
    }
}

/// Sends one event after another to a channel of std, which grows.
pub fn sending(sender: mpsc::Sender<PolicyEvent>) -> impl FnMut() {
    let mut next = events();
    move || {
        // A refusal is a price too.
        let _ = sender.send(next());
    }
}
