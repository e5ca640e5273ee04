//! Wakers that panic when the last of them is dropped: foreign code, and nothing to other waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Wake, Waker};

use super::{Left, Pair, Stand, Task, at, until};

struct Grumpy;

impl Wake for Grumpy {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Grumpy {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn panics<R>(run: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

#[test]
fn w03_the_newest_waker_is_woken_though_the_drop_of_the_one_before_panics() {
    let mut pair = Pair::new();
    let (task, waker) = Task::new();
    let entry = pair
        .wheel
        .arm(until(5), 0, || 0, &Waker::from(Arc::new(Grumpy)))
        .unwrap();
    assert!(panics(|| entry.poll(&waker)));
    assert_eq!(pair.keeper.pass(&pair.wheel, || at(5)).fired, 1);
    assert_eq!((entry.poll(&waker), task.wakes()), (Stand::Fired, 1));
    assert_eq!(entry.leave(), Left::Fired);
}
