//! An overwriting ring: one producer that never waits, any number of readers that know exactly what they missed.
//!
//! A record is a few plain words. The producer numbers its records 0, 1, 2, … and writes each over the oldest. A [`Reader`] is a
//! number, the next record it wants; it belongs to its owner and costs the producer nothing. What was overwritten before a reader
//! came to it is the gap in the numbers, so `pushed == read + lost`, for each reader, exactly.
//!
//! # Words
//! | word      | meaning                                             | written by    | when it overflows                 |
//! |-----------|-----------------------------------------------------|---------------|-----------------------------------|
//! | `claimed` | records begun; the slot of the last may be half new | the producer  | wraps after 2^64: 584 years of one each nanosecond; the arithmetic wraps with it |
//! | `head`    | records finished                                    | the producer  | the same                          |
//! | slots     | `WORDS` words each                                  | the producer  |                                   |
//! | `owned`   | whether there is a producer                         | who attaches  |                                   |
//!
//! # Transitions
//! | call    | guard                                   | verdict          | test                                     |
//! |---------|-----------------------------------------|------------------|------------------------------------------|
//! | attach  | nobody owns it                          | a producer       | `one_producer_at_a_time`                 |
//! | attach  | owned                                   | none             | `one_producer_at_a_time`                 |
//! | push    |                                         | its number       | `records_come_out_in_order`              |
//! | read    | next is the head                        | `Empty`          | `an_empty_ring_has_nothing_to_read`      |
//! | read    | next is past the head that is seen      | `Empty`          | loom: `a_reader_that_was_lapped_may_be_ahead_of_the_head_that_it_sees` |
//! | read    | next is within the last `capacity`      | `Record`         | `records_come_out_in_order`              |
//! | read    | next was overwritten                    | `Lost(gap)`      | `a_lapped_reader_learns_the_exact_gap`   |
//! | read    | overwritten while it was being copied   | `Lost(gap)`      | loom: `a_torn_record_is_never_delivered` |
//!
//! # Orderings
//! A sequence lock of two counters around plain words, all of them atomic, so there is no data race to explain. The producer
//! announces (`claimed`), fences, writes, then publishes (`head`). A reader takes `head`, copies, fences, then looks at `claimed`: had
//! any copied word been newer than its record, the fences make the announcement visible, and the copy is thrown away. A claim may be seen
//! before the head that was published before it: who was lapped then waits behind the claim until that head is seen.
//!
//! # Progress
//! `push`: wait-free, `WORDS + 2` stores. `read`: wait-free for each answer; a record that is overwritten while it is copied is answered as lost.
//! A producer that is stopped anywhere holds back its own ring only.
//!
//! # Models
//! `loom-tests/tests/loom_ring.rs`: L17 to L19 and L21: no torn record, exact loss, order, also past the largest number,
//! hand-over between producers, and the last record is read by who hears of the end.
//!
//! # Not promised
//! Order between rings. That a reader which is slower than `capacity` records gets any particular one of them.
//!
//! # Examples
//! ```
//! use ninelives_core::ring::{Producer, Read, Reader, Ring};
//! let ring = Ring::<2>::new(2)?;
//! let mut reader = Reader::default();
//! let mut producer = Producer::attach(&ring).ok_or("owned")?;
//! for n in 0..3 {
//!     producer.push(&[n, n * n]);
//! }
//! assert_eq!(ring.read(&mut reader), Read::Lost(1));
//! assert_eq!(ring.read(&mut reader), Read::Record { sequence: 1, words: [1, 1] });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod cursor;
mod slot;

pub use cell::{Producer, Ring};
pub use cursor::Reader;

/// The most records that a ring keeps: 2^24.
pub const MAX_CAPACITY: u32 = 1 << 24;

/// What a reader finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a gap is reported once"]
pub enum Read<const WORDS: usize> {
    /// The next record.
    Record {
        /// Its number.
        sequence: u64,
        /// What the producer pushed.
        words: [u64; WORDS],
    },
    /// So many records were overwritten before this reader came to them. The next read goes on behind them.
    Lost(u64),
    /// Nothing new.
    Empty,
}

#[cfg(test)]
mod tests;
