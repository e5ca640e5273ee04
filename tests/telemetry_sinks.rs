//! Sinks made of sinks: both, one or the other, and the operators that make them.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "telemetry_sinks/fallback.rs"]
mod fallback;
#[path = "telemetry_sinks/multicast.rs"]
mod multicast;
#[path = "support/sinks.rs"]
mod sinks;
#[path = "support/stage.rs"]
mod stage;

use std::task::{Context, Poll, Waker};

use ninelives::emit::{NullSink, Sink};
use ninelives::name::Name;
use ninelives::telemetry::{FallbackSink, MemorySink, MulticastSink, StreamingSink, TelemetrySink};
use sinks::{Act, Script, event, number, tell};
use stage::{Down, Hand};

/// Asks once.
fn ready<S: TelemetrySink>(sink: &mut S) -> Poll<Result<(), S::Error>> {
    sink.poll_ready(&mut Context::from_waker(Waker::noop()))
}

/// Gives it the event with this number, which it must take or refuse at once.
#[track_caller]
fn give<S: TelemetrySink>(sink: &mut S, number: u32) -> Result<(), S::Error> {
    match ready(sink) {
        Poll::Ready(Ok(())) => Hand::new(sink.call(event(number))).done(),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => panic!("it is not ready"),
    }
}

#[test]
fn every_sink_is_a_service_of_events() {
    let (stream, memory) = (StreamingSink::new(8).unwrap(), MemorySink::new());
    let mut subscriber = stream.subscribe();
    assert_eq!(give(&mut stream.clone(), 1), Ok(()));
    assert_eq!(give(&mut memory.clone(), 2), Ok(()));
    assert_eq!(give(&mut NullSink, 3), Ok(()));
    let received = subscriber.try_recv().and_then(|delivery| delivery.event());
    assert_eq!(received.as_ref().map(number), Some(1));
    assert_eq!(memory.events().iter().map(number).collect::<Vec<_>>(), [2]);
}

#[test]
#[allow(clippy::precedence)] // what Rust makes of it is the point
fn plus_is_both_and_pipe_is_one_or_the_other() {
    let [a, b, c] = [(); 3].map(|()| Script::always(Act::Take));
    // Rust binds `+` tighter: (null and a), or else (memory and b).
    let mut sink = NullSink + a.sink() | MemorySink::new() + b.sink();
    let _: &FallbackSink<MulticastSink<NullSink, _>, MulticastSink<MemorySink, _>> = &sink;
    assert!(give(&mut sink, 1).is_ok());
    assert_eq!((a.taken(), b.taken()), (vec![1], vec![]));
    a.turn_to(Act::Fail(7));
    assert!(give(&mut sink, 2).is_ok());
    assert_eq!((a.taken(), b.taken()), (vec![1], vec![2]));
    assert_eq!(sink.backup().first().events().len(), 1);

    let mut sink = sink + c.sink();
    assert!(give(&mut sink, 3).is_ok());
    assert_eq!((b.taken(), c.taken()), (vec![2, 3], vec![3]));
}

#[test]
fn a_pair_of_sinks_on_a_policy_tells_both_with_one_time() {
    let clock = sinks::still();
    let stream = StreamingSink::new(8).unwrap().with_clock(clock.clone());
    let (memory, more) = (MemorySink::new(), MemorySink::new());
    let mut subscriber = stream.subscribe();
    let pair = stream + memory.clone() + more.clone();
    clock.advance(std::time::Duration::from_nanos(50));
    tell(&pair.attach(&Name::from("pair")), [4]);
    let Some(heard) = subscriber.try_recv().and_then(|delivery| delivery.event()) else {
        panic!("one event")
    };
    assert_eq!((number(&heard), heard.time().as_nanos()), (4, 50));
    assert_eq!(memory.events(), [heard]);
    assert_eq!(more.events(), [heard]);
}

#[test]
fn a_branch_that_wants_nothing_is_told_nothing_and_the_other_one_is() {
    let (stream, memory) = (StreamingSink::new(8).unwrap(), MemorySink::new());
    let pair = MulticastSink::new(stream.clone(), memory.clone());
    let emitter = pair.attach(&Name::from("pair"));
    tell(&emitter, [1]);
    let mut late = stream.subscribe();
    assert_eq!(late.try_recv(), None);
    assert_eq!(memory.len(), 1);
}

#[test]
fn errors_name_the_branch_and_keep_both_causes() {
    use std::error::Error;
    let failing = |why| Script::always(Act::Fail(why)).sink();
    let well = || Script::always(Act::Take).sink();
    let text = |error: &dyn Error| (error.to_string(), error.source().map(ToString::to_string));
    let said = |said: &str, cause: &str| (said.to_owned(), Some(cause.to_owned()));

    let error = give(&mut MulticastSink::new(failing(1), well()), 0).unwrap_err();
    assert_eq!(text(&error), said("the first sink failed", "down 1"));
    assert_eq!((error.first(), error.second()), (Some(&Down(1)), None));
    let error = give(&mut MulticastSink::new(well(), failing(2)), 0).unwrap_err();
    assert_eq!(text(&error), said("the second sink failed", "down 2"));
    let error = give(&mut MulticastSink::new(failing(1), failing(2)), 0).unwrap_err();
    let both = "both sinks failed, the second with: down 2";
    assert_eq!(text(&error), said(both, "down 1"));
    let error = give(&mut FallbackSink::new(failing(3), failing(4)), 0).unwrap_err();
    assert_eq!(error.into_parts(), (Some(Down(3)), Some(Down(4))));
}
