//! Tower's contract, as callers rely on it.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use tower_service::Service;

use super::hand::Hand;
use super::service::Scripted;
use super::stage::{Act, Held, Mood, Stage};
use crate::counted::Counted;

/// What a layer did wrong, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    scenario: &'static str,
    what: String,
}

/// How often a service is used in a scenario of many calls.
const CALLS: u32 = 32;
/// Polls after which a call that still wakes itself is given up.
const POLLS: usize = 64;

type Backend = Scripted<u32, u32>;
type Result<T = ()> = std::result::Result<T, String>;

/// Drives what `wrap` makes of a [`Scripted`] service through tower's contract; each scenario wraps a service of its own.
///
/// A call that waits for a timer, as a further attempt does, is dropped then. Each scenario ends with everything dropped, and nothing
/// may be held then. In some the service panics on purpose: that is caught, but the panic hook prints it.
///
/// # Errors
/// The first violation: a service called that was not ready; an answer or an error that did not come through; a wake-up that was lost;
/// a call, a readiness or a service that was held when all was over.
pub fn check<S>(wrap: impl Fn(Backend) -> S) -> std::result::Result<(), Violation>
where
    S: Service<u32, Response = u32> + Clone,
{
    let scenario =
        |scenario, stage: Stage<u32, u32>, run: &dyn Fn(S, &Stage<u32, u32>) -> Result| {
            let result = catch_unwind(AssertUnwindSafe(|| run(wrap(stage.service()), &stage)));
            let what = match result {
                Ok(Ok(())) if stage.held() == Held::default() => return Ok(()),
                Ok(Ok(())) => format!("held at the end: {}", stage.held()),
                Ok(Err(what)) => what,
                Err(panic) => format!("it panicked: {}", said(&*panic)),
            };
            Err(Violation { scenario, what })
        };
    let answers = || Stage::always(Act::Answer(7));
    scenario("calls in sequence", answers(), &|mut service, _| {
        (0..CALLS).try_for_each(|_| answered(&mut service))
    })?;
    scenario(
        "answers that come later",
        Stage::always(Act::AnswerLater(7)),
        &|mut service, _| (0..CALLS).try_for_each(|_| answered(&mut service)),
    )?;
    scenario("each call on a clone", answers(), &|service, _| {
        (0..CALLS).try_for_each(|_| answered(&mut service.clone()))
    })?;
    scenario(
        "a clone of a service that is ready",
        answers(),
        &|mut service, _| {
            asked(&mut service)?;
            answered(&mut service.clone())?;
            finished(service.call(0))
        },
    )?;
    scenario(
        "readiness that is not used",
        answers(),
        &|mut service, stage| {
            asked(&mut service)?;
            asked(&mut service)?;
            drop(service);
            nothing_held(stage)
        },
    )?;
    scenario("readiness that comes later", answers(), &comes_later)?;
    scenario("readiness that fails", answers(), &|mut service, stage| {
        stage.mood(Mood::Broken(1));
        let _ = service.poll_ready(&mut Context::from_waker(Waker::noop()));
        drop(service);
        nothing_held(stage)
    })?;
    scenario(
        "an error",
        Stage::new([Act::Fail(1)], Act::Answer(7)),
        &|mut service, stage| {
            asked(&mut service)?;
            let mut call = Hand::new(service.call(0));
            let _ = ended(&mut call);
            drop((call, service));
            nothing_held(stage)
        },
    )?;
    for act in [Act::Hang, Act::Gate] {
        scenario(
            "calls that are dropped",
            Stage::always(act),
            &|mut service, stage| {
                for polls in 0..3 {
                    asked(&mut service)?;
                    let mut call = Hand::new(service.call(0));
                    (0..polls).for_each(|_| drop(call.poll()));
                    drop(call);
                    if stage.held().calls > 0 {
                        let polls = Counted(polls, ["poll", "polls"]);
                        return Err(format!("after {polls}: {}", stage.held()));
                    }
                }
                Ok(())
            },
        )?;
    }
    for act in [Act::PanicInCall, Act::PanicInPoll, Act::PanicInDrop] {
        scenario(
            "a panic inside",
            Stage::new([act], Act::Answer(7)),
            &|mut service, stage| {
                asked(&mut service)?;
                let ran = catch_unwind(AssertUnwindSafe(|| {
                    let mut call = Hand::new(service.call(0));
                    let _ = call.poll();
                }));
                if ran.is_ok() {
                    return Err(format!("{act:?} did not come through"));
                }
                drop(service);
                nothing_held(stage)
            },
        )?;
    }
    Ok(())
}

/// A service that is busy is asked, and asked again once it has woken who asked.
fn comes_later<S: Service<u32, Response = u32> + Clone>(
    mut service: S,
    stage: &Stage<u32, u32>,
) -> Result {
    stage.mood(Mood::Busy);
    let mut ready = Hand::new(std::future::poll_fn(|cx| service.poll_ready(cx)));
    if ready.poll().is_ready() {
        // A policy may be ready while what is inside is not, and find out in the call.
        return Ok(());
    }
    let before = ready.wakes();
    stage.mood(Mood::Ready);
    if ready.wakes() == before {
        return Err("the wake-up of a service that became ready was lost".into());
    }
    match ready.poll() {
        Poll::Ready(Ok(())) => {}
        Poll::Ready(Err(_)) => return Err("its readiness failed".into()),
        Poll::Pending => return Err("not ready, and what is inside is".into()),
    }
    drop(ready);
    finished(service.call(0))
}

/// Asks once, and expects it to be ready.
fn asked<S: Service<u32>>(service: &mut S) -> Result {
    match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(())) => Ok(()),
        Poll::Ready(Err(_)) => Err("its readiness failed".into()),
        Poll::Pending => Err("not ready, and what is inside is".into()),
    }
}

fn answered<S: Service<u32, Response = u32>>(service: &mut S) -> Result {
    asked(service)?;
    finished(service.call(0))
}

/// Polls a call to its answer.
fn finished<F, E>(call: F) -> Result
where
    F: Future<Output = std::result::Result<u32, E>>,
{
    match ended(&mut Hand::new(call)) {
        Some(Ok(7)) => Ok(()),
        Some(Ok(other)) => Err(format!("it answered {other}, and what is inside 7")),
        Some(Err(_)) => Err("it failed, and what is inside answered".into()),
        None => Err("it waits, and what is inside has answered".into()),
    }
}

/// Polls a call for as long as it is woken; none if it waits for something else.
fn ended<F: Future>(call: &mut Hand<F>) -> Option<F::Output> {
    for _ in 0..POLLS {
        let before = call.wakes();
        match call.poll() {
            Poll::Ready(output) => return Some(output),
            Poll::Pending if call.wakes() == before => return None,
            Poll::Pending => {}
        }
    }
    None
}

fn nothing_held(stage: &Stage<u32, u32>) -> Result {
    match stage.held() {
        held if held == Held::default() => Ok(()),
        held => Err(format!("still held: {held}")),
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    match panic.downcast_ref::<String>() {
        Some(text) => text,
        None => panic.downcast_ref::<&str>().unwrap_or(&"no message"),
    }
}

// === impl Violation ===

impl Violation {
    /// What was being tried.
    pub const fn scenario(&self) -> &'static str {
        self.scenario
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.scenario, self.what)
    }
}

impl Error for Violation {}
