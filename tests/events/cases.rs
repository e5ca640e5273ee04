//! Every policy, and every ordered pair of them under every operator, with a count of the requests that enter each.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use ninelives::algebra::Tower;
use ninelives::compose::WithSink;
use ninelives::prelude::*;
use tower::util::BoxCloneService;
use tower::{Layer, Service};

use crate::contract::{Contract, Failed, Probe, Script};
use crate::kit::{Calls, Kit};
use crate::{MS, Sink, sink_on};

pub type Flat = ResilienceError<Failed>;
pub type Protected = BoxCloneService<u32, u32, Flat>;

/// A policy over a service.
#[derive(Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    build: fn(&mut Bench, Contract) -> Protected,
}

/// A case at work: every policy in it tells `sink`, on the kit's clock.
pub struct Bench {
    pub kit: Kit,
    pub sink: Sink,
    entered: Vec<Calls>,
}

type Counted<P> = Policy<CombinedLayer<Tower<Calls>, P>>;

macro_rules! single {
    ($list:ident $policy:ident) => {
        $list.push(Case {
            name: stringify!($policy),
            build: |bench, service| {
                let policy = bench.kit.$policy();
                let policy = bench.counted(policy);
                bench.over(policy, service)
            },
        })
    };
}

macro_rules! pair {
    ($list:ident $left:ident $right:ident) => {
        $list.push(Case {
            name: concat!(stringify!($left), " + ", stringify!($right)),
            build: |bench, service| {
                let (left, right) = (bench.kit.$left(), bench.kit.$right());
                let policy = bench.counted(left) + bench.counted(right);
                bench.over(policy, service)
            },
        });
        pair!($list $left | $right);
        pair!($list $left & $right);
    };
    ($list:ident $left:ident $op:tt $right:ident) => {
        $list.push(Case {
            name: concat!(stringify!($left), " ", stringify!($op), " ", stringify!($right)),
            build: |bench, service| {
                let (left, right) = (bench.kit.$left(), bench.kit.$right());
                let policy = bench.counted(left) $op bench.counted(right);
                let policy = bench.counted(policy);
                bench.over(policy, service)
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

/// Nine policies alone, 81 pairs under `+`, `|` and `&`, and the stack that most programs write.
pub fn cases() -> Vec<Case> {
    let mut list = Vec::new();
    every!(list: timeout covering_timeout retry bulkhead queue breaker fallback race staggered_race);
    list.push(Case {
        name: "timeout + breaker + queue + retry",
        build: |bench, service| {
            let (timeout, breaker) = (bench.kit.timeout(), bench.kit.breaker());
            let (queue, retry) = (bench.kit.queue(), bench.kit.retry());
            let outer = bench.counted(timeout) + bench.counted(breaker);
            let policy = outer + bench.counted(queue) + bench.counted(retry);
            bench.over(policy, service)
        },
    });
    assert_eq!(list.len(), 9 + 3 * 81 + 1);
    list
}

// === impl Case ===

impl Case {
    pub fn over(&self, script: Script) -> (Bench, Protected, Probe) {
        let (service, probe) = Contract::new(script);
        let kit = Kit::default();
        let mut bench = Bench {
            sink: sink_on(&kit.timer),
            kit,
            entered: Vec::new(),
        };
        let service = (self.build)(&mut bench, service);
        (bench, service, probe)
    }
}

// === impl Bench ===

impl Bench {
    fn counted<P>(&mut self, policy: Policy<P>) -> Counted<P> {
        let calls = Calls::default();
        self.entered.push(calls.clone());
        Policy::tower(calls) + policy
    }

    fn over<P>(&self, policy: Policy<P>, service: Contract) -> Protected
    where
        P: WithSink<Sink>,
        Policy<P::Output>: Layer<Contract>,
        <Policy<P::Output> as Layer<Contract>>::Service:
            Service<u32, Response = u32, Error = Flat, Future: Send> + Clone + Send + 'static,
    {
        BoxCloneService::new(policy.with_sink(self.sink.clone()).layer(service))
    }

    /// How many requests entered each policy that any entered, in rising order.
    pub fn entered(&self) -> Vec<usize> {
        let counts = self.entered.iter().map(|calls| calls.count() as usize);
        let mut counts: Vec<_> = counts.filter(|count| *count > 0).collect();
        counts.sort_unstable();
        counts
    }

    /// Polls `service` until it is ready; each wait is a step of time.
    pub fn ready(&self, service: &mut Protected) -> Result<(), Flat> {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..2000 {
            if let Poll::Ready(ready) = service.poll_ready(&mut cx) {
                return ready;
            }
            self.kit.timer.advance(MS);
        }
        panic!("stuck");
    }

    pub fn poll<F: Future + Unpin>(call: &mut F) -> Poll<F::Output> {
        Pin::new(call).poll(&mut Context::from_waker(Waker::noop()))
    }
}
