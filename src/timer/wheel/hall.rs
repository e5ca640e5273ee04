//! Which wheel belongs to the runtime in which somebody waits.
//!
//! Asking tokio for the runtime clones its handle, a count that all threads share. A task stays in its runtime, so each thread
//! remembers the wheels of some tasks: of those that wait while their runtime polls them, which their waker shows. What a task
//! runs to its end in another runtime has the task's id too, and a waker of another kind.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::task::{RawWakerVTable, Waker};

use ninelives_core::wheel::Wheel;
use tokio::runtime::Handle;
use tokio::task;

use super::driver;
use crate::turn;

/// Runtimes that have a wheel at the same time, at most.
const WHEELS: usize = 1024;

/// Tasks that a thread remembers, at most.
const KNOWN: usize = 64;

/// Every wheel there is. One whose runtime has ended is there for the next one; so waits may outlive their runtime.
static HALL: [OnceLock<Box<Wheel>>; WHEELS] = [const { OnceLock::new() }; WHEELS];

/// How the wakers of tasks look.
static KIND: OnceLock<&'static RawWakerVTable> = OnceLock::new();

type OnWheel = Option<&'static Wheel>;
type OfTask = Option<(task::Id, &'static Wheel)>;
type OfRuntime = Option<(NonZeroU64, &'static Wheel)>;

thread_local! {
    static TASKS: [Cell<OfTask>; KNOWN] = const { [const { Cell::new(None) }; KNOWN] };
    static HERE: Cell<OfRuntime> = const { Cell::new(None) };
}

/// tokio 1.48 does not tell one runtime from another. There, every runtime is number 0, which has no wheel; from 1.49 on the handle's own method
/// of this name comes first.
#[allow(dead_code)] // see above
trait Anonymous {
    fn id(&self) -> u64 {
        0
    }
}

/// Keeps the one number that an id has.
#[derive(Default)]
struct Number(u64);

/// The wheel of the current runtime; `None` outside of one, or when there are too many.
#[inline]
pub(super) fn current() -> Option<&'static Wheel> {
    known().or_else(of_runtime)
}

/// What this thread remembers of the current task.
#[inline]
fn known() -> Option<&'static Wheel> {
    let task = task::try_id()?;
    match TASKS.with(|tasks| tasks[place(task)].get()) {
        Some((known, wheel)) if known == task => Some(wheel),
        _ => None,
    }
}

/// Somebody waits on this wheel, with this waker; taken out if it is not that of the current runtime. If it is the current task that waits, its
/// wheel is remembered.
#[inline]
pub(super) fn remember(wheel: &Cell<OnWheel>, waker: &Waker) {
    if let Some(task) = task::try_id() {
        remember_of(task, wheel, waker);
    }
}

fn remember_of(task: task::Id, wheel: &Cell<OnWheel>, waker: &Waker) {
    let by_runtime = KIND
        .get()
        .is_some_and(|kind| std::ptr::eq(*kind, waker.vtable()));
    if !by_runtime {
        // What is known is known of the task, and this may be what it runs in another runtime.
        if known().is_some() {
            wheel.set(wheel.get().filter(|wheel| is_of_runtime(wheel)));
        }
    } else if known().is_none()
        && let Some(wheel) = of_runtime()
    {
        TASKS.with(|tasks| tasks[place(task)].set(Some((task, wheel))));
    }
}

#[cold]
fn is_of_runtime(wheel: &Wheel) -> bool {
    let runtime = Handle::try_current().ok();
    let id = runtime.and_then(|runtime| NonZeroU64::new(Number::of(runtime.id())));
    id.is_some_and(|id| wheel.is_of(id))
}

/// Learns what kind of waker a runtime polls its tasks with.
pub(super) fn learn(waker: &Waker) {
    KIND.get_or_init(|| waker.vtable());
}

#[inline]
fn place(task: task::Id) -> usize {
    Number::of(task) as usize % KNOWN
}

/// The same as [`current`], by asking tokio.
#[inline(never)]
pub(super) fn of_runtime() -> Option<&'static Wheel> {
    let runtime = Handle::try_current().ok()?;
    let id = NonZeroU64::new(Number::of(runtime.id()))?;
    match HERE.get() {
        Some((here, wheel)) if here == id && wheel.is_of(id) => Some(wheel),
        _ => {
            let wheel = find(&runtime, id)?;
            HERE.set(Some((id, wheel)));
            Some(wheel)
        }
    }
}

fn find(runtime: &Handle, id: NonZeroU64) -> Option<&'static Wheel> {
    let mut made = HALL.iter().map_while(OnceLock::get);
    if let Some(wheel) = made.find(|wheel| wheel.is_of(id)) {
        return Some(wheel);
    }
    // Two threads may both find none, and open one each: then the runtime has two, and both do their work.
    let alarm = driver::alarm();
    let free = HALL.iter().map(|place| &**place.get_or_init(wheel));
    let wheel = free.into_iter().find(|wheel| wheel.open(id))?;
    driver::start(runtime, wheel, alarm);
    Some(wheel)
}

/// A wheel for which a waker whose drop panics is nothing to other waits, nor to the driver.
fn wheel() -> Box<Wheel> {
    Box::new(Wheel::letting_go(|waker| turn::apart(|| drop(waker))))
}

// === impl Anonymous ===

impl Anonymous for Handle {}

// === impl Number ===

impl Number {
    #[inline]
    fn of(id: impl Hash) -> u64 {
        let mut number = Self::default();
        id.hash(&mut number);
        number.finish()
    }
}

impl Hasher for Number {
    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not what ids are made of today; then a mixture of it.
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
