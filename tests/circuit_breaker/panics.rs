//! Panics of the backend: they reach the caller, count as one failure, and keep no slot.

use super::drive::panics;
use super::*;

/// One failure, with the slot back: closed with one more failure, or open again from half-open.
fn counted_once(rig: &mut Rig, closed: bool) {
    assert_eq!((rig.view().probes_out, rig.view().won), (0, 0));
    if closed {
        assert_eq!(
            (rig.state(), rig.view().failures),
            (CircuitState::Closed, 1)
        );
    } else {
        assert_eq!(rig.state(), CircuitState::Open);
        rig.clock.advance(OPEN_FOR);
    }
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
    assert_eq!(
        (rig.state(), rig.view().failures),
        (CircuitState::Closed, 0)
    );
}

fn rigs() -> [(Rig, bool); 2] {
    [(Rig::new(2, 1), true), (Rig::due(2, 1), false)]
}

#[test]
fn b05_hc62_panic_in_call_is_one_failure() {
    for (mut rig, closed) in rigs() {
        assert!(panics(|| rig.call(Ask::PanicInCall)));
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_hc62_panic_in_poll_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::PanicInPoll);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_a_later_poll_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let gate = Gate::new();
        let mut call = rig.wait_at(&gate);
        gate.end(Ask::PanicInPoll);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_the_drop_after_the_answer_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::AnswerThenPanicInDrop);
        assert!(panics(|| poll(&mut call)));
        drop(call);
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_panic_in_the_drop_of_a_cancelled_call_is_one_failure() {
    for (mut rig, closed) in rigs() {
        let mut call = rig.call(Ask::HangThenPanicInDrop);
        assert!(poll(&mut call).is_pending());
        assert!(panics(|| drop(call)));
        counted_once(&mut rig, closed);
    }
}

#[test]
fn b05_call_dropped_by_a_panic_elsewhere_is_no_outcome() {
    let mut rig = Rig::due(1, 1);
    let probe = rig.wait_at(&Gate::new());
    assert!(panics(|| {
        let _probe = probe;
        panic!("the caller's own");
    }));
    assert_eq!(
        (rig.state(), rig.view().probes_out),
        (CircuitState::HalfOpen, 0)
    );
}

#[tokio::test]
async fn b05_hc62_panicking_task_leaves_the_circuit_usable() {
    let mut rig = Rig::due(1, 1);
    let call = rig.call(Ask::PanicInPoll);
    assert!(tokio::spawn(call).await.unwrap_err().is_panic());
    assert_eq!(rig.state(), CircuitState::Open);
    rig.clock.advance(OPEN_FOR);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}
