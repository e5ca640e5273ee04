//! The names that most programs need, in one `use`.

pub use crate::{
    Adaptive, AttemptError, Backoff, BulkheadConfig, BulkheadLayer, CircuitBreakerConfig,
    CircuitBreakerLayer, CircuitState, Clock, CombinedLayer, ComposedSinkError, ConfigError,
    FallbackLayer, FallbackSink, ForkJoinConfig, ForkJoinLayer, InstantSleeper, Jitter,
    ManualTimer, MemorySink, MonotonicClock, MulticastSink, NullSink, Policy, PolicyEvent,
    PolicyLayer, Priority, Pump, ResilienceError, RetryBudget, RetryBudgetConfig, RetryConfig,
    RetryLayer, RetryPolicy, StreamingSink, Subscriber, TelemetrySink, TimeoutConfig, TimeoutLayer,
    Timer, TokioSleeper, TokioTimer, TrackingSleeper, WheelTimer, policy,
};
#[cfg(feature = "tracing")]
pub use crate::{LogSink, SpanSink};
