//! An HTTP/1.1 upstream on loopback that goes through the storm.

use std::convert::Infallible;
use std::future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::http::{ATTEMPT_HEADER, INDEX_HEADER};
use crate::rng::SplitMix64;
use crate::weather::{Fate, Forecast, fate};

/// A running upstream. Dropping it ends its connections.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

/// What an upstream saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Requests whose head arrived.
    pub requests: u64,
    /// Those that arrived while it was failing or hanging.
    pub while_down: u64,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    seed: u64,
    forecast: Forecast,
    requests: AtomicU64,
    while_down: AtomicU64,
}

// === impl Upstream ===

impl Upstream {
    /// Listens on a free loopback port; the storm's time counts from `start`.
    ///
    /// # Errors
    ///
    /// No port can be had.
    pub async fn listen(seed: u64, forecast: Forecast, start: Instant) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (requests, while_down) = (AtomicU64::new(0), AtomicU64::new(0));
        let shared = Arc::new(Shared {
            start,
            seed,
            forecast,
            requests,
            while_down,
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it saw so far.
    pub fn received(&self) -> Received {
        // Relaxed: counts for the report, read when the clients are done; they guard no memory.
        Received {
            requests: self.shared.requests.load(Ordering::Relaxed),
            while_down: self.shared.while_down.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            // Out of descriptors, most likely: they come back when clients go away.
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Best effort: without it answers wait for the delayed acknowledgement of the other end.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, &shared));
    // An error here is a client that went away; the client's own books have it.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (phase, progress) = shared.forecast.at(shared.start.elapsed());
    // Relaxed: see `received`.
    shared.requests.fetch_add(1, Ordering::Relaxed);
    if phase.is_down() {
        shared.while_down.fetch_add(1, Ordering::Relaxed);
    }
    let index = number(request.headers(), INDEX_HEADER).unwrap_or(0);
    let attempt = number(request.headers(), ATTEMPT_HEADER)
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(1);
    let status = match fate(
        SplitMix64::of_attempt(shared.seed, index, attempt),
        phase,
        progress,
    ) {
        Fate::Answer(after) => {
            sleep(after).await;
            StatusCode::OK
        }
        Fate::Refuse(after) => {
            sleep(after).await;
            StatusCode::SERVICE_UNAVAILABLE
        }
        Fate::Hang => future::pending().await,
    };
    let mut response = Response::new(Full::new(Bytes::from_static(b"storm\n")));
    *response.status_mut() = status;
    Ok(response)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use tower_service::Service;

    use super::*;
    use crate::http::{Http, HttpError, Reply, Request, Sent};
    use crate::target::Target;

    const SEED: u64 = 42;

    /// An upstream in the middle of its failing phase, and a client for it.
    async fn failing() -> (Upstream, Http) {
        let forecast = Forecast::over(Duration::from_secs(3600));
        let start = Instant::now() - Duration::from_secs(1350);
        let upstream = Upstream::listen(SEED, forecast, start)
            .await
            .expect("loopback has a free port");
        let http = Http::new(Target::local(upstream.address()));
        (upstream, http)
    }

    /// The first request whose first attempt is refused in that phase, or is not.
    fn index_of(refused: bool) -> u64 {
        (0..)
            .find(|index| {
                let draws = SplitMix64::of_attempt(SEED, *index, 1);
                let fate = fate(draws, crate::weather::Phase::Failing, 0.5);
                matches!(fate, Fate::Refuse(_)) == refused
            })
            .expect("both kinds occur")
    }

    #[tokio::test]
    async fn a_refused_request_is_an_error_in_the_ledger_and_counted_upstream() {
        let (upstream, mut http) = failing().await;
        let request = Request::new(index_of(true));
        let error = http.call(request.clone()).await.expect_err("refused");
        assert!(
            matches!(error, HttpError::Status(status) if status == 503),
            "{error}"
        );
        assert_eq!(request.attempts(), 1);
        assert_eq!(
            http.sent(),
            Sent {
                attempts: 1,
                refused: 1,
                ..Sent::default()
            }
        );
        assert_eq!(
            upstream.received(),
            Received {
                requests: 1,
                while_down: 1
            }
        );
    }

    #[tokio::test]
    async fn a_lucky_request_is_answered_while_the_upstream_fails() {
        let (_upstream, mut http) = failing().await;
        let reply = http
            .call(Request::new(index_of(false)))
            .await
            .expect("answered");
        assert_eq!(reply, Reply::Upstream(StatusCode::OK));
        assert_eq!(
            http.sent(),
            Sent {
                attempts: 1,
                answered: 1,
                ..Sent::default()
            }
        );
    }

    #[tokio::test]
    async fn an_attempt_that_is_given_up_is_dropped_in_the_ledger() {
        let (_upstream, mut http) = failing().await;
        let mut attempt = http.call(Request::new(0));
        // Polled once: on its way, and not yet connected.
        assert!(polled_once(&mut attempt).await.is_none());
        drop(attempt);
        assert_eq!(
            http.sent(),
            Sent {
                attempts: 1,
                dropped: 1,
                ..Sent::default()
            }
        );
    }

    #[tokio::test]
    async fn an_upstream_that_is_gone_breaks_the_attempt() {
        let (upstream, mut http) = failing().await;
        drop(upstream);
        tokio::task::yield_now().await;
        let error = http
            .call(Request::new(0))
            .await
            .expect_err("nobody listens");
        assert!(matches!(error, HttpError::Broken(_)), "{error}");
        assert_eq!(
            http.sent(),
            Sent {
                attempts: 1,
                broken: 1,
                ..Sent::default()
            }
        );
    }

    async fn polled_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        future::poll_fn(|context| {
            let polled = std::pin::Pin::new(&mut *future).poll(context);
            std::task::Poll::Ready(match polled {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
