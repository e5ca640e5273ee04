//! The task that looks after the wheel of its runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives_core::sync::AtomicWaker;
use ninelives_core::wheel::{Keeper, Pass, Wheel};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::Sleep;

use super::super::tokio_timer::instant;
use super::hall;
use super::heat::TICK;
use super::knock::{Knocker, Usher};
use crate::clock::{Clock, MonotonicClock, Tick};
use crate::timer::TokioTimer;
use crate::turn;

/// Armings within a nap that make the next one worth its price.
const BUSY: u64 = 8;

/// The longest rest after a look that found something: who has left meanwhile has left its waker behind.
const LINGER: Duration = Duration::from_secs(1);

/// Looks in a row, before other tasks have their turn.
const LOOKS: u32 = 8;

/// What wakes the driver when a deadline comes.
pub(super) type Alarm = Pin<Box<Sleep>>;

/// The driver: when it is dropped, with its runtime, the wheel is without one.
struct Driver {
    wheel: &'static Wheel,
    keeper: Keeper,
    // boxed: once for each runtime, and it must not move.
    alarm: Alarm,
    /// Whether the alarm is set.
    alarmed: bool,
    napping: bool,
    pulse: Pulse,
    knocker: Knocker,
}

/// Whether the clock of the runtime goes as the system's does. Under paused time it does not, and there is no time for naps.
struct Pulse {
    tokio: Tick,
    system: Tick,
}

/// An alarm of the current runtime.
///
/// # Panics
/// As tokio's own do: in a runtime without time.
pub(super) fn alarm() -> Alarm {
    Box::pin(tokio::time::sleep(Duration::ZERO)) // boxed: see `Driver`
}

/// Wakes somebody who waits. A waker that panics is nothing to the others.
fn wake(waker: Waker) {
    turn::apart(|| waker.wake());
}

/// Starts the driver of a wheel that was opened for this, and its usher where there are several workers. If the runtime ends meanwhile, the wheel is closed again.
pub(super) fn start(runtime: &Handle, wheel: &'static Wheel, alarm: Alarm) {
    let usher = Arc::new(AtomicWaker::new());
    let driver = Driver {
        wheel,
        keeper: Keeper::waking(wake),
        alarm,
        alarmed: false,
        napping: false,
        pulse: Pulse::new(),
        knocker: Knocker::new(Arc::clone(&usher)),
    };
    // The handles of the tasks are not needed: they end with their runtime.
    drop(runtime.spawn(driver));
    if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread {
        drop(runtime.spawn(Usher(usher)));
    }
}

// === impl Driver ===

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let driver = &mut *self;
        hall::learn(cx.waker());
        driver.wheel.register(driver.knocker.over(cx.waker()));
        for _ in 0..LOOKS {
            if !driver.is_called(cx) {
                return Poll::Pending;
            }
            driver.look();
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Driver {
    /// Whether there is something to do.
    fn is_called(&mut self, cx: &mut Context<'_>) -> bool {
        let rings = self.alarmed && self.alarm.as_mut().poll(cx).is_ready();
        self.alarmed &= !rings;
        rings || self.wheel.is_roused()
    }

    fn look(&mut self) {
        let pass = self.keeper.pass(self.wheel, || TokioTimer.now());
        self.napping = self.naps(&pass);
        if self.napping {
            self.wheel.nap();
            // tokio's timers are of whole milliseconds: the next one.
            self.alarm_at(pass.now.after(Duration::from_nanos(1)));
            return;
        }
        let until = match pass.armed {
            0 => pass.next,
            _ => pass.next.min(pass.now.after(LINGER)),
        };
        if self.wheel.rest(until) {
            self.alarm_at(until);
        }
    }

    fn naps(&mut self, pass: &Pass) -> bool {
        let asked = self.wheel.is_asked_for_naps();
        let running = self.pulse.runs(pass.now);
        running && (asked || self.napping && pass.armed >= BUSY)
    }

    fn alarm_at(&mut self, deadline: Tick) {
        let at = (deadline != Tick::NEVER)
            .then(|| instant(deadline))
            .flatten();
        self.alarmed = at.is_some();
        if let Some(at) = at {
            self.alarm.as_mut().reset(at);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.keeper.leave(self.wheel, TokioTimer.now());
    }
}

// === impl Pulse ===

impl Pulse {
    fn new() -> Self {
        Self {
            tokio: TokioTimer.now(),
            system: MonotonicClock.now(),
        }
    }

    /// Whether both clocks went on alike since this was last asked.
    fn runs(&mut self, tokio: Tick) -> bool {
        let system = MonotonicClock.now();
        let expected = system.since(self.system);
        let passed = tokio.since(self.tokio);
        *self = Self { tokio, system };
        // They are not read at once, and the thread may be interrupted in between.
        passed.abs_diff(expected) < expected / 2 + Duration::from_nanos(TICK / 100)
            && passed > Duration::ZERO
    }
}
