//! A ring, and the same as a list of everything that was pushed.

use ninelives_core::ring::{Producer, Read, Reader, Ring};

use super::tape::{Op, ops};

const CAPACITIES: [u32; 10] = [1, 2, 3, 4, 5, 8, 16, 31, 64, 100];
/// At the origin, before the end of a half, and shortly before numbers wrap.
const FIRSTS: [u64; 6] = [0, 1, 77, (1 << 32) - 5, u64::MAX - 9, u64::MAX];

/// A reader, and where it is: records from the first one on.
struct Known {
    reader: Reader,
    next: u64,
    read: u64,
    lost: u64,
}

struct Pair<'r> {
    ring: &'r Ring<2>,
    first: u64,
    producer: Option<Producer<&'r Ring<2>, 2>>,
    /// The second word of each record.
    pushed: Vec<u64>,
    readers: Vec<Known>,
}

/// Runs the operations and checks the laws after each.
pub fn run(bytes: &[u8]) {
    let mut ops = ops(bytes);
    let Some(op) = ops.next() else { return };
    let capacity = CAPACITIES[usize::from(op.small) % CAPACITIES.len()];
    let first = FIRSTS[usize::from(op.kind) % FIRSTS.len()];
    let ring = Ring::starting_at(capacity, first).expect("in range");
    assert_eq!(ring.capacity(), u64::from(capacity.next_power_of_two()));
    let mut pair = Pair {
        ring: &ring,
        first,
        producer: Producer::attach(&ring),
        pushed: Vec::new(),
        readers: vec![Known::new(first, 0)],
    };
    for op in ops {
        pair.apply(op);
        pair.check();
    }
    for reader in 0..pair.readers.len() {
        while pair.read(reader) {}
        let known = &pair.readers[reader];
        assert_eq!(
            known.read + known.lost,
            known.next,
            "read and lost are pushed"
        );
    }
}

// === impl Known ===

impl Known {
    fn new(first: u64, next: u64) -> Self {
        Self {
            reader: Reader::at(first.wrapping_add(next)),
            next,
            read: 0,
            lost: next,
        }
    }
}

// === impl Pair ===

impl Pair<'_> {
    fn apply(&mut self, op: Op) {
        let which = usize::from(op.power) % self.readers.len();
        match op.kind % 8 {
            0..=2 => self.push(op),
            3 => (0..op.small).for_each(|_| self.push(op)),
            4 => _ = self.read(which),
            5 => (0..op.small).for_each(|_| _ = self.read(which)),
            // The producer goes, and another one comes, or tries to beside it.
            6 if op.small < 128 => self.producer = None,
            6 => {
                let other = Producer::attach(self.ring);
                assert_eq!(other.is_some(), self.producer.is_none());
                self.producer = self.producer.take().or(other);
            }
            _ if self.readers.len() < 4 => {
                let next = match op.small % 2 {
                    0 => 0,
                    _ => self.count(),
                };
                self.readers.push(Known::new(self.first, next));
            }
            _ => _ = self.readers.swap_remove(which),
        }
    }

    fn count(&self) -> u64 {
        self.pushed.len() as u64
    }

    fn sequence(&self, nth: u64) -> u64 {
        self.first.wrapping_add(nth)
    }

    fn push(&mut self, op: Op) {
        let (nth, word) = (self.count(), op.scaled(60));
        let sequence = self.sequence(nth);
        if let Some(producer) = &mut self.producer {
            assert_eq!(producer.push(&[sequence, word]), sequence);
            self.pushed.push(word);
        }
    }

    /// One read of one reader; whether there was anything.
    fn read(&mut self, which: usize) -> bool {
        let (count, capacity) = (self.count(), self.ring.capacity());
        let oldest = count.saturating_sub(capacity);
        let known = &mut self.readers[which];
        let expected = if known.next == count {
            Read::Empty
        } else if known.next < oldest {
            let gap = oldest - known.next;
            (known.next, known.lost) = (oldest, known.lost + gap);
            Read::Lost(gap)
        } else {
            let nth = known.next;
            (known.next, known.read) = (nth + 1, known.read + 1);
            let sequence = self.first.wrapping_add(nth);
            let words = [sequence, self.pushed[nth as usize]];
            Read::Record { sequence, words }
        };
        let seen = self.ring.read(&mut known.reader);
        assert_eq!(seen, expected);
        seen != Read::Empty
    }

    fn check(&self) {
        assert_eq!(self.ring.head(), self.sequence(self.count()));
        assert_eq!(self.ring.is_owned(), self.producer.is_some());
        for known in &self.readers {
            assert_eq!(known.reader.next(), self.sequence(known.next));
        }
    }
}
