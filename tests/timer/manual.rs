//! What foreign wakers may do to a timer that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::thread;

use ninelives::prelude::*;

use super::stage::panics;
use super::{Hand, ms};

/// Panics when it is woken, with its name.
struct Bad(u32);

impl Wake for Bad {
    fn wake(self: Arc<Self>) {
        panic!("waker {}", self.0);
    }
}

#[test]
fn w06_a_timer_that_moves_in_the_middle_of_a_poll_is_noticed() {
    const ROUNDS: usize = 20_000;
    let timer = ManualTimer::new();
    let (polls, moved) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let reached = |count: &AtomicUsize, round| {
        for looks in 1_u32.. {
            if count.load(Ordering::SeqCst) >= round {
                break;
            }
            // Its turn comes at the same time as the poll, unless there is one processor alone.
            match looks % 1024 {
                0 => thread::yield_now(),
                _ => std::hint::spin_loop(),
            }
        }
    };
    let mut lost = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=ROUNDS {
                reached(&polls, round);
                timer.advance(ms(10));
                moved.store(round, Ordering::SeqCst);
            }
        });
        for round in 1..=ROUNDS {
            let mut wait = Hand::new(timer.sleep(ms(10)));
            polls.store(round, Ordering::SeqCst);
            (0..round % 32).for_each(|_| std::hint::spin_loop());
            let waits = wait.poll().is_pending();
            reached(&moved, round);
            lost += usize::from(waits && wait.wakes() == 0);
        }
    });
    assert_eq!((lost, timer.armed()), (0, 0));
}

#[test]
fn w06_wakers_that_panic_keep_no_other_wait_asleep() {
    let timer = ManualTimer::new();
    let mut bad = [0, 1].map(|name| (name, Box::pin(timer.sleep(ms(10)))));
    let mut wait = Hand::new(timer.sleep(ms(10)));
    for (name, sleep) in &mut bad {
        let waker = Waker::from(Arc::new(Bad(*name)));
        let mut cx = Context::from_waker(&waker);
        assert!(sleep.as_mut().poll(&mut cx).is_pending());
    }
    wait.waits();
    assert_eq!(panics(|| timer.advance(ms(10))), "waker 0");
    assert_eq!((wait.wakes(), timer.armed()), (1, 0));
    wait.done();
}
