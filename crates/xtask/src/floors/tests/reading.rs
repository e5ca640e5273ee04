use super::super::{paths, tokens};

fn words(source: &str) -> Vec<String> {
    tokens::read(source)
        .iter()
        .filter_map(|token| token.word().map(str::to_string))
        .collect()
}

fn named(source: &str) -> Vec<String> {
    paths::read(&tokens::read(source))
        .iter()
        .map(|path| path.parts.join("::"))
        .collect()
}

#[test]
fn comments_strings_and_characters_hold_no_words() {
    assert_eq!(words("a // b\n/* c /* d */ e */ f"), ["a", "f"]);
    assert_eq!(
        words("\"a \\\" b\" c r#\"d \" e\"# f b\"g\" h br##\"i \"# j\"## k"),
        ["c", "f", "h", "k"]
    );
    assert_eq!(words("'a' b '\\'' c b'd' e '\"' f"), ["b", "c", "e", "f"]);
}

#[test]
fn lifetimes_do_not_open_a_character() {
    assert_eq!(
        words("fn f<'a, 'b>(x: &'a str, y: &'static u8)"),
        ["fn", "f", "x", "str", "y", "u8"]
    );
}

#[test]
fn raw_names_are_names() {
    assert_eq!(words("r#type r other"), ["type", "r", "other"]);
}

#[test]
fn lines_are_counted_through_comments_and_strings() {
    let last = tokens::read("/*\n*/ \"\n\"\nword").pop().unwrap();
    assert_eq!((last.word(), last.line), (Some("word"), 4));
}

#[test]
fn groups_are_taken_apart() {
    let found = named("a::{b, c::{d, self}, e as f, *};");
    assert_eq!(found, ["a::b", "a::c::d", "a::c::self", "a::e", "a::*"]);
}

#[test]
fn a_turbofish_ends_a_path() {
    assert_eq!(named("a::b::<c::D>::new()"), ["a::b", "c::D", "new"]);
}

#[test]
fn text_that_is_not_rust_does_no_harm() {
    for source in [
        "\"open", "'", "/* open", "r#\"open", "a::{b", "a::", "mod", "}}}{", "b'", "1e",
    ] {
        assert!(named(source).len() <= 2, "{source}");
    }
}
