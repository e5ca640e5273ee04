//! Deadlines of HTTP requests: among the extensions, and in headers.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use ninelives::Tick;
use ninelives::deadline::{
    Carried, Carries, Deadline, GRPC_TIMEOUT, HeaderError, TIMEOUT_MS, from_headers, to_headers,
};
use ninelives::prelude::*;
use tower::{Layer, ServiceExt, service_fn};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn hc55_a_request_carries_among_its_extensions_and_its_clones_do() {
    let mut request = Request::new("body");
    assert_eq!(request.carried(), Carried::NOTHING);
    let carried = Carried::NOTHING.with_deadline(Deadline::at(Tick::from_nanos(9)));
    request.extensions_mut().insert("another");
    request.carry(carried);
    request.carry(request.carried().with_attempt(2));
    let clone = request.clone();
    assert_eq!(clone.carried(), carried.with_attempt(2));
    assert_eq!(request.extensions().len(), 2);
}

#[test]
fn headers_come_in_and_go_out() {
    let now = Tick::from_nanos(5_000_000);
    for (name, text, rest) in [(GRPC_TIMEOUT, "20m", ms(20)), (TIMEOUT_MS, "20", ms(20))] {
        let mut headers = HeaderMap::new();
        assert_eq!(from_headers(&headers, &name, now), Ok(None));
        headers.insert(&name, HeaderValue::from_static(text));
        let deadline = from_headers(&headers, &name, now).unwrap().unwrap();
        assert_eq!(deadline, Deadline::after(now, rest));
        to_headers(&mut headers, &name, deadline, now.after(ms(15)));
        let left = from_headers(&headers, &name, now).unwrap().unwrap();
        assert_eq!(left.remaining(now), ms(5));
        assert_eq!(headers.len(), 1, "in place of what stood there");
        // Long over: zero, not a wrap.
        to_headers(&mut headers, &name, deadline, now.after(ms(500)));
        let left = from_headers(&headers, &name, now).unwrap().unwrap();
        assert!(left.has_passed(now));
    }
}

#[test]
fn hc110_headers_that_are_no_time_are_refused() {
    let mut headers = HeaderMap::new();
    for (value, why) in [
        (&b"-5"[..], "unit '5' is none of H M S m u n"),
        (&b""[..], "no digit where a number is expected"),
        (&b"\xff5S"[..], "the header is not text"),
    ] {
        headers.insert(GRPC_TIMEOUT, HeaderValue::from_bytes(value).unwrap());
        let read: Result<_, HeaderError> = from_headers(&headers, &GRPC_TIMEOUT, Tick::ZERO);
        assert_eq!(read.unwrap_err().to_string(), why);
    }
}

/// A server that gives on what is left of its caller's patience.
#[tokio::test(start_paused = true)]
async fn a_deadline_goes_through_a_process_and_shrinks() {
    let inner = service_fn(|request: Request<()>| async move {
        tokio::time::sleep(ms(30)).await;
        let mut next = HeaderMap::new();
        let deadline = request.carried().deadline().expect("the timeout wrote one");
        to_headers(&mut next, &GRPC_TIMEOUT, deadline, TokioTimer.now());
        Ok::<_, std::io::Error>(next)
    });
    let layer = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    let service = layer.with_deadline().layer(inner);
    let server = |mut request: Request<()>| {
        let now = TokioTimer.now();
        let deadline = from_headers(request.headers(), &GRPC_TIMEOUT, now);
        let service = service.clone();
        async move {
            let Ok(deadline) = deadline else {
                let response = Response::builder().status(StatusCode::BAD_REQUEST);
                return response.body(HeaderMap::new()).unwrap();
            };
            if let Some(deadline) = deadline {
                request.carry(Carried::NOTHING.with_deadline(deadline));
            }
            match service.oneshot(request).await {
                Ok(next) => Response::new(next),
                Err(error) => {
                    assert!(error.is_timeout() || error.is_deadline_passed());
                    let response = Response::builder().status(StatusCode::GATEWAY_TIMEOUT);
                    response.body(HeaderMap::new()).unwrap()
                }
            }
        }
    };
    let asked = |text: &'static str| {
        let request = Request::builder().header(GRPC_TIMEOUT, text);
        server(request.body(()).unwrap())
    };
    let answer = asked("50m").await;
    assert_eq!(answer.body()[GRPC_TIMEOUT], "20000000n");
    assert_eq!(asked("29m").await.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(asked("0n").await.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(asked("50").await.status(), StatusCode::BAD_REQUEST);
    // Without a header the server's own limit goes on.
    let answer = server(Request::new(())).await;
    assert_eq!(answer.body()[GRPC_TIMEOUT], "970000u");
}
