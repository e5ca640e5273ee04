use super::Field;

const A: Field = Field::first(3);
const B: Field = A.then(20);
const C: Field = B.then(41);

#[test]
fn fields_tile_the_word_without_gap_or_overlap() {
    assert_eq!(A.mask() | B.mask() | C.mask(), u64::MAX);
    assert_eq!(A.mask() & B.mask(), 0);
    assert_eq!(B.mask() & C.mask(), 0);
    assert_eq!(C.end(), 64);
}

#[test]
fn setting_a_field_leaves_its_neighbours_alone() {
    let word = B.set(u64::MAX, 0);
    assert_eq!(A.get(word), A.max());
    assert_eq!(B.get(word), 0);
    assert_eq!(C.get(word), C.max());
    assert_eq!(B.set(word, B.max()), u64::MAX);
}

#[test]
fn one_counts_a_single_step() {
    let word = B.set(0, 41);
    assert_eq!(B.get(word + B.one()), 42);
    assert_eq!(B.get(word - B.one()), 40);
}

#[test]
fn a_field_may_fill_the_whole_word() {
    const WHOLE: Field = Field::first(64);
    assert_eq!(WHOLE.max(), u64::MAX);
    assert_eq!(WHOLE.get(WHOLE.set(0, u64::MAX)), u64::MAX);
}

#[cfg(not(miri))] // a panic in a constant, with its trace
#[test]
#[should_panic(expected = "the word has 64 bits")]
fn a_field_past_bit_64_is_refused() {
    let _ = C.then(1);
}
