//! Long runs on one thread: the law of conservation, and a hundred thousand in the line.

use std::vec::Vec;

use super::super::{Entry, Left, Priority};
use super::model::{Input, Pair};
use super::{counts, hold, is_granted, line, wait};

/// splitmix64: small, seeded, and the seed is in the message of every failure.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

#[test]
fn s01_conservation_over_many_random_operations() {
    let seed = 0x5eed_0001_u64;
    std::println!("seed {seed:#x}");
    let mut rng = Rng(seed);
    let mut pair = Pair::new(3, 20);
    for _ in 0..100_000 {
        let n = rng.below(1000);
        pair.apply(match rng.below(20) {
            0..3 => Input::Try,
            3..6 => Input::Enter,
            6..8 => Input::EnterFor(1 + n as u32 % 4, Priority::ALL[n / 4 % 4]),
            8..12 => Input::Take(n),
            12..15 => Input::Leave(n),
            15..19 => Input::Release(n),
            _ => Input::Resize(n as u32 % 6),
        });
    }
}

#[test]
fn s25_hundred_thousand_waiters_leave_and_the_line_is_as_before() {
    let seed = 0x5eed_0002_u64;
    std::println!("seed {seed:#x}");
    let mut rng = Rng(seed);
    let count = 100_000;
    let semaphore = line(1, count);
    hold(&semaphore, 1);
    let mut places: Vec<_> = (0..count).map(|_| wait(&semaphore)).collect();
    assert!(matches!(semaphore.enter(), Entry::Full { .. }));
    for last in (1..places.len()).rev() {
        places.swap(last, rng.below(last + 1));
    }
    for place in places {
        assert_eq!(semaphore.leave(place), Left::GaveUp);
    }
    assert_eq!(counts(&semaphore), (1, 1, 0));
    let next = wait(&semaphore);
    semaphore.release();
    assert!(is_granted(&semaphore, &next));
    semaphore.take(next);
}

#[test]
fn order_holds_over_every_size_of_tree() {
    for places in [1, 2, 7, 8, 9, 63, 64, 65, 513, 5000] {
        let semaphore = line(1, places);
        hold(&semaphore, 1);
        let waiting: Vec<_> = (0..places).map(|_| wait(&semaphore)).collect();
        assert!(matches!(semaphore.enter(), Entry::Full { .. }));
        for place in waiting {
            semaphore.release();
            assert!(is_granted(&semaphore, &place), "{places} places");
            semaphore.take(place);
        }
        assert_eq!(counts(&semaphore), (1, 1, 0));
    }
}
