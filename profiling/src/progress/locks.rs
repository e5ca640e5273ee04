//! The controls: what must be seen to wait.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ninelives::prelude::ConfigError;

use super::Pair;

/// A number behind a lock of the standard library.
pub(super) fn mutex() -> Result<Pair, ConfigError> {
    let shared = Arc::new(Mutex::new(0_u64));
    Ok([(); 2].map(|()| {
        let shared = Arc::clone(&shared);
        let add = move || {
            let mut number = shared.lock().unwrap_or_else(PoisonError::into_inner);
            *number = work(*number);
        };
        Box::new(add) as _
    }))
}

/// The same behind a flag that is spun on.
pub(super) fn spin() -> Result<Pair, ConfigError> {
    let shared = Arc::new((AtomicBool::new(false), AtomicU64::new(0)));
    Ok([(); 2].map(|()| {
        let shared = Arc::clone(&shared);
        let add = move || {
            let (lock, number) = &*shared;
            // Acquire: pairs with the Release below.
            while lock.swap(true, Ordering::Acquire) {
                spin_loop();
            }
            number.store(work(number.load(Ordering::Relaxed)), Ordering::Relaxed);
            // Release: pairs with the Acquire above.
            lock.store(false, Ordering::Release);
        };
        Box::new(add) as _
    }))
}

/// Long enough for two threads to meet often.
fn work(mut number: u64) -> u64 {
    for _ in 0..128 {
        number = std::hint::black_box(number.wrapping_add(1));
    }
    number
}
