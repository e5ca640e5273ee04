//! The backup, and only when the primary failed.

use std::task::Poll;

use ninelives::telemetry::FallbackSink;
use tower::Service;

use crate::sinks::{Act, Mood, Script, event};
use crate::stage::{Down, Hand, panics};
use crate::{give, ready};

#[test]
fn e13_the_backup_is_used_only_on_error() {
    let primary = Script::new([Act::Take, Act::Fail(1), Act::TakeLater], Act::Take);
    let backup = Script::always(Act::Take);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert_eq!(give(&mut sink, 1), Ok(()));
    assert_eq!((primary.taken(), backup.asked()), (vec![1], 0));
    assert_eq!(give(&mut sink, 2), Ok(()));
    assert_eq!((primary.taken(), backup.taken()), (vec![1], vec![2]));
    assert!(ready(&mut sink).is_ready());
    let mut slow = Hand::new(sink.call(event(3)));
    slow.waits();
    assert_eq!(slow.done(), Ok(()));
    assert_eq!((primary.taken(), backup.taken()), (vec![1, 3], vec![2]));
}

#[test]
fn a_primary_whose_readiness_fails_leaves_that_one_event_to_the_backup() {
    let primary = Script::always(Act::Take).in_mood(Mood::Broken(1));
    let backup = Script::always(Act::Take).in_mood(Mood::Busy);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!(
        (primary.asked(), backup.asked()),
        (1, 2),
        "the primary has answered"
    );
    backup.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 1), Ok(()));
    primary.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 2), Ok(()));
    assert_eq!((primary.taken(), backup.taken()), (vec![2], vec![1]));
}

#[test]
fn a_busy_primary_has_not_failed() {
    let primary = Script::always(Act::Take).in_mood(Mood::Busy);
    let backup = Script::always(Act::Take);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert_eq!(ready(&mut sink), Poll::Pending);
    assert_eq!(backup.asked(), 0);
}

#[test]
fn when_both_fail_the_error_has_both_wherever_they_fail() {
    let down = Some(Down(1));
    for (primary_mood, primary_act) in [(Mood::Ready, Act::Fail(1)), (Mood::Broken(1), Act::Take)] {
        for (backup_mood, backup_act) in [(Mood::Ready, Act::Fail(2)), (Mood::Broken(2), Act::Take)]
        {
            let primary = Script::always(primary_act).in_mood(primary_mood);
            let backup = Script::always(backup_act).in_mood(backup_mood);
            let mut sink = FallbackSink::new(primary.sink(), backup.sink());
            let error = give(&mut sink, 1).unwrap_err();
            assert_eq!(error.into_parts(), (down, Some(Down(2))));
            primary.mood(Mood::Ready);
            primary.turn_to(Act::Take);
            assert_eq!(give(&mut sink, 2), Ok(()), "nothing is kept");
        }
    }
}

#[test]
fn a_failed_event_waits_for_a_busy_backup() {
    let primary = Script::always(Act::Fail(1));
    let backup = Script::always(Act::TakeLater).in_mood(Mood::Busy);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert!(ready(&mut sink).is_ready());
    let mut call = Hand::new(sink.call(event(1)));
    call.waits();
    assert_eq!(
        (primary.live(), backup.live()),
        (0, 0),
        "the failed call is dropped"
    );
    backup.mood(Mood::Ready);
    assert_eq!(call.finish(), Ok(()));
    assert_eq!(backup.taken(), [1]);
}

#[test]
fn a_panic_is_no_error() {
    let primary = Script::new([Act::PanicInPoll], Act::Take);
    let backup = Script::always(Act::Take);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert_eq!(panics(|| give(&mut sink, 1)), "told to panic in poll");
    assert_eq!(give(&mut sink, 2), Ok(()));
    assert_eq!((primary.taken(), backup.asked()), (vec![2], 0));
}

#[test]
fn after_a_panic_of_the_backups_readiness_the_primary_is_asked_again() {
    let primary = Script::always(Act::Take).in_mood(Mood::Broken(1));
    let backup = Script::always(Act::Take).in_mood(Mood::Panics);
    let mut sink = FallbackSink::new(primary.sink(), backup.sink());
    assert_eq!(panics(|| ready(&mut sink)), "told to panic in poll_ready");
    primary.mood(Mood::Ready);
    assert_eq!(give(&mut sink, 2), Ok(()));
    assert_eq!((primary.taken(), backup.asked()), (vec![2], 1));
}

#[test]
fn a_clone_starts_unready() {
    let script = Script::always(Act::Take);
    let mut sink = FallbackSink::new(script.sink(), script.sink());
    assert!(ready(&mut sink).is_ready());
    let mut clone = sink.clone();
    let said = panics(|| drop(clone.call(event(1))));
    assert_eq!(said, "a fallback sink was called before it was ready");
    assert_eq!(Hand::new(sink.call(event(2))).done(), Ok(()));
    let said = panics(|| drop(sink.call(event(3))));
    assert_eq!(said, "a fallback sink was called before it was ready");
}
