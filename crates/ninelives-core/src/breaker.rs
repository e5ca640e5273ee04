//! Circuit breaker: every state in one word.
