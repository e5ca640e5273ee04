//! Semaphore: used, limit, places and closed in one word.
