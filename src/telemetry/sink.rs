//! What takes events in its own time.

use tower_service::Service;

use crate::emit::PolicyEvent;

/// A sink that may take its time, and may fail: any tower service of [`PolicyEvent`] whose response is `()`.
///
/// There is nothing to implement: every such service is one. It stands behind a [`Pump`](super::Pump), never on a request's path, so
/// the policies of this crate can be put around it as around any other service. What a policy tells its events to at once is a
/// [`Sink`](crate::emit::Sink).
///
/// ```
/// use ninelives::emit::PolicyEvent;
/// use ninelives::telemetry::TelemetrySink;
/// fn takes_events(_sink: impl TelemetrySink) {}
/// takes_events(tower::service_fn(|event: PolicyEvent| async move {
///     println!("{event}");
///     Ok::<(), std::io::Error>(())
/// }));
/// ```
pub trait TelemetrySink: Service<PolicyEvent, Response = ()> {}

// === impl TelemetrySink ===

impl<S: Service<PolicyEvent, Response = ()> + ?Sized> TelemetrySink for S {}
