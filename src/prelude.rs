//! The names that most programs need, in one `use`.

pub use crate::{
    AttemptError, Backoff, BulkheadConfig, BulkheadLayer, CircuitBreakerConfig,
    CircuitBreakerLayer, CircuitState, Clock, CombinedLayer, ConfigError, FallbackLayer,
    ForkJoinLayer, InstantSleeper, Jitter, ManualTimer, MemorySink, MonotonicClock, Policy,
    PolicyLayer, ResilienceError, RetryBudget, RetryLayer, RetryPolicy, StreamingSink, Subscriber,
    TimeoutConfig, TimeoutLayer, Timer, TokioSleeper, TokioTimer, TrackingSleeper, policy,
};
