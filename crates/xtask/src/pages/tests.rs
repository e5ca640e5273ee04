use super::Page;

fn is_test(path: &str) -> bool {
    Page {
        path: path.to_string(),
        source: String::new(),
    }
    .is_test()
}

#[test]
fn tests_and_their_rooms_are_pages_of_tests() {
    assert!(is_test("src/retry/tests.rs"));
    assert!(is_test("src/retry/tests/budget.rs"));
}

#[test]
fn a_page_that_only_sounds_like_tests_is_product() {
    assert!(!is_test("src/retry/contests.rs"));
    assert!(!is_test("src/tests_of_time/clock.rs"));
}
