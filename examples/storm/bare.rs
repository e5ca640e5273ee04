//! The side without a policy: one HTTP client and nothing around it.
//!
//! Its connections are limited only by what the process may open; beyond that, requests wait for one to come free,
//! as they do in any pool.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tower_service::Service;

use crate::caller::{Caller, Outcome};
use crate::http::{Http, Request};

/// A bare client.
#[derive(Debug, Clone)]
pub struct Bare {
    http: Http,
    connections: Arc<Semaphore>,
}

// === impl Bare ===

impl Bare {
    /// A client with at most `connections` requests on the wire.
    pub fn new(http: Http, connections: usize) -> Self {
        Self {
            http,
            connections: Arc::new(Semaphore::new(connections)),
        }
    }
}

impl Caller for Bare {
    fn call(&self, index: u64) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let Self {
            mut http,
            connections,
        } = self.clone();
        Box::pin(async move {
            let _connection = connections.acquire_owned().await;
            match http.call(Request::new(index)).await {
                Ok(_) => Outcome::Answered,
                Err(_) => Outcome::Failed,
            }
        })
    }
}
