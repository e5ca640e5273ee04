//! Timeout, retry, bulkhead and circuit breaker as tower layers.
