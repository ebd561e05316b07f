/// Which program's rules a pattern follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// gitignore(5).
    Git,
    /// `.dockerignore`: Go's `filepath.Match` and `**`.
    Docker,
}

/// A compiled pattern over a whole path.
#[derive(Clone, Debug)]
pub struct Glob {
    tokens: Vec<Token>,
    dialect: Dialect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Literal(Vec<u8>),
    /// `?`: anything but `/`; a byte for git, a character for Docker.
    Any,
    Class {
        negated: bool,
        ranges: Vec<(u8, u8)>,
    },
    /// `*`: any bytes but `/`.
    Star,
    /// `**/`: nothing, or any number of whole folders.
    Folders,
    /// `**` elsewhere: any bytes.
    Everything,
}

impl Glob {
    /// `None` where the pattern can match nothing: an open `[`, a trailing `\`.
    pub fn new(pattern: &[u8], dialect: Dialect) -> Option<Self> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut at = 0;
        while at < pattern.len() {
            let rest = &pattern[at..];
            let token = match rest[0] {
                b'*' if rest.starts_with(b"**") => {
                    let starts_folder = at == 0 || pattern[at - 1] == b'/';
                    let (token, length) = double_star(rest, starts_folder, at == 0, dialect);
                    at += length;
                    tokens.push(token);
                    continue;
                }
                b'*' => Token::Star,
                b'?' => Token::Any,
                b'[' => {
                    let (class, length) = class(rest, dialect)?;
                    at += length;
                    tokens.push(class);
                    continue;
                }
                b'\\' => {
                    at += 1;
                    literal(&mut tokens, *rest.get(1)?);
                    at += 1;
                    continue;
                }
                byte => {
                    literal(&mut tokens, byte);
                    at += 1;
                    continue;
                }
            };
            at += 1;
            tokens.push(token);
        }
        Some(Self { tokens, dialect })
    }

    /// Whether the whole of `text` matches. Takes time in proportion to pattern × text at most.
    pub fn matches(&self, text: &[u8]) -> bool {
        match self.tokens.as_slice() {
            [] => return text.is_empty(),
            [Token::Literal(only)] => return text == only,
            [Token::Star, Token::Literal(end)] if !text.contains(&b'/') => {
                return text.ends_with(end);
            }
            [Token::Literal(start), ..] if !text.starts_with(start) => return false,
            [.., Token::Literal(end)] if !text.ends_with(end) => return false,
            _ => {}
        }
        self.search(text)
    }

    fn search(&self, text: &[u8]) -> bool {
        let width = text.len() + 1;
        let mut tried = vec![false; self.tokens.len() * width];
        let mut open = vec![(0, 0)];
        while let Some((token, at)) = open.pop() {
            let Some(kind) = self.tokens.get(token) else {
                if at == text.len() {
                    return true;
                }
                continue;
            };
            if std::mem::replace(&mut tried[token * width + at], true) {
                continue;
            }
            let next = text.get(at).copied();
            match kind {
                Token::Literal(literal) => {
                    if text[at..].starts_with(literal) {
                        open.push((token + 1, at + literal.len()));
                    }
                }
                Token::Any => {
                    if next.is_some_and(|byte| byte != b'/') {
                        open.push((token + 1, at + self.width(&text[at..])));
                    }
                }
                Token::Class { negated, ranges } => {
                    let inside = |byte| ranges.iter().any(|&(a, b)| (a..=b).contains(&byte));
                    if next.is_some_and(|byte| byte != b'/' && inside(byte) != *negated) {
                        open.push((token + 1, at + self.width(&text[at..])));
                    }
                }
                Token::Star => {
                    if next.is_some_and(|byte| byte != b'/') {
                        open.push((token, at + 1));
                    }
                    open.push((token + 1, at));
                }
                Token::Folders => {
                    let slashes = (at..text.len()).filter(|&i| text[i] == b'/');
                    open.extend(slashes.map(|slash| (token + 1, slash + 1)));
                    open.push((token + 1, at));
                }
                Token::Everything => {
                    if next.is_some() {
                        open.push((token, at + 1));
                    }
                    open.push((token + 1, at));
                }
            }
        }
        false
    }

    /// How much of `rest` one `?` takes.
    fn width(&self, rest: &[u8]) -> usize {
        match self.dialect {
            Dialect::Git => 1,
            Dialect::Docker => 1 + rest[1..].iter().take_while(|&&b| b & 0xc0 == 0x80).count(),
        }
    }
}

fn literal(tokens: &mut Vec<Token>, byte: u8) {
    if let Some(Token::Literal(bytes)) = tokens.last_mut() {
        bytes.push(byte);
    } else {
        tokens.push(Token::Literal(vec![byte]));
    }
}

fn double_star(
    rest: &[u8],
    starts_folder: bool,
    starts_pattern: bool,
    dialect: Dialect,
) -> (Token, usize) {
    let stars = rest.iter().take_while(|&&b| b == b'*').count();
    let after = rest.get(stars);
    match dialect {
        Dialect::Git if stars == 2 && starts_folder => match after {
            Some(b'/') => (Token::Folders, 3),
            None => (Token::Everything, 2),
            Some(_) => (Token::Star, stars),
        },
        Dialect::Git => (Token::Star, stars),
        Dialect::Docker => match rest.get(2) {
            Some(b'/') => (Token::Folders, 3),
            None => (Token::Everything, 2),
            // moby: a suffix of any path at the pattern's start, else whole folders.
            Some(_) if starts_pattern => (Token::Everything, 2),
            Some(_) => (Token::Folders, 2),
        },
    }
}

/// A bracket expression and its length. Git knows `!` besides `^`, and names such as `[:alpha:]`.
fn class(rest: &[u8], dialect: Dialect) -> Option<(Token, usize)> {
    let mut at = 1;
    let negated = match rest.get(at)? {
        b'^' => true,
        b'!' => dialect == Dialect::Git,
        _ => false,
    };
    at += usize::from(negated);
    let start = at;
    let mut ranges = Vec::new();
    loop {
        match *rest.get(at)? {
            b']' if at > start => return Some((Token::Class { negated, ranges }, at + 1)),
            b'[' if dialect == Dialect::Git && rest.get(at + 1) == Some(&b':') => {
                let name = &rest[at + 2..];
                let end = name.windows(2).position(|pair| pair == b":]")?;
                ranges.extend_from_slice(named(&name[..end])?);
                at += end + 4;
            }
            _ => {
                let (low, length) = class_byte(&rest[at..])?;
                at += length;
                let is_range = rest.get(at) == Some(&b'-') && *rest.get(at + 1)? != b']';
                if is_range {
                    let (high, length) = class_byte(&rest[at + 1..])?;
                    at += 1 + length;
                    ranges.push((low, high));
                } else {
                    ranges.push((low, low));
                }
            }
        }
    }
}

fn class_byte(rest: &[u8]) -> Option<(u8, usize)> {
    match rest {
        [b'\\', byte, ..] => Some((*byte, 2)),
        [byte, ..] => Some((*byte, 1)),
        [] => None,
    }
}

fn named(name: &[u8]) -> Option<&'static [(u8, u8)]> {
    Some(match name {
        b"alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
        b"alpha" => &[(b'A', b'Z'), (b'a', b'z')],
        b"blank" => &[(b' ', b' '), (b'\t', b'\t')],
        b"cntrl" => &[(0, 31), (127, 127)],
        b"digit" => &[(b'0', b'9')],
        b"graph" => &[(33, 126)],
        b"lower" => &[(b'a', b'z')],
        b"print" => &[(32, 126)],
        b"punct" => &[(33, 47), (58, 64), (91, 96), (123, 126)],
        b"space" => &[(9, 13), (b' ', b' ')],
        b"upper" => &[(b'A', b'Z')],
        b"xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
        _ => return None,
    })
}
