//! The backend: an HTTP/1.1 server on loopback that misbehaves as its manners say.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use ninelives::Adaptive;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use super::count::{Count, Level};
use crate::rng::SplitMix64;

/// A running backend. Dropping it ends its connections.
pub struct Backend {
    address: SocketAddr,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

/// What the backend does to requests, as shares of them; the rest is answered at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// Answered with 503.
    pub refuses: f64,
    /// Answered after up to 20 ms.
    pub late: f64,
    /// Answered after 50 to 250 ms.
    pub slow: f64,
    /// Never answered.
    pub hangs: f64,
    /// The connection is closed in place of an answer.
    pub closes: f64,
    /// The answer breaks off in its middle.
    pub breaks: f64,
    /// The answer has 64 KiB.
    pub large: f64,
    /// The share of every two seconds in which all is refused.
    pub outages: f64,
}

/// What the backend saw.
#[derive(Debug)]
pub struct Seen {
    /// Requests whose head arrived.
    pub requests: Count,
    /// Requests that it is at.
    pub inside: Level,
    /// Connections that are open.
    pub connections: Level,
    manners: Adaptive<Manners>,
    seed: u64,
    begin: Instant,
}

/// A body that ends, or breaks off.
struct Content {
    left: usize,
    breaks: bool,
}

/// Something that is there until it is dropped.
struct Inside<'a>(&'a Level);

enum Fate {
    Answer { status: StatusCode, body: Content },
    Close,
}

const CHUNK: usize = 16 * 1024;
static BYTES: [u8; CHUNK] = [b'.'; CHUNK];

// === impl Backend ===

impl Backend {
    /// Listens on a free port of loopback, with good manners.
    ///
    /// # Errors
    /// There is no port.
    pub async fn listen(seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen {
            requests: Count::default(),
            inside: Level::default(),
            connections: Level::default(),
            manners: Adaptive::new(Manners::default()),
            seed,
            begin: Instant::now(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&seen)));
        Ok(Self {
            address,
            seen,
            accepting,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it saw.
    pub fn seen(&self) -> &Arc<Seen> {
        &self.seen
    }

    /// Behaves in this way from now on.
    pub fn behave(&self, manners: Manners) {
        let Ok(_) = self.seen.manners.set(manners) else {
            unreachable!("manners are not checked")
        };
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, seen: Arc<Seen>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&seen)));
            }
            // Out of descriptors, most likely: the laws will say so.
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, seen: Arc<Seen>) {
    let _open = Inside::new(&seen.connections);
    let _ = stream.set_nodelay(true); // best effort
    let service = service_fn(|request| answer(request, &seen));
    // An error here is a client that went away, or what the backend did on purpose.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(_: Request<Incoming>, seen: &Seen) -> Result<Response<Content>, io::Error> {
    let _inside = Inside::new(&seen.inside);
    let index = seen.requests.get();
    seen.requests.up();
    let draws = SplitMix64::of_attempt(seen.seed, index, 1);
    let mut manners = *seen.manners.get();
    if seen.is_out(manners.outages) {
        manners.refuses = 1.0;
    }
    match fate(draws, &manners).await {
        Fate::Answer { status, body } => {
            let mut response = Response::new(body);
            *response.status_mut() = status;
            Ok(response)
        }
        Fate::Close => Err(io::Error::other("on purpose")),
    }
}

async fn fate(mut draws: SplitMix64, manners: &Manners) -> Fate {
    let whole = |left| Fate::Answer {
        status: StatusCode::OK,
        body: Content {
            left,
            breaks: false,
        },
    };
    let mut drawn = draws.unit();
    let mut is = |share: f64| {
        drawn -= share;
        drawn < 0.0
    };
    if is(manners.refuses) {
        let body = Content {
            left: 16,
            breaks: false,
        };
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Fate::Answer { status, body };
    }
    if is(manners.late) {
        sleep(Duration::from_secs_f64(draws.between(0.0, 0.02))).await;
        return whole(16);
    }
    if is(manners.slow) {
        sleep(Duration::from_secs_f64(draws.between(0.05, 0.25))).await;
        return whole(16);
    }
    if is(manners.hangs) {
        return pending().await;
    }
    if is(manners.closes) {
        return Fate::Close;
    }
    if is(manners.breaks) {
        return Fate::Answer {
            status: StatusCode::OK,
            body: Content {
                left: 3 * CHUNK,
                breaks: true,
            },
        };
    }
    whole(if is(manners.large) { 4 * CHUNK } else { 16 })
}

// === impl Seen ===

impl Seen {
    fn is_out(&self, share: f64) -> bool {
        self.begin.elapsed().as_secs_f64() % 2.0 < 2.0 * share
    }
}

// === impl Inside ===

impl<'a> Inside<'a> {
    fn new(level: &'a Level) -> Self {
        level.enter(1);
        Self(level)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave(1);
    }
}

// === impl Content ===

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        if self.breaks && self.left <= CHUNK {
            return Poll::Ready(Some(Err(io::Error::other("on purpose"))));
        }
        let chunk = self.left.min(CHUNK);
        self.left -= chunk;
        let data = Bytes::from_static(&BYTES[..chunk]);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}
