//! One event on its way into the primary, or the backup.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::emit::PolicyEvent;
use crate::telemetry::ComposedSinkError;
use crate::telemetry::sink::TelemetrySink;

pin_project! {
    /// The future of [`FallbackSink`](super::FallbackSink).
    #[must_use = "futures do nothing unless polled"]
    pub struct FallbackSinkFuture<F, E, B: TelemetrySink> {
        #[pin]
        stage: Stage<F, B::Future>,
        backup: B,
        event: PolicyEvent,
        // The primary's, from its failure on.
        error: Option<E>,
    }
}

pin_project! {
    #[project = StageProj]
    enum Stage<F, G> {
        Primary {
            #[pin]
            future: F,
        },
        Asking,
        Backup {
            #[pin]
            future: G,
        },
    }
}

// === impl FallbackSinkFuture ===

impl<F, E, B: TelemetrySink> FallbackSinkFuture<F, E, B> {
    /// The primary has the event.
    pub(super) const fn primary(future: F, backup: B, event: PolicyEvent) -> Self {
        Self {
            stage: Stage::Primary { future },
            backup,
            event,
            error: None,
        }
    }

    /// The primary failed at its readiness, and the backup has the event.
    pub(super) const fn backup(future: B::Future, backup: B, error: E, event: PolicyEvent) -> Self {
        Self {
            stage: Stage::Backup { future },
            backup,
            event,
            error: Some(error),
        }
    }
}

impl<F, E, B> Future for FallbackSinkFuture<F, E, B>
where
    F: Future<Output = Result<(), E>>,
    B: TelemetrySink,
{
    type Output = Result<(), ComposedSinkError<E, B::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let backup = match this.stage.as_mut().project() {
                StageProj::Primary { future } => match ready!(future.poll(cx)) {
                    Ok(()) => return Poll::Ready(Ok(())),
                    Err(error) => {
                        *this.error = Some(error);
                        this.stage.set(Stage::Asking);
                        continue;
                    }
                },
                StageProj::Asking => match ready!(this.backup.poll_ready(cx)) {
                    Ok(()) => {
                        let future = this.backup.call(*this.event);
                        this.stage.set(Stage::Backup { future });
                        continue;
                    }
                    Err(error) => error,
                },
                StageProj::Backup { future } => match ready!(future.poll(cx)) {
                    Ok(()) => return Poll::Ready(Ok(())),
                    Err(error) => error,
                },
            };
            let error = ComposedSinkError::new(this.error.take(), Some(backup));
            return Poll::Ready(Err(error));
        }
    }
}

impl<F, E, B: TelemetrySink> fmt::Debug for FallbackSinkFuture<F, E, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FallbackSinkFuture").finish_non_exhaustive()
    }
}
