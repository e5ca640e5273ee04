//! The paths that a page names, groups taken apart: `use a::{b, c::d};` names `a::b` and `a::c::d`.

use super::tokens::{Kind, Token};

/// One path, in an import or in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its parts; `*` for a glob.
    pub parts: Vec<String>,
    /// The line of its last part.
    pub line: usize,
    /// Whether a `!` follows: it names a macro.
    pub is_macro: bool,
    /// How many inline modules of the page enclose it.
    pub inline: usize,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    inline: usize,
    found: Vec<Path>,
}

/// Every path of the page, single words included, in order.
pub fn read(tokens: &[Token]) -> Vec<Path> {
    let mut reader = Reader {
        tokens,
        at: 0,
        inline: 0,
        found: Vec::new(),
    };
    let mut depth = 0_usize;
    let mut modules: Vec<usize> = Vec::new();
    while let Some(token) = tokens.get(reader.at) {
        match &token.kind {
            Kind::Word(word) => {
                let opens =
                    word == "mod" && tokens.get(reader.at + 2).is_some_and(|token| token.is('{'));
                if opens {
                    modules.push(depth);
                    reader.inline = modules.len();
                    depth += 1;
                    reader.at += 3;
                } else {
                    reader.path(&[]);
                }
                continue;
            }
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth = depth.saturating_sub(1);
                if modules.last() == Some(&depth) {
                    modules.pop();
                    reader.inline = modules.len();
                }
            }
            Kind::Sep | Kind::Sign(_) | Kind::Literal => {}
        }
        reader.at += 1;
    }
    reader.found
}

// === impl Path ===

impl Path {
    /// Whether its parts begin with these.
    pub fn starts_with(&self, parts: &[&str]) -> bool {
        self.parts.len() >= parts.len()
            && self.parts.iter().zip(parts).all(|(own, part)| own == part)
    }

    /// Whether its parts contain these, one after the other.
    pub fn contains(&self, parts: &[&str]) -> bool {
        self.parts
            .windows(parts.len())
            .any(|window| window.iter().zip(parts).all(|(own, part)| own == part))
    }
}

// === impl Reader ===

impl Reader<'_> {
    fn sign(&self, ahead: usize, sign: char) -> bool {
        self.tokens
            .get(self.at + ahead)
            .is_some_and(|token| token.is(sign))
    }

    /// Reads from a word, a `*` or a group, with what stands before it; moves past it.
    fn path(&mut self, before: &[String]) {
        let mut parts = before.to_vec();
        let mut line = 0;
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                Kind::Word(word) => {
                    parts.push(word.clone());
                    line = token.line;
                    self.at += 1;
                }
                Kind::Sign('*') if !parts.is_empty() => {
                    parts.push("*".to_string());
                    line = token.line;
                    self.at += 1;
                    break;
                }
                Kind::Sign('{') if !parts.is_empty() => return self.group(&parts),
                _ => break,
            }
            let goes_on = matches!(
                self.tokens.get(self.at),
                Some(Token {
                    kind: Kind::Sep,
                    ..
                })
            );
            let to_part = self
                .tokens
                .get(self.at + 1)
                .is_some_and(|next| next.word().is_some());
            if goes_on && (to_part || self.sign(1, '{') || self.sign(1, '*')) {
                self.at += 1;
            } else {
                break;
            }
        }
        if line > 0 {
            let is_macro = self.sign(0, '!');
            self.found.push(Path {
                parts,
                line,
                is_macro,
                inline: self.inline,
            });
        }
    }

    /// `{a, b::c as d, self, *}` after `parts`.
    fn group(&mut self, parts: &[String]) {
        self.at += 1;
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                Kind::Sign('}') => {
                    self.at += 1;
                    return;
                }
                // The new name of `a as b`; the path itself has been read.
                Kind::Word(word) if word == "as" => self.at += 2,
                Kind::Word(_) | Kind::Sign('*' | '{') => self.path(parts),
                Kind::Sep | Kind::Sign(_) | Kind::Literal => self.at += 1,
            }
        }
    }
}
