//! Writing mistakes into the text of a page.

use std::ops::Range;

use super::{Edit, Mutant};

/// Names the mistake that a process makes.
pub const VARIABLE: &str = "NINELIVES_MUTANT";

/// The page that tells the others which mistake to make.
pub const PLANTED: &str = r#"//! Which mistake this process makes.

extern crate std;

use std::string::String;
use std::sync::OnceLock;

pub(crate) fn is(name: &str) -> bool {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let asked = || std::env::var("NINELIVES_MUTANT").ok();
    NAME.get_or_init(asked).as_deref() == Some(name)
}
"#;

/// A place, and for each mistake that is made there its name and what it puts there.
type Place<'a> = (Range<usize>, Vec<(&'a str, &'a str)>);

/// The page with every mistake that is made on it.
pub fn planted(page: &str, text: &str, mutants: &[Mutant]) -> Result<String, String> {
    let mut places: Vec<Place<'_>> = Vec::new();
    for mutant in mutants {
        for edit in mutant.edits.iter().filter(|edit| edit.page == page) {
            let found = place(text, edit).map_err(|error| format!("{}: {error}", mutant.name))?;
            let choice = (mutant.name.as_str(), edit.is.as_str());
            match places.iter_mut().find(|(place, _)| *place == found) {
                Some((_, choices)) => choices.push(choice),
                None => places.push((found, vec![choice])),
            }
        }
    }
    places.sort_by_key(|(place, _)| place.start);
    let (mut planted, mut end) = (String::new(), 0);
    for (place, choices) in places {
        if place.start < end {
            return Err(format!(
                "{}: its place overlaps another one's",
                choices[0].0
            ));
        }
        planted += &text[end..place.start];
        planted += &branches(&text[place.clone()], &choices);
        end = place.end;
    }
    Ok(planted + &text[end..])
}

/// What is asked at run time is asked in no `const`.
pub fn without_const(text: &str) -> String {
    text.replace("const fn ", "fn ")
}

fn branches(was: &str, choices: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, is) in choices {
        text += &format!("if crate::planted::is(\"{name}\") {{ {is} }} else ");
    }
    text += &format!("{{ {was} }}");
    // A statement stands for itself; an expression may be part of another one.
    if was.ends_with([';', '}']) {
        text
    } else {
        format!("({text})")
    }
}

/// Where the edit's text stands, white space apart.
fn place(text: &str, edit: &Edit) -> Result<Range<usize>, String> {
    let (dense, at) = densely(text);
    let dense_of = |part: &str| densely(part).0;
    let from = match &edit.after {
        None => 0,
        Some(after) => {
            let after = dense_of(after);
            let found = dense.find(&after);
            found.ok_or_else(|| format!("`{after}` is not in {}", edit.page))? + after.len()
        }
    };
    let was = dense_of(&edit.was);
    let start = dense[from..].find(&was);
    let start = from + start.ok_or_else(|| format!("`{}` is not in {}", edit.was, edit.page))?;
    let end = start + was.len();
    if edit.after.is_none() && dense[end..].contains(&was) {
        return Err(format!("`{}` is in {} more than once", edit.was, edit.page));
    }
    Ok(at[start]..at[end - 1] + 1)
}

/// The text without white space, and where each byte of it was.
fn densely(text: &str) -> (String, Vec<usize>) {
    let mut dense = String::new();
    let mut at = Vec::new();
    for (index, letter) in text
        .char_indices()
        .filter(|(_, letter)| !letter.is_whitespace())
    {
        dense.push(letter);
        at.extend(index..index + letter.len_utf8());
    }
    (dense, at)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const PAGE: &str =
        "fn a() {\n    one(\n        1,\n    );\n    two() + 2\n}\nfn b() { two() }\n";

    fn planted_with(edits: &str) -> Result<String, String> {
        planted("p.rs", PAGE, &parse(edits).unwrap())
    }

    fn mutant(name: &str, edit: &str) -> String {
        format!("[{name}]\nmodels = [\"f::t\"]\n[[{name}.edits]]\npage = \"p.rs\"\n{edit}\n")
    }

    #[test]
    fn a_statement_and_an_expression_are_found_whatever_their_white_space() {
        let page = planted_with(
            &(mutant("x", "was = 'one(1,);'\nis = ''")
                + &mutant("y", "after = 'fn b'\nwas = 'two()'\nis = '3'")),
        );
        let expected = "fn a() {\n    if crate::planted::is(\"x\") {  } else { one(\n        1,\n    ); }\n    two() + 2\n}\nfn b() \
             { (if crate::planted::is(\"y\") { 3 } else { two() }) }\n";
        assert_eq!(page.unwrap(), expected);
    }

    #[test]
    fn mistakes_at_one_place_are_told_apart() {
        let page = planted_with(
            &(mutant("x", "was = 'two() + 2'\nis = '1'")
                + &mutant("y", "was = 'two() + 2'\nis = '2'")),
        );
        let both = "(if crate::planted::is(\"x\") { 1 } else if crate::planted::is(\"y\") { 2 } else { two() + 2 })";
        assert!(page.unwrap().contains(both));
    }

    #[test]
    fn a_place_that_is_not_there_or_not_alone_is_refused_by_name() {
        let gone = planted_with(&mutant("x", "was = 'three()'\nis = ''")).unwrap_err();
        assert_eq!(gone, "x: `three()` is not in p.rs");
        let twice = planted_with(&mutant("x", "was = 'two()'\nis = ''")).unwrap_err();
        assert_eq!(twice, "x: `two()` is in p.rs more than once");
    }
}
