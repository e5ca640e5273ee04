use super::{WALL, too_long};

#[test]
fn a_page_at_the_wall_passes() {
    assert_eq!(too_long("src/a.rs", &"\n".repeat(WALL)), None);
}

#[test]
fn a_page_past_the_wall_is_named_with_its_length() {
    assert_eq!(
        too_long("src/a.rs", &"\n".repeat(WALL + 1)),
        Some("src/a.rs (301)".to_string())
    );
}
