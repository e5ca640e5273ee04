use super::broken;
use crate::pages::Page;

/// What is broken of a page `docs/A.md` with this text, beside `docs/rooms/B.md` and a picture.
fn broken_in(text: &str) -> Vec<String> {
    let page = |path: &str, source: &str| Page {
        path: path.to_string(),
        source: source.to_string(),
    };
    let texts = [
        page("docs/A.md", text),
        page(
            "docs/rooms/B.md",
            "# B\n\n## The `wheel`, and what it\'s for\n",
        ),
    ];
    broken(&texts, |path| path == "docs/pictures/p.svg")
}

#[test]
fn links_that_lead_somewhere_pass() {
    let text = "# A\n[b](rooms/B.md) [w](rooms/B.md#the-wheel-and-what-its-for) [a](#a) ![p](./rooms/../pictures/p.svg)\n";
    assert_eq!(broken_in(text), [""; 0]);
}

#[test]
fn a_link_to_a_file_that_is_not_there_is_named() {
    assert_eq!(
        broken_in("see [c](C.md)"),
        ["docs/A.md: C.md leads nowhere"]
    );
}

#[test]
fn a_link_to_a_heading_that_is_not_there_is_named() {
    assert_eq!(
        broken_in("[w](rooms/B.md#wheel) [x](#x)"),
        [
            "docs/A.md: rooms/B.md#wheel leads nowhere",
            "docs/A.md: #x leads nowhere"
        ]
    );
}

#[test]
fn other_sites_and_code_are_not_looked_at() {
    let text = "[t](https://example.org/x)\n```rust\nlet x = y[0](z);\n```\n";
    assert_eq!(broken_in(text), [""; 0]);
}
