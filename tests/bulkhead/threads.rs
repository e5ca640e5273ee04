//! Many threads through one bulkhead.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use tower::service_fn;

use super::drive::{Seeded, run};
use super::*;

const THREADS: u64 = 6;

/// Resizes `layer` between 1 and 6 until told to stop, then to 2.
fn churn<M: Mode>(layer: &BulkheadLayer<M>, stop: &AtomicBool) {
    let mut dice = Seeded::new(99);
    while !stop.load(Ordering::SeqCst) {
        layer.resize(1 + dice.below(6)).unwrap();
        thread::yield_now();
    }
    assert!((1..=6).contains(&layer.limit()));
    layer.resize(2).unwrap();
}

#[test]
fn s06_s12_hc44_hc81_threads_wait_leave_time_out_and_resize_and_the_law_holds() {
    let timer = ManualTimer::new();
    let layer = BulkheadLayer::queued(2, 4, WAIT)
        .unwrap()
        .with_timer(timer.clone());
    let inside = AtomicUsize::new(0);
    let (stop, counts) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 4]);
    let begin = Instant::now();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|seed| {
                let (layer, timer, inside, counts) = (&layer, &timer, &inside, &counts);
                scope.spawn(move || {
                    let mut dice = Seeded::new(seed);
                    let mut service = layer.layer(service_fn(|()| async move {
                        // The limit moves, and never past six.
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < 6);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok::<_, Broken>(())
                    }));
                    for _ in 0..2000 {
                        if begin.elapsed() > Duration::from_secs(2) {
                            break;
                        }
                        counts[3].fetch_add(1, Ordering::SeqCst);
                        let mut call = start(&mut service, ());
                        if dice.below(4) == 0 {
                            let polled = poll(&mut call);
                            if polled.is_pending() {
                                counts[0].fetch_add(1, Ordering::SeqCst);
                                continue;
                            }
                            count(counts, polled);
                            continue;
                        }
                        if dice.below(50) == 0 {
                            timer.advance(WAIT / 2);
                        }
                        count(counts, Poll::Ready(run(call)));
                    }
                })
            })
            .collect();
        let resizer = scope.spawn(|| churn(&layer, &stop));
        let ended: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        // Before a failed worker is passed on: the resizer must not outlive it.
        stop.store(true, Ordering::SeqCst);
        resizer.join().unwrap();
        for worker in ended {
            worker.unwrap();
        }
    });
    let [left, admitted, turned_away, attempts] = counts.map(AtomicUsize::into_inner);
    assert_eq!(left + admitted + turned_away, attempts);
    assert!(admitted > 100, "{admitted} admitted");
    assert_eq!(
        (layer.in_flight(), layer.waiting(), layer.limit()),
        (0, 0, 2)
    );
    assert_eq!((layer.available(), timer.armed()), (2, 0));
}

fn count(counts: &[AtomicUsize; 4], answer: Poll<Answer>) {
    let kind = match answer {
        Poll::Ready(Ok(())) => 1,
        Poll::Ready(Err(error)) if error.is_bulkhead() => 2,
        other => panic!("{other:?}"),
    };
    counts[kind].fetch_add(1, Ordering::SeqCst);
}

#[test]
fn s27_a_rejection_carries_counts_of_one_instant() {
    let layer = BulkheadLayer::new(3).unwrap();
    let stop = AtomicBool::new(false);
    let rejected = AtomicUsize::new(0);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let (layer, rejected) = (&layer, &rejected);
                scope.spawn(move || {
                    let mut service = layer.layer(Backend::default());
                    for _ in 0..2000 {
                        let mut calls: Vec<_> =
                            (0..4).map(|_| start(&mut service, Ask::Answer)).collect();
                        for call in &mut calls {
                            let answer = poll(call);
                            if let Poll::Ready(Err(error)) = answer {
                                rejected.fetch_add(1, Ordering::SeqCst);
                                let ResilienceError::Bulkhead { in_flight, max, .. } = error else {
                                    panic!("{error:?}")
                                };
                                assert!(in_flight >= max, "{in_flight} of {max}");
                                assert!((1..=6).contains(&max) && in_flight <= 6);
                            }
                        }
                    }
                })
            })
            .collect();
        let resizer = scope.spawn(|| churn(&layer, &stop));
        let ended: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        // Before a failed worker is passed on: the resizer must not outlive it.
        stop.store(true, Ordering::SeqCst);
        resizer.join().unwrap();
        for worker in ended {
            worker.unwrap();
        }
    });
    assert!(rejected.load(Ordering::SeqCst) > 0);
    assert_eq!((layer.in_flight(), layer.available()), (0, 2));
}

#[test]
fn s23_close_while_threads_wait_strands_nobody() {
    for _ in 0..50 {
        let layer = BulkheadLayer::queued(1, 8, WAIT).unwrap();
        let layer = layer.with_timer(ManualTimer::new());
        let backend = Backend::default();
        let first = start(&mut layer.layer(backend.clone()), Ask::Hang);
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..4)
                .map(|_| {
                    let call = start(&mut layer.layer(backend.clone()), Ask::Answer);
                    scope.spawn(|| run(call))
                })
                .collect();
            layer.close();
            for waiter in waiters {
                assert!(waiter.join().unwrap().unwrap_err().is_bulkhead_closed());
            }
        });
        drop(first);
        assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
    }
}
