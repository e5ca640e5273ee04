//! Every policy, and every ordered pair of them under every operator, over one service.
#![allow(dead_code)] // each suite uses its part

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ninelives::ResilienceError;
use tower::limit::ConcurrencyLimit;
use tower::util::{BoxCloneService, Either};
use tower::{Layer, Service};

use crate::contract::{Contract, Failed, Probe, Script};
use crate::kit::Kit;

/// The service at the bottom: bare, or behind tower's limit of one call, whose permit is its readiness.
pub type Base = Either<Contract, ConcurrencyLimit<Contract>>;
/// The service behind a policy, its type forgotten.
pub type Protected = BoxCloneService<u32, u32, ResilienceError<Failed>>;
/// A call of it.
pub type Call = <Protected as Service<u32>>::Future;

/// A policy over the service at the bottom.
#[derive(Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub build: fn(&mut Kit, Base) -> Protected,
}

/// A case at work.
pub struct Bench {
    pub kit: Kit,
    pub probe: Probe,
    pub service: Protected,
    name: &'static str,
}

/// What is at the bottom.
#[derive(Clone, Copy, Debug)]
pub enum Bottom {
    Bare,
    LimitOne,
}

macro_rules! single {
    ($list:ident $policy:ident) => {
        $list.push(Case {
            name: stringify!($policy),
            build: |kit, base| BoxCloneService::new(kit.$policy().layer(base)),
        })
    };
}

macro_rules! pair {
    ($list:ident $left:ident $right:ident) => {
        pair!($list $left + $right);
        pair!($list $left | $right);
        pair!($list $left & $right);
    };
    ($list:ident $left:ident $op:tt $right:ident) => {
        $list.push(Case {
            name: concat!(stringify!($left), " ", stringify!($op), " ", stringify!($right)),
            build: |kit, base| {
                let policy = kit.$left() $op kit.$right();
                BoxCloneService::new(policy.layer(base))
            },
        })
    };
}

macro_rules! every {
    ($list:ident: $($policy:ident)*) => { every!(@rows $list [$($policy)*] $($policy)*) };
    (@rows $list:ident $rights:tt $($left:ident)*) => { $( every!(@row $list $left $rights); )* };
    (@row $list:ident $left:ident [$($right:ident)*]) => {
        single!($list $left);
        $( pair!($list $left $right); )*
    };
}

/// Eleven policies alone, and 121 pairs under `+`, `|` and `&`.
pub fn cases() -> Vec<Case> {
    let mut list = Vec::new();
    every!(list: timeout covering_timeout retry bulkhead queue breaker fallback race staggered_race respond foreign);
    assert_eq!(list.len(), 11 + 3 * 121);
    list
}

/// Policies with settings that may change, alone.
#[allow(clippy::vec_init_then_push)] // the macro pushes
pub fn live_cases() -> Vec<Case> {
    let mut list = Vec::new();
    single!(list live_breaker);
    single!(list rated_breaker);
    single!(list live_retry);
    single!(list live_race);
    single!(list shadowed_queue);
    single!(list budgeted_race);
    list
}

/// Bulkheads with weights and classes, alone, and around and inside a retry.
pub fn weighted_cases() -> Vec<Case> {
    let mut list = Vec::new();
    single!(list heavy_queue);
    pair!(list heavy_queue + retry);
    pair!(list retry + heavy_queue);
    pair!(list heavy_queue & heavy_queue);
    list
}

/// Policies that heed what requests carry, alone.
#[allow(clippy::vec_init_then_push)] // the macro pushes
pub fn heeding_cases() -> Vec<Case> {
    let mut list = Vec::new();
    single!(list deadline_timeout);
    single!(list heeding_retry);
    single!(list heeding_queue);
    single!(list heeding_race);
    list
}

/// The stack that most programs write.
pub fn four_layers() -> Case {
    Case {
        name: "timeout + breaker + queue + retry",
        build: |kit, base| {
            let policy = kit.timeout() + kit.breaker() + kit.queue() + kit.retry();
            BoxCloneService::new(policy.layer(base))
        },
    }
}

// === impl Case ===

impl Case {
    pub fn over(&self, bottom: Bottom, script: Script) -> Bench {
        let (service, probe) = Contract::new(script);
        let base = match bottom {
            Bottom::Bare => Either::Left(service),
            Bottom::LimitOne => Either::Right(ConcurrencyLimit::new(service, 1)),
        };
        let mut kit = Kit::default();
        let service = (self.build)(&mut kit, base);
        let name = self.name;
        Bench {
            kit,
            probe,
            service,
            name,
        }
    }
}

// === impl Bench ===

impl Bench {
    /// Polls `service` until it is ready; each wait is a step of time.
    pub fn ready(&self, service: &mut Protected) -> Result<(), ResilienceError<Failed>> {
        self.drive(|cx| service.poll_ready(cx))
    }

    /// Polls `call` until it is done; each wait is a step of time.
    pub fn finish(&self, mut call: Call) -> Result<u32, ResilienceError<Failed>> {
        self.drive(|cx| Pin::new(&mut call).poll(cx))
    }

    /// Polls `call` at most so often, then drops it.
    pub fn finish_within(
        &self,
        mut call: Call,
        polls: u32,
    ) -> Option<Result<u32, ResilienceError<Failed>>> {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if let Poll::Ready(output) = Pin::new(&mut call).poll(&mut cx) {
                return Some(output);
            }
            self.kit.timer.advance(Duration::from_millis(1));
        }
        None
    }

    /// Readies `service`, calls it, and polls the call until it is done.
    pub fn serve(
        &self,
        service: &mut Protected,
        request: u32,
    ) -> Result<u32, ResilienceError<Failed>> {
        self.ready(service)?;
        let call = service.call(request);
        self.finish(call)
    }

    fn drive<T>(&self, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..2000 {
            if let Poll::Ready(output) = poll(&mut cx) {
                return output;
            }
            self.kit.timer.advance(Duration::from_millis(1));
        }
        panic!("stuck");
    }

    /// Nothing is held by anyone.
    pub fn assert_nothing_held(&self, when: &str) {
        self.kit.assert_nothing_held(when);
        assert_eq!(self.probe.alive(), 0, "answers alive, {when}");
    }
}

/// Says which case was at work.
impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the policy was: {}", self.name);
        }
    }
}
