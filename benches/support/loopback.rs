//! A real HTTP call to this machine: hyper on both ends of one connection that is kept.
//!
//! With both ends on the thread that calls it is the shortest call there is, so what a policy adds is the largest share of it. With the server
//! on a thread of its own, as servers are, a call also wakes two threads.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tower::Service;

/// A service of numbers: asks for one, and answers with the length of what came back.
#[derive(Clone, Debug)]
pub struct Loopback {
    connection: Arc<Mutex<client::SendRequest<Empty<Bytes>>>>,
}

/// The error of [`Loopback`]: the connection is gone.
#[derive(Clone, Copy, Debug)]
pub struct Lost;

const BODY: &[u8] = b"thirteen byte";

/// What every call answers.
pub const LENGTH: u64 = BODY.len() as u64;

// === impl Loopback ===

impl Loopback {
    /// A server of its own and a connection to it, both of the runtime that this is called in.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve(listener));
        Self::connect(address).await
    }

    /// The same with the server on a thread and a runtime of its own, which end with the connection.
    pub async fn start_apart() -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread().enable_io().build()?;
        std::thread::spawn(move || {
            runtime.block_on(async { serve(TcpListener::from_std(listener)?).await })
        });
        Self::connect(address).await
    }

    async fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = client::handshake(TokioIo::new(stream))
            .await
            .map_err(std::io::Error::other)?;
        tokio::spawn(connection);
        Ok(Self {
            connection: Arc::new(Mutex::new(sender)),
        })
    }
}

impl Service<u64> for Loopback {
    type Response = u64;
    type Error = Lost;
    type Future = Pin<Box<dyn Future<Output = Result<u64, Lost>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let mut connection = self.connection.lock().expect("no call panics");
        connection.poll_ready(cx).map_err(|_| Lost)
    }

    fn call(&mut self, _: u64) -> Self::Future {
        let request = Request::get("/").header("host", "localhost");
        let request = request.body(Empty::new()).expect("a request");
        let mut connection = self.connection.lock().expect("no call panics");
        let response = connection.send_request(request);
        drop(connection);
        Box::pin(async move {
            let body = response.await.map_err(|_| Lost)?.into_body();
            let bytes = body.collect().await.map_err(|_| Lost)?.to_bytes();
            Ok(bytes.len() as u64)
        })
    }
}

/// Serves the one connection that comes.
async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let (accepted, _) = listener.accept().await?;
    accepted.set_nodelay(true)?;
    let served =
        server::Builder::new().serve_connection(TokioIo::new(accepted), service_fn(answer));
    served.await.map_err(std::io::Error::other)
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(BODY))))
}

// === impl Lost ===

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is gone")
    }
}

impl std::error::Error for Lost {}
