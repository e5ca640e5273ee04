//! The client: real HTTP over loopback, kept alive and pooled, with books of its own.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::Service;

use super::count::{Count, Level};
use super::order::{Fault, Order, Reply};

/// A client of one epoch. Clones share its connections, which are gone when the last one is.
#[derive(Clone)]
pub struct Client {
    pool: Pooled<HttpConnector, Empty<Bytes>>,
    address: SocketAddr,
    sent: Arc<Sent>,
}

/// What was sent, and how it ended: `calls == answered + refused + broken + dropped` once none is out.
#[derive(Debug, Default)]
pub struct Sent {
    /// Calls.
    pub calls: Count,
    /// Answered well.
    pub answered: Count,
    /// Answered with an error.
    pub refused: Count,
    /// Without an answer that was whole.
    pub broken: Count,
    /// Given up.
    pub dropped: Count,
    /// Calls that are out.
    pub out: Level,
}

/// A call that is out, given up unless it is said how it ended.
struct Out {
    sent: Arc<Sent>,
    ended: bool,
}

// === impl Client ===

impl Client {
    /// A client without a connection yet, which writes into these books.
    pub fn new(address: SocketAddr, sent: &Arc<Sent>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        // Further attempts are the policies' business.
        let pool = Pooled::builder(TokioExecutor::new())
            .retry_canceled_requests(false)
            .pool_max_idle_per_host(32)
            .build(connector);
        let sent = Arc::clone(sent);
        Self {
            pool,
            address,
            sent,
        }
    }

    async fn send(self, order: Order, out: Out) -> Result<Reply, Fault> {
        let uri = format!("http://{}/{}", self.address, order.index);
        let request = hyper::Request::get(uri).body(Empty::new());
        let Ok(request) = request else {
            unreachable!("an address and a number make a URI")
        };
        let end = whole(self.pool.request(request)).await;
        out.end(&end);
        end
    }
}

impl Service<Order> for Client {
    type Response = Reply;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Fault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, order: Order) -> Self::Future {
        // Counted from now on, polled or not.
        let out = Out::new(Arc::clone(&self.sent));
        Box::pin(self.clone().send(order, out))
    }
}

/// The whole answer: its body is read, so that the connection can be used again.
async fn whole(answer: hyper_util::client::legacy::ResponseFuture) -> Result<Reply, Fault> {
    let mut answer = answer.await.map_err(|_| Fault::Broken)?;
    while let Some(frame) = answer.body_mut().frame().await {
        frame.map_err(|_| Fault::Broken)?;
    }
    match answer.status() {
        status if status.is_success() => Ok(Reply::Backend),
        status => Err(Fault::Status(status.as_u16())),
    }
}

// === impl Out ===

impl Out {
    fn new(sent: Arc<Sent>) -> Self {
        sent.calls.up();
        sent.out.enter(1);
        Self { sent, ended: false }
    }

    fn end(mut self, end: &Result<Reply, Fault>) {
        self.ended = true;
        match end {
            Ok(_) => self.sent.answered.up(),
            Err(Fault::Status(_)) => self.sent.refused.up(),
            Err(_) => self.sent.broken.up(),
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        if !self.ended {
            self.sent.dropped.up();
        }
        self.sent.out.leave(1);
    }
}

// === impl Sent ===

impl Sent {
    /// Calls that ended, in whatever way.
    pub fn ended(&self) -> u64 {
        self.answered.get() + self.refused.get() + self.broken.get() + self.dropped.get()
    }
}
