//! Text to tokens.

use super::error::{Fallible, fail};
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name,
    Plus,
    Minus,
    Star,
    Slash,
    Caret,
    /// `²`, `³`: a power in one character.
    Superscript(u8),
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Semicolon,
    Define,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Not,
    End,
}

#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) at: Range<usize>,
}

/// Splits the text; the last token is [`Token::End`].
pub(super) fn tokens(text: &str) -> Fallible<Vec<Spanned>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = match c {
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '0'..='9' | '.' => number(rest, at)?,
            'π' => (Token::Name, c.len_utf8()),
            _ if starts_name(c) => (Token::Name, rest.find(|c| !continues_name(c)).unwrap_or(rest.len())),
            _ => match symbol(rest, c) {
                Some(found) => found,
                None => return fail(at..at + c.len_utf8(), format!("a formula cannot contain {c:?}")),
            },
        };
        out.push(Spanned { token, at: at..at + length });
        at += length;
    }
    out.push(Spanned { token: Token::End, at: text.len()..text.len() });
    Ok(out)
}

fn starts_name(c: char) -> bool {
    (c.is_alphabetic() && c != 'π') || c == '_'
}

fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_ascii_digit()
}

/// Whether `text` can be a name of a parameter, a column or a definition.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(starts_name) && text.chars().all(continues_name)
}

fn symbol(rest: &str, c: char) -> Option<(Token, usize)> {
    const PAIRS: [(&str, Token); 7] = [
        ("**", Token::Caret),
        ("<=", Token::LessEqual),
        (">=", Token::GreaterEqual),
        ("==", Token::Equal),
        ("!=", Token::NotEqual),
        ("&&", Token::And),
        ("||", Token::Or),
    ];
    if let Some((pair, token)) = PAIRS.iter().find(|(pair, _)| rest.starts_with(pair)) {
        return Some((*token, pair.len()));
    }
    let token = match c {
        '+' => Token::Plus,
        '-' | '−' | '–' => Token::Minus,
        '*' | '·' | '⋅' | '∙' | '×' => Token::Star,
        '/' | '÷' => Token::Slash,
        '^' => Token::Caret,
        '²' => Token::Superscript(2),
        '³' => Token::Superscript(3),
        '(' => Token::Open,
        ')' => Token::Close,
        '[' => Token::OpenIndex,
        ']' => Token::CloseIndex,
        ',' => Token::Comma,
        ';' => Token::Semicolon,
        '=' => Token::Define,
        '<' => Token::Less,
        '>' => Token::Greater,
        '≤' => Token::LessEqual,
        '≥' => Token::GreaterEqual,
        '≠' => Token::NotEqual,
        '!' => Token::Not,
        _ => return None,
    };
    Some((token, c.len_utf8()))
}

/// Digits, a point, digits, and an exponent where digits follow the `e` (`2e` is 2 times e).
fn number(rest: &str, at: usize) -> Fallible<(Token, usize)> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let whole = end;
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
        if whole == 0 && end == 1 {
            return fail(at..at + 1, "expected a digit before or after '.'");
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = end + 1 + sign;
        if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
            end = digits(exponent);
        }
    }
    match rest[..end].parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), end)),
        _ => fail(at..at + end, "this number is too large: the largest is about 1.8e308"),
    }
}
