//! Another answer, and two arms.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::timeout::now;

/// The answer of `first`, or when it fails what `other` says.
pub async fn or_else<T, E>(
    first: impl Future<Output = Result<T, E>>,
    other: impl FnOnce() -> T,
) -> Result<T, E> {
    Ok(first.await.unwrap_or_else(|_| other()))
}

/// The first answer of two arms. The second one starts after `wait`, or when the first has failed.
pub async fn either<T, E, A, B>(first: A, second: impl Fn() -> B, wait: Duration) -> Result<T, E>
where
    A: Future<Output = Result<T, E>>,
    B: Future<Output = Result<T, E>>,
{
    let start = now() + wait.as_nanos() as u64;
    let (mut first, mut other) = (pin!(first), pin!(None));
    let (mut first_failed, mut second_failed) = (false, false);
    poll_fn(move |cx| {
        if !first_failed {
            match first.as_mut().poll(cx) {
                Poll::Ready(Err(error)) if second_failed => return Poll::Ready(Err(error)),
                Poll::Ready(Err(_)) => first_failed = true,
                answer => {
                    if answer.is_ready() {
                        return answer;
                    }
                }
            }
        }
        if other.is_none() && (first_failed || now() >= start) {
            other.set(Some(second()));
        }
        if !second_failed && let Some(other) = other.as_mut().as_pin_mut() {
            match other.poll(cx) {
                Poll::Ready(Err(error)) if first_failed => return Poll::Ready(Err(error)),
                Poll::Ready(Err(_)) => second_failed = true,
                answer => return answer,
            }
        }
        Poll::Pending
    })
    .await
}
