#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod adaptive;
pub mod algebra;
pub mod budget;
pub mod bulkhead;
#[cfg(feature = "chaos")]
pub mod chaos;
pub mod circuit_breaker;
pub mod clock;
pub mod compose;
mod counted;
pub mod deadline;
pub mod emit;
pub mod error;
#[cfg(feature = "flamegraph")]
pub mod flamegraph;
pub mod lift;
pub mod name;
pub mod parameters;
pub mod prelude;
pub mod registry;
pub mod retry;
pub mod settings;
mod share;
mod stripe;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timeout;
pub mod timer;
mod turn;

pub use adaptive::Adaptive;
pub use algebra::{CombinedLayer, FallbackLayer, ForkJoinConfig, ForkJoinLayer, Policy};
pub use budget::{RetryBudget, RetryBudgetConfig};
pub use bulkhead::{BulkheadConfig, BulkheadLayer, Priority};
pub use circuit_breaker::{CircuitBreakerConfig, CircuitBreakerLayer, CircuitState};
pub use clock::{Clock, ManualClock, MonotonicClock, Tick};
pub use compose::{PolicyLayer, Tells};
pub use deadline::{Carried, Carries, Deadline};
pub use emit::{NullSink, PolicyEvent, PolicyId};
pub use error::{AttemptError, ConfigError, Failures, ResilienceError};
pub use registry::Registry;
pub use retry::{Backoff, Jitter, RetryConfig, RetryLayer, RetryPolicy};
pub use settings::{Live, Settings};
pub use telemetry::{
    ComposedSinkError, FallbackSink, MemorySink, MulticastSink, Pump, StreamingSink, Subscriber,
    TelemetrySink,
};
#[cfg(feature = "tracing")]
pub use telemetry::{LogSink, SpanSink};
pub use timeout::{TimeoutConfig, TimeoutLayer};
pub use timer::{
    InstantSleeper, ManualTimer, Timer, TokioSleeper, TokioTimer, TrackingSleeper, WheelTimer,
};
