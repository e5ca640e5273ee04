//! Rust source as tokens: enough to see words, paths and braces, with comments and literals out of the way.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Word(String),
    /// `::`
    Sep,
    /// Any other sign.
    Sign(char),
    /// A string, character or number, contents forgotten.
    Literal,
}

/// A token and its line, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it starts.
    pub line: usize,
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

/// Reads a whole page. Text that is not Rust gives some tokens or other, never a panic.
pub fn read(source: &str) -> Vec<Token> {
    let mut reader = Reader {
        chars: source.chars().collect(),
        at: 0,
        line: 1,
    };
    let mut tokens = Vec::new();
    while let Some(c) = reader.peek(0) {
        let line = reader.line;
        if let Some(kind) = reader.token(c) {
            tokens.push(Token { kind, line });
        }
    }
    tokens
}

// === impl Token ===

impl Token {
    /// The word, when it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

// === impl Reader ===

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.bump();
        }
    }

    /// Consumes at least one character; none for blanks, comments and lifetimes.
    fn token(&mut self, c: char) -> Option<Kind> {
        match (c, self.peek(1)) {
            ('/', Some('/')) => self.line_comment(),
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => return Some(self.string()),
            ('\'', _) => return self.quote(),
            (':', Some(':')) => {
                self.skip(2);
                return Some(Kind::Sep);
            }
            _ if c.is_whitespace() => self.skip(1),
            _ if c.is_ascii_digit() => {
                self.name();
                return Some(Kind::Literal);
            }
            _ if is_word(c) => return Some(self.word()),
            _ => {
                self.skip(1);
                return Some(Kind::Sign(c));
            }
        }
        None
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.bump();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.skip(2);
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.skip(2);
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => self.skip(1),
                (None, _) => return,
            }
        }
    }

    /// A string from its opening quote.
    fn string(&mut self) -> Kind {
        self.until('"');
        Kind::Literal
    }

    /// Past the opening sign, the contents with their escapes, and the closing sign.
    fn until(&mut self, close: char) {
        self.bump();
        while let Some(c) = self.bump() {
            if c == '\\' {
                self.bump();
            } else if c == close {
                return;
            }
        }
    }

    /// A character, or a lifetime, which is no token here.
    fn quote(&mut self) -> Option<Kind> {
        if self.peek(1) == Some('\\') || self.peek(2) == Some('\'') {
            self.until('\'');
            return Some(Kind::Literal);
        }
        self.bump();
        self.name();
        None
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(is_word) {
            self.bump();
        }
        self.chars[start..self.at].iter().collect()
    }

    /// A word, or the literal or raw name that it is the prefix of.
    fn word(&mut self) -> Kind {
        let word = self.name();
        let hashes = (0..)
            .take_while(|ahead| self.peek(*ahead) == Some('#'))
            .count();
        match (word.as_str(), self.peek(hashes)) {
            ("r" | "br" | "cr", Some('"')) => {
                self.raw_string(hashes);
                Kind::Literal
            }
            ("b" | "c", Some('"')) if hashes == 0 => self.string(),
            ("b", Some('\'')) if hashes == 0 => {
                self.until('\'');
                Kind::Literal
            }
            ("r", Some(c)) if hashes == 1 && is_word(c) => {
                self.bump();
                Kind::Word(self.name())
            }
            _ => Kind::Word(word),
        }
    }

    fn raw_string(&mut self, hashes: usize) {
        self.skip(hashes + 1);
        while let Some(c) = self.bump() {
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.skip(hashes);
                return;
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
