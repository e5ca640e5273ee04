//! Threads that are stopped in the middle: of an event, of a wake, between reads, of falling asleep. Nobody else waits for them.

use std::future::Ready;
use std::pin::pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::thread;
use std::time::Duration;

use ninelives::emit::Sink;
use ninelives::name::Name;
use ninelives::telemetry::Delivery;
use ninelives::{Clock, ManualTimer, MonotonicClock, Tick, Timer};

use super::drive::Wakes;
use super::recv::{got, poll};
use super::{assert_conserved, drain, emit, streaming};

/// A place in which a thread is stopped: it says that it came, and goes on when it is let go.
#[derive(Clone)]
struct Stop(Arc<(Sender<()>, Mutex<Receiver<()>>)>);

/// The other side: waits until the thread has come, and lets it go.
struct Warden {
    came: Receiver<()>,
    go: Sender<()>,
}

fn stop() -> (Stop, Warden) {
    let ((here, came), (go, gone)) = (mpsc::channel(), mpsc::channel());
    let stop = Stop(Arc::new((here, Mutex::new(gone))));
    (stop, Warden { came, go })
}

impl Stop {
    /// Stops this thread.
    fn here(&self) {
        let (here, gone) = &*self.0;
        here.send(()).unwrap();
        gone.lock().unwrap().recv().unwrap();
    }
}

impl Warden {
    fn wait(&self) {
        self.came.recv_timeout(LONG).expect("it never came there");
    }

    fn let_go(&self) {
        self.go.send(()).unwrap();
    }
}

/// Ends a test that hangs.
const LONG: Duration = Duration::from_secs(60);

/// Runs `work` on a thread of its own while others are stopped; panics when it is held up.
fn unhindered<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, answer) = mpsc::channel();
    let thread = thread::spawn(move || done.send(work()).unwrap());
    let answer = answer.recv_timeout(LONG).expect("it was held up");
    thread.join().unwrap();
    answer
}

/// A clock that stops whoever reads it.
#[derive(Clone)]
struct Stopping(Stop);

impl Clock for Stopping {
    fn now(&self) -> Tick {
        self.0.here();
        Tick::ZERO
    }
}

#[test]
fn e04_a_producer_stopped_within_its_event_holds_up_nobody() {
    const EVENTS: u32 = 10_000;
    let (place, warden) = stop();
    let (sink, emitter) = streaming(64);
    let mut subscriber = sink.subscribe();
    let stopping = sink.clone().with_clock(Stopping(place));
    let stopping = stopping.attach(&Name::from("stopped"));
    // After its first event it has a ring; it is stopped in the middle of the second.
    let stopped = thread::spawn(move || (0..2).for_each(|n| emit(&stopping, n)));
    warden.wait();
    warden.let_go();
    warden.wait();
    let mut subscriber = unhindered(move || {
        (0..EVENTS).for_each(|n| emit(&emitter, n));
        // Somebody comes meanwhile, reads and leaves.
        let mut other = sink.subscribe();
        emit(&emitter, EVENTS);
        assert_eq!(drain(&mut other), (vec![EVENTS], 0));
        assert_conserved(&other, 1);
        drop(other);
        let (numbers, lost) = drain(&mut subscriber);
        assert_eq!(
            (numbers.len() as u64, lost),
            (65, u64::from(EVENTS) + 1 - 64)
        );
        assert_conserved(&subscriber, u64::from(EVENTS) + 2);
        subscriber
    });
    warden.let_go();
    stopped.join().unwrap();
    assert_eq!(drain(&mut subscriber), (vec![1], 0));
    assert_conserved(&subscriber, u64::from(EVENTS) + 3);
}

/// A waker that stops whoever wakes.
struct StopsWhoWakes(Stop);

impl Wake for StopsWhoWakes {
    fn wake(self: Arc<Self>) {
        self.0.here();
    }
}

#[test]
fn e04_a_producer_stopped_within_a_wake_holds_up_nobody() {
    const EVENTS: u32 = 1_000;
    let (place, warden) = stop();
    let (sink, emitter) = streaming(16);
    let timer = ManualTimer::new();
    let mut sleeper = sink.subscribe().prompt().with_timer(timer.clone());
    let mut recv = Box::pin(sleeper.recv());
    assert!(poll(recv.as_mut(), Waker::noop()).is_pending());
    timer.advance(Duration::from_millis(1));
    let waker = Waker::from(Arc::new(StopsWhoWakes(place)));
    assert!(poll(recv.as_mut(), &waker).is_pending());
    let waking = emitter.clone();
    let stopped = thread::spawn(move || emit(&waking, 7));
    warden.wait();
    // The event that wakes is there before the wake.
    assert_eq!(got(poll(recv.as_mut(), Waker::noop())), Some(7));
    drop(recv);
    let tell = move || (0..EVENTS).for_each(|n| emit(&emitter, n));
    unhindered(tell);
    let (numbers, lost) = drain(&mut sleeper);
    assert_eq!((numbers.len() as u64, lost), (16, u64::from(EVENTS) - 16));
    assert_conserved(&sleeper, u64::from(EVENTS) + 1);
    warden.let_go();
    stopped.join().unwrap();
    assert_conserved(&sleeper, u64::from(EVENTS) + 1);
}

#[test]
fn e05_a_reader_stopped_between_two_reads_holds_up_nobody_and_learns_its_loss() {
    const EVENTS: u32 = 10_000;
    let (place, warden) = stop();
    let (sink, emitter) = streaming(64);
    let mut stopping = sink.subscribe();
    let mut other = sink.subscribe();
    emit(&emitter, 0);
    let stopped = thread::spawn(move || {
        let first = stopping.try_recv();
        place.here();
        (first, drain(&mut stopping), stopping)
    });
    warden.wait();
    unhindered(move || {
        for n in 1..EVENTS {
            emit(&emitter, n);
            if n % 32 == 0 {
                assert_eq!(drain(&mut other).1, 0, "it keeps up");
            }
        }
        drain(&mut other);
        assert_conserved(&other, u64::from(EVENTS));
        assert_eq!(other.received(), u64::from(EVENTS));
    });
    warden.let_go();
    let (first, (numbers, lost), stopped) = stopped.join().unwrap();
    assert!(matches!(first, Some(Delivery::Event(_))));
    assert_eq!(numbers, (EVENTS - 64..EVENTS).collect::<Vec<_>>());
    assert_eq!(lost, u64::from(EVENTS) - 64 - 1);
    assert_conserved(&stopped, u64::from(EVENTS));
}

/// A timer that stops whoever asks it for a nap.
struct StopsWhoNaps(Stop);

impl Clock for StopsWhoNaps {
    fn now(&self) -> Tick {
        MonotonicClock.now()
    }
}

impl Timer for StopsWhoNaps {
    type Sleep = Ready<()>;

    fn sleep_until(&self, _deadline: Tick) -> Ready<()> {
        self.0.here();
        std::future::ready(())
    }
}

#[test]
fn e05_a_reader_stopped_while_it_falls_asleep_holds_up_nobody_and_finds_what_came() {
    const EVENTS: u32 = 1_000;
    let (place, warden) = stop();
    let (sink, emitter) = streaming(16);
    let sleeper = sink.subscribe().prompt();
    let mut sleeper = sleeper.with_timer(StopsWhoNaps(place));
    let mut other = sink.subscribe();
    let stopped = thread::spawn(move || {
        let (wakes, waker) = Wakes::new();
        let first = poll(pin!(sleeper.recv()), &waker);
        (first, wakes.count(), drain(&mut sleeper), sleeper)
    });
    // First its nap, then with the alarm armed, before its last looks.
    warden.wait();
    warden.let_go();
    warden.wait();
    unhindered(move || {
        (0..EVENTS).for_each(|n| emit(&emitter, n));
        drain(&mut other);
        assert_conserved(&other, u64::from(EVENTS));
    });
    warden.let_go();
    let (first, wakes, (numbers, lost), stopped) = stopped.join().unwrap();
    assert_eq!(
        first,
        std::task::Poll::Ready(Delivery::Lagged(u64::from(EVENTS) - 16))
    );
    assert_eq!((wakes, lost), (1, 0), "rung once, for all");
    assert_eq!(numbers, (EVENTS - 16..EVENTS).collect::<Vec<_>>());
    assert_conserved(&stopped, u64::from(EVENTS));
}
