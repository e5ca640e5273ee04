//! Everybody has their turn, whoever panics in theirs.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs what concerns nobody here: of its panic the hook of panics tells, and it ends here.
pub(crate) fn apart(run: impl FnOnce()) {
    caught(run);
}

/// The same with what it makes; none when it panics.
pub(crate) fn caught<R>(run: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(run)).map_err(bury).ok()
}

/// Drops what somebody panicked with, which may panic once more; what that panics with is left.
fn bury(panic: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        mem::forget(again);
    }
}

/// Runs `run` with each of them. What one makes of it is nothing to the others: the first panic goes on to the caller after the last turn.
pub(crate) fn each<T>(all: impl IntoIterator<Item = T>, mut run: impl FnMut(T)) {
    let mut first = None;
    for one in all {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| run(one))) {
            match &first {
                None => first = Some(panic),
                Some(_) => bury(panic),
            }
        }
    }
    if let Some(panic) = first {
        resume_unwind(panic);
    }
}

/// Runs what a drop has to tell. While the thread unwinds from another panic, one of this ends here: it would end the process.
pub(crate) fn at_a_drop(run: impl FnOnce()) {
    if std::thread::panicking() {
        apart(run);
    } else {
        run();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_first_panic_goes_on_when_all_had_their_turn() {
        let mut had = Vec::new();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            each(0..5, |one| {
                had.push(one);
                assert!(one % 2 == 0, "{one} panics");
            });
        }));
        let said = ended.unwrap_err().downcast::<String>().unwrap();
        assert_eq!((had, *said), (vec![0, 1, 2, 3, 4], "1 panics".to_owned()));
    }

    /// What panics once more when it is dropped.
    struct Again;

    impl Drop for Again {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn what_somebody_panicked_with_is_dropped() {
        let payload = Arc::new(());
        apart(|| std::panic::panic_any(Arc::clone(&payload)));
        let ended = catch_unwind(AssertUnwindSafe(|| {
            each(0..2, |_| std::panic::panic_any(Arc::clone(&payload)));
        }));
        drop(ended);
        assert_eq!(Arc::strong_count(&payload), 1);
    }

    #[test]
    fn a_panic_of_what_runs_apart_ends_there() {
        apart(|| std::panic::panic_any(Again));
    }

    #[test]
    fn what_a_later_one_panicked_with_takes_no_turn_from_the_others() {
        let mut had = Vec::new();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            each(0..4, |one| {
                had.push(one);
                match one {
                    1 => panic!("the first"),
                    2 => std::panic::panic_any(Again),
                    _ => {}
                }
            });
        }));
        let said = ended.unwrap_err().downcast::<&str>();
        assert_eq!((had, *said.unwrap()), (vec![0, 1, 2, 3], "the first"));
    }

    #[test]
    fn nobody_panics_and_nothing_goes_on() {
        let mut sum = 0;
        each([1, 2, 3], |one| sum += one);
        assert_eq!(sum, 6);
    }
}
