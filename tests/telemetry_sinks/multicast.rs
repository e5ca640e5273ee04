//! Both sinks, whatever one of them does.

use std::task::Poll;

use ninelives::telemetry::MulticastSink;
use tower::Service;

use crate::sinks::{Act, Mood, PanicsAgain, Script, event};
use crate::stage::{Down, Hand, panics};
use crate::{give, ready};

const ALL: [u32; 4] = [1, 2, 3, 4];

/// Gives all four, and says which of them failed.
fn give_all<A, B>(sink: &mut MulticastSink<A, B>) -> Vec<u32>
where
    A: ninelives::telemetry::TelemetrySink,
    B: ninelives::telemetry::TelemetrySink,
{
    let failed = ALL
        .into_iter()
        .filter(|number| give(sink, *number).is_err());
    failed.collect()
}

#[test]
fn e13_a_branch_that_fails_does_not_stop_the_other_one() {
    let bad = Script::new([Act::Take, Act::Fail(1)], Act::Take);
    let good = Script::always(Act::Take);
    let mut sink = MulticastSink::new(bad.sink(), good.sink());
    assert_eq!(give_all(&mut sink), [2]);
    assert_eq!((bad.taken(), good.taken()), (vec![1, 3, 4], ALL.to_vec()));
    let mut sink = MulticastSink::new(good.sink(), Script::always(Act::Fail(2)).sink());
    assert_eq!(give_all(&mut sink), ALL);
    assert_eq!(good.taken(), [ALL, ALL].concat());
}

#[test]
fn e13_a_branch_whose_readiness_fails_does_not_stop_the_other_one() {
    let bad = Script::always(Act::Take).in_mood(Mood::Broken(5));
    let good = Script::always(Act::Take);
    let mut sink = MulticastSink::new(bad.sink(), good.sink());
    let error = give(&mut sink, 1).unwrap_err();
    assert_eq!((error.first(), error.second()), (Some(&Down(5)), None));
    assert_eq!((bad.seen(), good.taken()), (vec![], vec![1]));
    bad.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 2), Ok(()));
    assert_eq!((bad.taken(), good.taken()), (vec![2], vec![1, 2]));
}

#[test]
fn e13_a_branch_that_panics_does_not_stop_the_other_one() {
    for act in [Act::PanicInCall, Act::PanicInPoll] {
        let bad = Script::new([act], Act::Take);
        let slow = Script::always(Act::TakeLater);
        let mut sink = MulticastSink::new(bad.sink(), slow.sink());
        assert_eq!(ready(&mut sink), Poll::Ready(Ok(())));
        let mut call = Hand::new(sink.call(event(1)));
        call.waits();
        assert_eq!(
            panics(|| call.done()),
            "a branch of a multicast sink panicked"
        );
        assert_eq!(slow.taken(), [1], "{act:?}");
        drop(call);
        let mut next = Hand::new({
            assert!(ready(&mut sink).is_ready());
            sink.call(event(2))
        });
        assert_eq!(next.finish(), Ok(()));
        assert_eq!((bad.taken(), slow.taken()), (vec![2], vec![1, 2]));
    }
    let bad = Script::always(Act::Take).in_mood(Mood::Panics);
    let good = Script::always(Act::Take);
    let mut sink = MulticastSink::new(good.sink(), bad.sink());
    assert_eq!(
        panics(|| give(&mut sink, 1)),
        "a branch of a multicast sink panicked"
    );
    assert_eq!(good.taken(), [1]);
}

#[test]
fn e13_a_branch_that_panics_when_its_call_is_dropped_does_not_stop_the_other_one() {
    let bad = Script::new([Act::TakeThenPanicInDrop], Act::Take);
    let slow = Script::always(Act::TakeLater);
    let mut sink = MulticastSink::new(bad.sink(), slow.sink());
    assert!(ready(&mut sink).is_ready());
    let mut call = Hand::new(sink.call(event(1)));
    call.waits();
    let said = panics(|| call.done());
    assert_eq!(said, "a branch of a multicast sink panicked");
    assert_eq!((bad.taken(), slow.taken()), (vec![1], vec![1]));
}

#[test]
fn e13_what_a_branch_panicked_with_does_not_stop_the_other_one() {
    let good = Script::always(Act::Take);
    let bad = tower::service_fn(|_event| {
        std::panic::panic_any(PanicsAgain);
        #[expect(unreachable_code, reason = "it says what the sink would have answered")]
        std::future::ready(Ok::<_, Down>(()))
    });
    let mut sink = MulticastSink::new(bad, good.sink());
    assert!(ready(&mut sink).is_ready());
    let said = panics(|| Hand::new(sink.call(event(1))).done());
    assert_eq!(said, "a branch of a multicast sink panicked");
    assert_eq!(good.taken(), [1]);
}

#[test]
fn both_failing_at_readiness_is_an_error_of_readiness_and_both_are_asked_again() {
    let [a, b] = [1, 2].map(|why| Script::always(Act::Take).in_mood(Mood::Broken(why)));
    let mut sink = MulticastSink::new(a.sink(), b.sink());
    let Poll::Ready(Err(error)) = ready(&mut sink) else {
        panic!("both fail")
    };
    assert_eq!(error.into_parts(), (Some(Down(1)), Some(Down(2))));
    a.mood(Mood::Ready);
    b.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 1), Ok(()));
    a.mood(Mood::Broken(3));
    b.mood(Mood::Panics);
    assert_eq!(
        panics(|| ready(&mut sink)),
        "a branch of a multicast sink panicked"
    );
    a.mood(Mood::Ready);
    b.mood(Mood::Ready);
    assert_eq!(
        give(&mut sink, 2),
        Ok(()),
        "a panic of readiness is not kept"
    );
}

#[test]
fn it_is_ready_when_both_are_and_what_one_reserved_is_held_meanwhile() {
    let (quick, busy) = (Script::always(Act::Take), Script::always(Act::Take));
    busy.mood(Mood::Busy);
    let mut sink = MulticastSink::new(quick.sink(), busy.sink());
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!((quick.asked(), busy.asked()), (1, 2));
    // What it says from now on is about the next event.
    quick.mood(Mood::Broken(9));
    busy.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 1), Ok(()));
    assert_eq!((quick.taken(), busy.taken()), (vec![1], vec![1]));
    assert!(give(&mut sink, 2).is_err());
    assert_eq!((quick.taken(), busy.taken()), (vec![1], vec![1, 2]));
}

#[test]
fn the_busy_branch_is_asked_even_when_the_first_one_waits() {
    let [a, b] = [(); 2].map(|()| Script::always(Act::Take).in_mood(Mood::Busy));
    let mut sink = MulticastSink::new(a.sink(), b.sink());
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!((a.asked(), b.asked()), (1, 1));
}

#[test]
fn a_clone_starts_unready() {
    let script = Script::always(Act::Take);
    let mut sink = MulticastSink::new(script.sink(), script.sink());
    assert!(ready(&mut sink).is_ready());
    let mut clone = sink.clone();
    let said = panics(|| drop(clone.call(event(1))));
    assert_eq!(said, "a multicast sink was called before it was ready");
    assert_eq!(give(&mut clone, 1), Ok(()));
    assert_eq!(Hand::new(sink.call(event(2))).done(), Ok(()));
    let said = panics(|| drop(sink.call(event(3))));
    assert_eq!(said, "a multicast sink was called before it was ready");
}

#[test]
fn dropping_the_call_drops_what_both_do() {
    let (a, b) = (Script::always(Act::Hang), Script::always(Act::Hang));
    let mut sink = MulticastSink::new(a.sink(), b.sink());
    assert!(ready(&mut sink).is_ready());
    let mut call = Hand::new(sink.call(event(1)));
    call.waits();
    assert_eq!((a.live(), b.live()), (1, 1));
    drop(call);
    assert_eq!((a.live(), b.live()), (0, 0));
}
