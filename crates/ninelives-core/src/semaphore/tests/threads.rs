//! Real threads: whatever they do, at rest the counts are exact, and nobody was forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::task::{Poll, Wake, Waker};
use std::thread;

use super::super::{Ask, Entry, Priority, Semaphore, Spot, Turn};
use super::{ask, counts, line};

/// Of each worker.
const ROUNDS: u32 = if cfg!(miri) { 8 } else { 3_000 };
const CLOSINGS: u32 = if cfg!(miri) { 2 } else { 50 };

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Permits may lie in so many stripes from the start, and threads keep them soon where they can be had back.
fn spread(semaphore: Semaphore, stripes: u32) -> Semaphore {
    let semaphore = semaphore.striped(stripes);
    #[cfg(feature = "membarrier")]
    let semaphore = if crate::weighted::Threads::can_fence() {
        semaphore.kept_by_threads(1, crate::weighted::Threads::pass_a_fence)
    } else {
        semaphore
    };
    semaphore.spread_if_roomy(semaphore.gate.load());
    assert!(semaphore.gate.is_striped(), "there is room");
    semaphore
}

/// Where a worker is.
fn spot(worker: u32) -> Spot {
    Spot::at(worker).on(u64::from(worker) + 1)
}

/// Waits for a turn the way a task would: only a wake makes it look again. A forgotten waiter hangs the test.
fn acquire(semaphore: &Semaphore, stripe: u32, ask: Ask, patience: u32) -> bool {
    let place = match semaphore.enter_from(|| spot(stripe), ask, || u32::MAX) {
        Entry::Acquired { .. } => return true,
        Entry::Full { .. } | Entry::Overweight { .. } | Entry::Closed => return false,
        Entry::Waiting(place) => place,
    };
    let woken = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(woken.clone());
    let mut looks = 0;
    loop {
        match semaphore.poll_place(&place, &waker) {
            Poll::Ready(Turn::Granted { .. }) if looks % 3 == 2 => {
                let _ = semaphore.leave(place);
                return false;
            }
            Poll::Ready(Turn::Granted { .. }) => {
                semaphore.take(place);
                return true;
            }
            Poll::Ready(Turn::Overweight { .. } | Turn::Closed) => {
                let _ = semaphore.leave(place);
                return false;
            }
            Poll::Pending if looks == patience => {
                let _ = semaphore.leave(place);
                return false;
            }
            Poll::Pending => {}
        }
        looks += 1;
        while !woken.0.swap(false, SeqCst) {
            thread::yield_now();
            if patience < 3 {
                break;
            }
        }
    }
}

/// Four workers come and go, each to a stripe of its own, and one of them resizes the semaphore from 1 to `most` in turn.
fn come_and_go(semaphore: Semaphore, most: u32, asks: impl Fn(u32) -> Ask + Copy + Send + 'static) {
    let semaphore = Arc::new(semaphore);
    let inside = Arc::new(AtomicU32::new(0));
    let workers: std::vec::Vec<_> = (0..4_u32)
        .map(|worker| {
            let (semaphore, inside) = (semaphore.clone(), inside.clone());
            thread::spawn(move || {
                for round in 0..ROUNDS {
                    // Two workers wait for as long as it takes; two give up after a look or two.
                    let patience = if worker < 2 { u32::MAX } else { round % 3 };
                    let ask = asks(round + worker);
                    if acquire(&semaphore, worker, ask, patience) {
                        let weight = ask.weight();
                        assert!(inside.fetch_add(weight, SeqCst) + weight <= most);
                        inside.fetch_sub(weight, SeqCst);
                        semaphore.release_to(|| spot(worker), weight);
                    }
                    if worker == 3 && round % 64 == 0 {
                        let limit = semaphore.snapshot().limit;
                        assert!(semaphore.resize(limit % most + 1).is_ok());
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().expect("no worker fails");
    }
    let (in_flight, limit, waiting) = counts(&semaphore);
    assert_eq!((in_flight, waiting), (0, 0));
    assert!((1..=most).contains(&limit));
}

#[test]
fn s12_s28_plain_threads_with_resize_and_cancel_keep_the_law() {
    for (limit, places) in [(1, 1), (1, 8), (2, 3), (3, 16)] {
        come_and_go(line(limit, places), 3, |_| Ask::ONE);
    }
}

#[test]
fn s12_plain_threads_with_weights_keep_the_law() {
    for (limit, places) in [(1, 8), (3, 3), (3, 16)] {
        come_and_go(line(limit, places), 3, |n| ask(n % 3 + 1, Priority::Normal));
    }
}

#[test]
fn s12_plain_threads_with_weights_and_classes_keep_the_law() {
    for (limit, places) in [(1, 8), (3, 3), (3, 16)] {
        let semaphore = Semaphore::with_classes(limit, places).expect("in range");
        come_and_go(semaphore, 3, |n| {
            ask(n % 3 + 1, Priority::ALL[n as usize / 3 % 4])
        });
    }
}

#[test]
fn s12_s28_threads_with_stripes_resize_and_cancel_keep_the_law() {
    for (limit, places, stripes) in [(1, 8, 1), (2, 3, 2), (3, 16, 2), (8, 8, 4)] {
        let semaphore = spread(line(limit, places), stripes);
        come_and_go(semaphore, limit.max(3), |_| Ask::ONE);
    }
}

#[test]
fn s12_threads_with_stripes_and_weights_keep_the_law() {
    for (limit, places, stripes) in [(2, 8, 1), (3, 3, 2), (8, 8, 2), (8, 8, 4)] {
        let semaphore = spread(line(limit, places), stripes);
        come_and_go(semaphore, limit.max(3), |n| {
            ask(n % 3 + 1, Priority::Normal)
        });
    }
}

#[test]
fn s12_threads_with_stripes_weights_and_classes_keep_the_law() {
    for (limit, places) in [(2, 8), (3, 3), (8, 8)] {
        let semaphore = Semaphore::with_classes(limit, places).expect("in range");
        come_and_go(spread(semaphore, 2), limit.max(3), |n| {
            ask(n % 3 + 1, Priority::ALL[n as usize / 3 % 4])
        });
    }
}

#[test]
fn s23_threads_with_stripes_do_not_get_in_after_a_close() {
    for _ in 0..CLOSINGS {
        let semaphore = spread(line(4, 8), 2);
        let closed = AtomicBool::new(false);
        thread::scope(|scope| {
            for worker in 0..3 {
                let (semaphore, closed) = (&semaphore, &closed);
                scope.spawn(move || {
                    loop {
                        let late = closed.load(SeqCst);
                        if !acquire(semaphore, worker, Ask::ONE, u32::MAX) {
                            break;
                        }
                        semaphore.release_to(|| spot(worker), 1);
                        assert!(!late);
                    }
                });
            }
            thread::yield_now();
            semaphore.close();
            closed.store(true, SeqCst);
        });
        assert_eq!(counts(&semaphore), (0, 4, 0));
    }
}

#[test]
fn s23_close_while_threads_wait_strands_nobody() {
    for _ in 0..CLOSINGS {
        let semaphore = Arc::new(line(1, 8));
        assert!(matches!(semaphore.try_acquire(), Entry::Acquired { .. }));
        let workers: std::vec::Vec<_> = (0..3)
            .map(|_| {
                let semaphore = semaphore.clone();
                thread::spawn(move || acquire(&semaphore, 0, Ask::ONE, u32::MAX))
            })
            .collect();
        semaphore.close();
        for worker in workers {
            assert!(!worker.join().expect("no worker fails"));
        }
        semaphore.release();
        assert_eq!(counts(&semaphore), (0, 1, 0));
    }
}
