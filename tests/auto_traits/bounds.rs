//! Nothing is asked of a request, a response, an error or a service that the operation itself does not need.

use std::future::{Ready, ready};
use std::task::{Context, Poll};

use ninelives::prelude::*;
use tower::{BoxError, Layer, Service, ServiceExt};

use crate::contract::{Bare, Contract, Script};
use crate::flavors::{Local, Single};
use crate::{breaker, bulkhead, queue, retry, timeout};

/// Gives back a part of what it borrows from request and service both.
struct Longer<'a>(&'a str);

/// A request that implements nothing.
struct Words<'a>(&'a str);

impl<'a> Service<Words<'a>> for Longer<'a> {
    type Response = &'a str;
    type Error = &'a str;
    type Future = Ready<Result<&'a str, &'a str>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), &'a str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Words<'a>) -> Self::Future {
        ready(if request.0.len() > self.0.len() {
            Ok(request.0)
        } else {
            Err(self.0)
        })
    }
}

#[tokio::test]
async fn hc12_borrowed_requests_answers_and_errors_pass_without_clone() {
    let (text, bar) = (String::from("a long request"), String::from("a bar"));
    let policy = timeout() + breaker() + bulkhead();
    let mut service = policy.layer(Longer(&bar));
    let answer = service.ready().await.unwrap().call(Words(&text)).await;
    assert_eq!(answer.unwrap(), text);
    let answer = service.ready().await.unwrap().call(Words("")).await;
    assert_eq!(answer.unwrap_err().into_inner(), Some(bar.as_str()));
    // Each alone, too.
    let mut alone = timeout().0.layer(Longer(&bar));
    assert!(
        alone
            .ready()
            .await
            .unwrap()
            .call(Words(&text))
            .await
            .is_ok()
    );
    let mut alone = breaker().0.layer(Longer(&bar));
    assert!(
        alone
            .ready()
            .await
            .unwrap()
            .call(Words(&text))
            .await
            .is_ok()
    );
    let mut alone = bulkhead().0.layer(Longer(&bar));
    assert!(
        alone
            .ready()
            .await
            .unwrap()
            .call(Words(&text))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn borrowed_requests_pass_where_they_are_cloned() {
    let text = String::from("borrowed");
    let policy = (queue() + retry()) | (timeout() & retry());
    let service = tower::service_fn(|words| {
        let words: &str = words;
        ready(Ok::<_, Bare>(&words[1..]))
    });
    let mut service = policy.layer(service);
    let Ok(ready) = service.ready().await else {
        panic!("it is always ready")
    };
    let Ok(answer) = ready.call(text.as_str()).await else {
        panic!("it always answers")
    };
    assert_eq!(answer, "orrowed");
}

#[tokio::test]
async fn a_service_without_clone_and_an_error_without_anything_pass() {
    let failing = Script {
        failing: 1,
        ..Script::default()
    };
    let (service, probe) = Contract::<Bare>::new(failing);
    let policy = timeout() + breaker() + bulkhead();
    let mut service = policy.layer(Single(service));
    for expected in [false, true] {
        let Ok(ready) = ServiceExt::<Words<'_>>::ready(&mut service).await else {
            panic!("it is always ready")
        };
        assert_eq!(ready.call(Words("")).await.is_ok(), expected);
    }
    assert_eq!(probe.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn boxed_errors_pass_through_every_policy() {
    let failing = Script {
        failing: u64::MAX,
        ..Script::default()
    };
    let policy = timeout() + breaker() + queue() + retry();
    let policy = policy | (bulkhead() & timeout());
    let mut service = policy.layer(Contract::<BoxError>::new(failing).0);
    let ready = ServiceExt::<u32>::ready(&mut service).await.unwrap();
    let error = ready.call(7).await.unwrap_err();
    let ResilienceError::AllFailed(failures) = &error else {
        panic!("{error}")
    };
    assert_eq!(failures.iter().count(), 3);
    assert!(failures.iter().all(|one| one.as_inner().is_some()));
    let boxed: BoxError = error.into_boxed();
    assert!(boxed.to_string().contains("the service failed"));
}

#[test]
fn services_bound_to_their_thread_run_in_a_local_set() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let failing = Script {
        failing: 2,
        answer_after: 1,
        ..Script::default()
    };
    let (service, probe) = Contract::<Bare>::new(failing);
    let policy = (timeout() + breaker() + queue() + retry()) | (bulkhead() & timeout());
    let service = policy.layer(Local::new(service));
    let local = tokio::task::LocalSet::new();
    let answer = local.block_on(&runtime, async move {
        let call = service.oneshot(std::rc::Rc::new(7));
        tokio::task::spawn_local(call).await.unwrap()
    });
    assert!(answer.is_ok_and(|seven| *seven == 7));
    assert_eq!((probe.calls(), probe.alive()), (3, 0));
}
