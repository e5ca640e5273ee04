//! Panics of the backend: they reach the caller, and the permit comes back once.

use super::drive::panics;
use super::*;

const IN_A_POLL: [Ask; 2] = [Ask::PanicInPoll, Ask::AnswerThenPanicInDrop];

#[test]
fn s15_panic_in_call_gives_the_permit_back() {
    let (mut plain, mut line) = (Plain::new(1), Line::new(1, 1));
    assert!(panics(|| plain.call(Ask::PanicInCall)));
    assert!(panics(|| line.call(Ask::PanicInCall)));
    assert_eq!((plain.now(), line.now()), ((0, 1, 0), (0, 1, 0)));
    assert_eq!(
        (plain.ask(Ask::Answer), line.ask(Ask::Answer)),
        (Ok(()), Ok(()))
    );
}

#[test]
fn s15_panic_in_a_poll_gives_the_permit_back() {
    for ask in IN_A_POLL {
        let (mut plain, mut line) = (Plain::new(2), Line::new(2, 1));
        let _others = (plain.wait_at(), line.wait_at());
        let mut call = plain.call(ask.clone());
        assert!(panics(|| poll(&mut call)));
        drop(call);
        let mut call = line.call(ask.clone());
        assert!(panics(|| poll(&mut call)));
        drop(call);
        assert_eq!((plain.now(), line.now()), ((1, 1, 0), (1, 1, 0)), "{ask:?}");
    }
}

#[test]
fn s15_panic_in_the_drop_of_a_cancelled_call_gives_the_permit_back() {
    let (mut plain, mut line) = (Plain::new(2), Line::new(2, 1));
    let _others = (plain.wait_at(), line.wait_at());
    let call = plain.call(Ask::HangThenPanicInDrop);
    assert!(panics(|| drop(call)));
    let call = line.call(Ask::HangThenPanicInDrop);
    assert!(panics(|| drop(call)));
    assert_eq!((plain.now(), line.now()), ((1, 1, 0), (1, 1, 0)));
}

#[test]
fn s15_a_waiter_whose_call_panics_passes_its_permit_on() {
    let mut rig = Line::new(1, 2);
    let (first, _) = rig.wait_at();
    let mut bad = rig.call(Ask::PanicInCall);
    assert!(poll(&mut bad).is_pending());
    let mut waiters = rig.waiters(1);
    drop(first);
    assert!(panics(|| poll(&mut bad)));
    drop(bad);
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
    assert_eq!(rig.now(), (1, 0, 0));
}

#[test]
fn s15_panic_of_the_holder_passes_the_permit_on() {
    let mut rig = Line::new(1, 1);
    let (mut first, gate) = rig.wait_at();
    let mut waiters = rig.waiters(1);
    gate.end(Ask::PanicInPoll);
    assert!(panics(move || {
        let _ = poll(&mut first);
    }));
    assert_eq!(began::<Queueing>(&mut waiters), [true]);
}

#[tokio::test(start_paused = true)]
async fn s15_panicking_tasks_leave_every_permit() {
    let mut rig = Line::new(2, 2);
    for ask in [Ask::PanicInPoll, Ask::AnswerThenPanicInDrop] {
        let calls = [rig.call(ask.clone()), rig.call(ask.clone()), rig.call(ask)];
        for call in calls {
            // A call that never gets its permit fails here, and does not hang.
            let task = tokio::time::timeout(WAIT, tokio::spawn(call));
            assert!(task.await.unwrap().unwrap_err().is_panic());
        }
    }
    assert_eq!(rig.now(), (0, 2, 0));
}
