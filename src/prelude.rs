//! The names that most programs need, in one `use`.

pub use crate::{
    AttemptError, Clock, CombinedLayer, ConfigError, FallbackLayer, ForkJoinLayer, InstantSleeper,
    ManualTimer, MonotonicClock, Policy, PolicyLayer, ResilienceError, TimeoutConfig, TimeoutLayer,
    Timer, TokioSleeper, TokioTimer, TrackingSleeper, policy,
};
