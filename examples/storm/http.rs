//! The HTTP client of both sides, as a [`tower_service::Service`], with a ledger of what it sent.
//!
//! A 5xx answer is an error here: what stands around this service sees a failing upstream as failing.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::StatusCode;
use hyper::header::HOST;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower_service::Service;

use crate::target::Target;

/// Carries the request's index to the upstream.
pub const INDEX_HEADER: &str = "x-storm-request";
/// Carries the number of the attempt, from 1.
pub const ATTEMPT_HEADER: &str = "x-storm-attempt";

/// One request of the load. Clones are further attempts of the same request and share their count.
#[derive(Debug, Clone)]
pub struct Request {
    index: u64,
    attempts: Arc<AtomicU32>,
}

/// What a request came back with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The upstream answered.
    Upstream(StatusCode),
    /// The fallback answered.
    Cache,
}

/// Why an attempt failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// The upstream answered with a 5xx.
    Status(StatusCode),
    /// No connection, or one that broke before the answer was whole.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

/// A pooling client for one upstream. Clones share the pool and the ledger.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client<HttpConnector, Empty<Bytes>>,
    target: Target,
    ledger: Arc<Ledger>,
}

/// Every attempt is sent once and ends once: `sent == answered + refused + broken + dropped` when none is out.
#[derive(Debug, Default)]
pub struct Ledger {
    sent: AtomicU64,
    answered: AtomicU64,
    refused: AtomicU64,
    broken: AtomicU64,
    dropped: AtomicU64,
}

/// The figures of a [`Ledger`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Attempts handed to the HTTP client.
    pub attempts: u64,
    /// Attempts that brought an answer other than a 5xx.
    pub answered: u64,
    /// Attempts that brought a 5xx.
    pub refused: u64,
    /// Attempts whose connection failed.
    pub broken: u64,
    /// Attempts dropped by the caller before they ended.
    pub dropped: u64,
}

/// One attempt on its way; counts itself as dropped unless told how it ended.
struct Attempt(Arc<Ledger>, bool);

// === impl Request ===

impl Request {
    /// The request with this place in the schedule.
    pub fn new(index: u64) -> Self {
        Self {
            index,
            attempts: Arc::new(AtomicU32::new(0)),
        }
    }

    /// How many attempts have been handed to the HTTP client.
    pub fn attempts(&self) -> u32 {
        // Relaxed: one location, read by the task that made the attempts.
        self.attempts.load(Ordering::Relaxed)
    }
}

// === impl Http ===

impl Http {
    /// A client without a connection yet.
    pub fn new(target: Target) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            // Each attempt is one entry in the ledger; retrying is the policy's business.
            .retry_canceled_requests(false)
            .build(connector);
        Self {
            client,
            target,
            ledger: Arc::default(),
        }
    }

    /// What was sent so far and how it ended.
    pub fn sent(&self) -> Sent {
        self.ledger.read()
    }

    async fn send(self, request: Request) -> Result<Reply, HttpError> {
        // Relaxed: a count of this request alone; its attempts follow each other.
        let number = request.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let mut head = hyper::Request::new(Empty::new());
        *head.uri_mut() = self.target.uri();
        head.headers_mut().insert(HOST, self.target.host());
        head.headers_mut()
            .insert(INDEX_HEADER, request.index.into());
        head.headers_mut().insert(ATTEMPT_HEADER, number.into());

        let attempt = Attempt::start(self.ledger);
        match whole(self.client.request(head)).await {
            Ok(status) if status.is_server_error() => {
                attempt.end(|ledger| &ledger.refused);
                Err(HttpError::Status(status))
            }
            Ok(status) => {
                attempt.end(|ledger| &ledger.answered);
                Ok(Reply::Upstream(status))
            }
            Err(error) => {
                attempt.end(|ledger| &ledger.broken);
                Err(HttpError::Broken(error))
            }
        }
    }
}

impl Service<Request> for Http {
    type Response = Reply;
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, HttpError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HttpError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}

/// Waits for the whole answer; its body is read and let go, so that the connection can be used again.
async fn whole(
    response: hyper_util::client::legacy::ResponseFuture,
) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let mut response = response.await?;
    while let Some(frame) = response.body_mut().frame().await {
        frame?;
    }
    Ok(response.status())
}

// === impl Ledger ===

impl Ledger {
    fn read(&self) -> Sent {
        // Relaxed: counts for the report; they guard no memory.
        Sent {
            attempts: self.sent.load(Ordering::Relaxed),
            answered: self.answered.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            broken: self.broken.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }
}

// === impl Attempt ===

impl Attempt {
    fn start(ledger: Arc<Ledger>) -> Self {
        ledger.sent.fetch_add(1, Ordering::Relaxed); // Relaxed: see `read`.
        Self(ledger, false)
    }

    fn end(mut self, column: impl FnOnce(&Ledger) -> &AtomicU64) {
        column(&self.0).fetch_add(1, Ordering::Relaxed); // Relaxed: see `read`.
        self.1 = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.1 {
            self.0.dropped.fetch_add(1, Ordering::Relaxed); // Relaxed: see `read`.
        }
    }
}

// === impl HttpError ===

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the upstream answered {status}"),
            Self::Broken(_) => f.write_str("the connection failed"),
        }
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Status(_) => None,
            Self::Broken(error) => Some(error.as_ref()),
        }
    }
}
