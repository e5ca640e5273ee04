//! A sink, and another one for the events that the first could not take.
//!
//! # Readiness
//! The primary's. When its readiness fails, the backup's for this one event; the next event begins with the primary again. `Clone` resets
//! readiness.
//!
//! # Cancel safety
//! Dropping the future drops that of the sink at work. The backup of a dropped call is never used.
//!
//! # Errors
//! When the backup succeeds, the primary's error is not returned. When it fails too, in `poll_ready` or with the event, the error has both.
//!
//! # Panics
//! A panic is not an error: it goes to the caller, and the backup is not used. A sink that is slow or never ready has not failed either: put a
//! timeout around it, and it will.
//!
//! # Cost
//! One clone of the backup for each event, so that the future has a backup of its own.

mod future;

use std::fmt;
use std::task::{Context, Poll, ready};

use tower_service::Service;

pub use future::FallbackSinkFuture;

use super::ComposedSinkError;
use super::sink::TelemetrySink;
use crate::emit::PolicyEvent;

/// The backup gets the events that the primary could not take. See the [page](self).
///
/// It stands behind a [`Pump`](super::Pump). It cannot be given to a policy: telling a [`Sink`](crate::emit::Sink) never fails, so the backup would
/// never be used.
pub struct FallbackSink<A: TelemetrySink, B> {
    // The bound is here because the primary's error is kept until the backup is ready.
    primary: A,
    backup: B,
    way: Way<A::Error>,
}

/// Where the next event goes.
enum Way<E> {
    /// The primary was not ready yet.
    Unknown,
    Primary,
    /// The primary failed; the backup was not ready yet.
    Failed(E),
    Backup(E),
}

// === impl FallbackSink ===

impl<A: TelemetrySink, B> FallbackSink<A, B> {
    /// `primary`, and `backup` when it fails.
    pub const fn new(primary: A, backup: B) -> Self {
        Self {
            primary,
            backup,
            way: Way::Unknown,
        }
    }

    /// The sink that gets each event first.
    pub const fn primary(&self) -> &A {
        &self.primary
    }

    /// The sink for what the primary could not take.
    pub const fn backup(&self) -> &B {
        &self.backup
    }
}

impl<A: TelemetrySink, B: TelemetrySink + Clone> Service<PolicyEvent> for FallbackSink<A, B> {
    type Response = ();
    type Error = ComposedSinkError<A::Error, B::Error>;
    type Future = FallbackSinkFuture<A::Future, A::Error, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Way::Unknown = self.way {
            self.way = match ready!(self.primary.poll_ready(cx)) {
                Ok(()) => Way::Primary,
                Err(error) => Way::Failed(error),
            };
        }
        if let Way::Failed(_) = self.way {
            // Taken out: when this panics, the primary is asked anew.
            let Way::Failed(primary) = std::mem::replace(&mut self.way, Way::Unknown) else {
                unreachable!("it was seen above")
            };
            match self.backup.poll_ready(cx) {
                Poll::Ready(Ok(())) => self.way = Way::Backup(primary),
                Poll::Ready(Err(backup)) => {
                    let error = ComposedSinkError::new(Some(primary), Some(backup));
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => {
                    self.way = Way::Failed(primary);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// # Panics
    /// Called before it was ready.
    fn call(&mut self, event: PolicyEvent) -> Self::Future {
        match std::mem::replace(&mut self.way, Way::Unknown) {
            Way::Primary => {
                FallbackSinkFuture::primary(self.primary.call(event), self.backup.clone(), event)
            }
            Way::Backup(error) => {
                // The backup that was readied is the one that is called; a fresh clone goes along unused.
                let spare = self.backup.clone();
                FallbackSinkFuture::backup(self.backup.call(event), spare, error, event)
            }
            Way::Unknown | Way::Failed(_) => {
                panic!("a fallback sink was called before it was ready")
            }
        }
    }
}

impl<A: TelemetrySink + Clone, B: Clone> Clone for FallbackSink<A, B> {
    fn clone(&self) -> Self {
        Self::new(self.primary.clone(), self.backup.clone())
    }
}

impl<A: TelemetrySink + fmt::Debug, B: fmt::Debug> fmt::Debug for FallbackSink<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FallbackSink")
            .field("primary", &self.primary)
            .field("backup", &self.backup)
            .finish()
    }
}
