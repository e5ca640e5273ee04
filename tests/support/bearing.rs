//! Requests that carry, for suites whose requests are numbers: a policy between a layer that lets each bear something and one that
//! takes it off again.
#![allow(dead_code)] // each suite uses its part

use std::time::Duration;

use ninelives::Tick;
use ninelives::algebra::Tower;
use ninelives::deadline::{Carried, Deadline};
use ninelives::prelude::*;
use tower::util::MapRequestLayer;

pub type Bearer = (u32, Carried);
pub type On = Tower<MapRequestLayer<fn(u32) -> Bearer>>;
pub type Off = Tower<MapRequestLayer<fn(Bearer) -> u32>>;
pub type Bearing<P> = Policy<CombinedLayer<CombinedLayer<On, P>, Off>>;

/// A deadline that every clock of a test is far from.
fn far(number: u32) -> Bearer {
    let deadline = Deadline::after(Tick::ZERO, Duration::from_secs(100 * 365 * 86_400));
    (number, Carried::NOTHING.with_deadline(deadline))
}

fn bare((number, _): Bearer) -> u32 {
    number
}

/// `policy` with requests that have a deadline, far away.
pub fn bearing<P>(policy: P) -> Bearing<P> {
    bearing_as(policy, far)
}

/// `policy` with requests that carry what `on` gives them.
pub fn bearing_as<P>(policy: P, on: fn(u32) -> Bearer) -> Bearing<P> {
    let on: On = Policy::tower(MapRequestLayer::new(on)).0;
    let off: Off = Policy::tower(MapRequestLayer::new(bare as fn(Bearer) -> u32)).0;
    Policy(on) + Policy(policy) + Policy(off)
}
