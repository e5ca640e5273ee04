//! A hundred policies, one inside the other.

use std::time::Duration;

use ninelives::lift::Lift;
use ninelives::prelude::*;
use tower::Layer;
use tower::util::BoxCloneService;

use super::stage::{Act, Down, Stage, call};

type Boxed = BoxCloneService<u32, u32, ResilienceError<Down>>;

fn limit() -> TimeoutLayer<ManualTimer> {
    let limit = TimeoutLayer::new(Duration::from_secs(60)).unwrap();
    limit.with_timer(ManualTimer::new())
}

fn hundred(stage: &Stage, layer: impl Fn(Boxed) -> Boxed) -> Boxed {
    let bottom = Boxed::new(Lift::new(stage.backend()));
    (0..100).fold(bottom, |inner, _| layer(inner))
}

#[test]
fn f12_a_hundred_nested_policies_build_run_and_drop() {
    let stage = Stage::new([Act::Ok(1)], Act::Gate);
    let bulkhead = BulkheadLayer::new(100).unwrap();
    let mut service = hundred(&stage, |inner| {
        Boxed::new((Policy(limit()) + Policy(bulkhead.clone())).wrap(inner))
    });
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!(bulkhead.in_flight(), 100);
    stage.open(1, Err(5));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(5))));
    let mut dropped = call(&mut service, 0);
    dropped.waits();
    drop(dropped);
    assert_eq!((stage.live(), bulkhead.in_flight()), (0, 0));
}

#[test]
fn f12_a_hundred_branches_build_run_and_drop() {
    let stage = Stage::always(Act::Err(1));
    let pass = || Policy(BulkheadLayer::new(9).unwrap());
    let mut service = hundred(&stage, |inner| {
        let backup = Policy::tower(tower::layer::layer_fn(|_| Lift::new(stage.backend())));
        Boxed::new((pass() | backup).wrap(inner))
    });
    let error = call(&mut service, 0).done().unwrap_err();
    let ResilienceError::AllFailed(failures) = error else {
        panic!("{error:?}")
    };
    assert_eq!((failures.iter().count(), stage.calls()), (101, 101));
}

#[test]
fn f12_a_future_is_the_sum_of_its_layers() {
    let stage = Stage::always(Act::Ok(1));
    let one = call(&mut Policy(limit()).layer(stage.backend()), 0).size();
    let four = Policy(limit()) + Policy(limit()) + Policy(limit()) + Policy(limit());
    let four = call(&mut four.layer(stage.backend()), 0).size();
    assert!(four <= 4 * one, "{four} bytes for four, {one} for one");
}
