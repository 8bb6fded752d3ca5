//! Tokens to syntax tree: recursive descent over the parentheses, loops over chains.
//!
//! ```text
//! formula := { name [ "(" names ")" ] "=" any ";" } any
//! any     := all { "||" all }          all     := compare { "&&" compare }
//! compare := sum [ relation sum ]      sum     := product { ("+"|"-") product }
//! product := unary { ("*"|"/") unary | power }     (a name or a parenthesis after a factor multiplies)
//! unary   := { "-" | "+" | "!" } power   power := primary [ "^" unary ]
//! primary := number | name | name "[" sum "]" | name "(" anys ")" | function "^" number "(" anys ")" | "(" any ")"
//! ```

use super::error::{Fallible, expected, fail};
use super::lexer::{Spanned, Token, tokens};
use super::op;
use super::scope::{MAX_TEXT, Scope, is_constant};
use super::syntax::{Comparison, Definition, Expr, ExprId, Symbol, Tree};
use std::ops::Range;

/// Deepest nesting of parentheses, powers and calls.
pub(super) const MAX_NESTING: usize = 200;

const OPERAND: &str = "a number, a name or '('";

pub(super) fn parse(text: &str, scope: &Scope) -> Fallible<Tree> {
    if text.len() > MAX_TEXT {
        return fail(MAX_TEXT..text.len(), format!("the formula is too long: {} bytes, at most {MAX_TEXT}", text.len()));
    }
    let mut parser = Parser {
        text,
        scope,
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        tree: Tree::default(),
        locals: Vec::new(),
        defining: None,
    };
    while let Some(definition) = parser.definition()? {
        parser.tree.definitions.push(definition);
    }
    parser.tree.root = parser.any()?;
    match parser.peek() {
        Token::End => Ok(parser.tree),
        _ => parser.unexpected("an operator or the end"),
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    pub(super) scope: &'a Scope,
    pub(super) tokens: Vec<Spanned>,
    pub(super) next: usize,
    pub(super) depth: usize,
    pub(super) tree: Tree,
    /// Names bound by the enclosing `sum`, `prod` or definition.
    pub(super) locals: Vec<Symbol>,
    /// The definition that is being read.
    pub(super) defining: Option<Symbol>,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Token {
        self.tokens[self.next].token
    }

    pub(super) fn after(&self, ahead: usize) -> Token {
        self.tokens[(self.next + ahead).min(self.tokens.len() - 1)].token
    }

    pub(super) fn at(&self) -> Range<usize> {
        self.tokens[self.next].at.clone()
    }

    pub(super) fn step(&mut self) -> Range<usize> {
        let at = self.at();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        at
    }

    pub(super) fn take(&mut self, token: Token) -> bool {
        let found = self.peek() == token;
        if found {
            self.step();
        }
        found
    }

    pub(super) fn slice(&self, at: Range<usize>) -> &'a str {
        self.text.get(at).unwrap_or("")
    }

    /// "expected … after '…'", or what stands there instead.
    pub(super) fn unexpected<T>(&self, what: &str) -> Fallible<T> {
        let found = self.slice(self.at());
        let previous = self.next.checked_sub(1).map(|i| self.slice(self.tokens[i].at.clone()));
        let rest = match (self.peek(), previous) {
            (Token::End, None) => "in an empty formula".to_owned(),
            (Token::End, Some(previous)) => format!("after '{previous}', at the end"),
            (Token::Define, _) => "before '=': to compare write '=='".to_owned(),
            (_, Some(previous)) => format!("after '{previous}', not '{found}'"),
            (_, None) => format!("instead of '{found}'"),
        };
        expected(self.at(), what, &rest)
    }

    pub(super) fn close(&mut self, token: Token, sign: &str, what: &str) -> Fallible<Range<usize>> {
        if self.peek() == token { Ok(self.step()) } else { self.unexpected(&format!("{what}{sign}")) }
    }

    pub(super) fn deeper(&mut self) -> Fallible<()> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return fail(self.at(), format!("the formula is nested too deeply: at most {MAX_NESTING} levels"));
        }
        Ok(())
    }

    fn joined(&self, first: ExprId, last: ExprId) -> Range<usize> {
        self.tree.span(first).start..self.tree.span(last).end
    }

    fn definition(&mut self) -> Fallible<Option<Definition>> {
        if self.peek() != Token::Name {
            return Ok(None);
        }
        let mut arguments = Vec::new();
        let mut ahead = 1;
        if self.after(1) == Token::Open {
            loop {
                if self.after(ahead + 1) != Token::Name {
                    return Ok(None);
                }
                arguments.push(self.next + ahead + 1);
                ahead += 3;
                match self.after(ahead - 1) {
                    Token::Comma => ahead -= 1,
                    Token::Close => break,
                    _ => return Ok(None),
                }
            }
        }
        if self.after(ahead) != Token::Define {
            return Ok(None);
        }
        let at = self.at();
        let name = self.slice(at.clone());
        if self.scope.is_reserved(name) || self.scope.parameter(name).is_some() || self.scope.column(name).is_some() {
            return fail(at, format!("'{name}' already has a meaning: choose another name to define"));
        }
        let name = self.tree.intern(name);
        if self.tree.definitions.iter().any(|d| d.name == name) {
            return fail(at, format!("'{}' is defined twice", self.tree.name(name)));
        }
        self.locals.clear();
        for token in &arguments {
            self.bind(*token)?;
        }
        self.next += ahead + 1;
        self.defining = Some(name);
        let body = self.any()?;
        self.defining = None;
        self.close(Token::Semicolon, "';'", "an operator or ")?;
        let arguments = (!arguments.is_empty()).then(|| std::mem::take(&mut self.locals));
        self.locals.clear();
        Ok(Some(Definition { name, arguments, body }))
    }

    /// Makes the name of a token a local name.
    pub(super) fn bind(&mut self, token: usize) -> Fallible<Symbol> {
        let at = self.tokens[token].at.clone();
        let name = self.slice(at.clone());
        let defined = self.tree.definitions.iter().any(|d| self.tree.name(d.name) == name && d.arguments.is_some());
        if op::is_function(name) || is_constant(name) || defined {
            return fail(at, format!("'{name}' already has a meaning: choose another name"));
        }
        let symbol = self.tree.intern(name);
        self.locals.push(symbol);
        Ok(symbol)
    }

    pub(super) fn any(&mut self) -> Fallible<ExprId> {
        self.deeper()?;
        let first = self.all()?;
        let id = self.chain(first, Token::Or)?;
        self.depth -= 1;
        Ok(id)
    }

    fn all(&mut self) -> Fallible<ExprId> {
        let first = self.compare()?;
        self.chain(first, Token::And)
    }

    fn chain(&mut self, first: ExprId, token: Token) -> Fallible<ExprId> {
        let mut list = vec![first];
        while self.take(token) {
            list.push(if token == Token::Or { self.all()? } else { self.compare()? });
        }
        let at = self.joined(first, list[list.len() - 1]);
        Ok(match (list.len(), token) {
            (1, _) => first,
            (_, Token::Or) => self.tree.add(Expr::Any(list), at),
            _ => self.tree.add(Expr::All(list), at),
        })
    }

    fn relation(&self) -> Option<Comparison> {
        Some(match self.peek() {
            Token::Less => Comparison::Less,
            Token::LessEqual => Comparison::LessEqual,
            Token::Greater => Comparison::Greater,
            Token::GreaterEqual => Comparison::GreaterEqual,
            Token::Equal => Comparison::Equal,
            Token::NotEqual => Comparison::NotEqual,
            _ => return None,
        })
    }

    fn compare(&mut self) -> Fallible<ExprId> {
        let left = self.sum()?;
        let Some(relation) = self.relation() else { return Ok(left) };
        self.step();
        let right = self.sum()?;
        if self.relation().is_some() {
            return fail(self.at(), "comparisons do not chain: write (a < b) && (b < c)");
        }
        let at = self.joined(left, right);
        Ok(self.tree.add(Expr::Compare(relation, left, right), at))
    }

    pub(super) fn sum(&mut self) -> Fallible<ExprId> {
        let first = self.product()?;
        let mut list = vec![(false, first)];
        while let Token::Plus | Token::Minus = self.peek() {
            let minus = self.peek() == Token::Minus;
            self.step();
            list.push((minus, self.product()?));
        }
        let at = self.joined(first, list[list.len() - 1].1);
        Ok(if list.len() == 1 { first } else { self.tree.add(Expr::Sum(list), at) })
    }

    fn product(&mut self) -> Fallible<ExprId> {
        let first = self.unary()?;
        let mut list = vec![(false, first)];
        loop {
            match self.peek() {
                Token::Star | Token::Slash => {
                    let over = self.peek() == Token::Slash;
                    self.step();
                    list.push((over, self.unary()?));
                }
                Token::Name | Token::Open => list.push((false, self.power()?)),
                Token::Number(_) => return self.unexpected("an operator"),
                _ => break,
            }
        }
        let at = self.joined(first, list[list.len() - 1].1);
        Ok(if list.len() == 1 { first } else { self.tree.add(Expr::Product(list), at) })
    }

    fn unary(&mut self) -> Fallible<ExprId> {
        let mut signs = Vec::new();
        while let Token::Minus | Token::Plus | Token::Not = self.peek() {
            signs.push((self.peek(), self.at().start));
            if signs.len() > MAX_NESTING {
                return fail(self.at(), format!("the formula is nested too deeply: at most {MAX_NESTING} levels"));
            }
            self.step();
        }
        let mut id = self.power()?;
        for (sign, start) in signs.into_iter().rev() {
            let at = start..self.tree.span(id).end;
            id = match sign {
                Token::Minus => self.tree.add(Expr::Negative(id), at),
                Token::Not => self.tree.add(Expr::Not(id), at),
                _ => id,
            };
        }
        Ok(id)
    }

    fn power(&mut self) -> Fallible<ExprId> {
        let base = self.primary()?;
        if let Token::Superscript(k) = self.peek() {
            let at = self.step();
            let exponent = self.tree.add(Expr::Number(f64::from(k)), at);
            let at = self.joined(base, exponent);
            let id = self.tree.add(Expr::Power(base, exponent), at);
            return match self.peek() {
                Token::Superscript(_) | Token::Caret => self.unexpected("an operator"),
                _ => Ok(id),
            };
        }
        if !self.take(Token::Caret) {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.unary()?;
        self.depth -= 1;
        let at = self.joined(base, exponent);
        Ok(self.tree.add(Expr::Power(base, exponent), at))
    }

    fn primary(&mut self) -> Fallible<ExprId> {
        match self.peek() {
            Token::Number(value) => {
                let at = self.step();
                Ok(self.tree.add(Expr::Number(value), at))
            }
            Token::Open => {
                let open = self.step();
                let id = self.any()?;
                let close = self.close(Token::Close, "')'", "an operator or ")?;
                self.tree.spans[id as usize] = open.start..close.end;
                Ok(id)
            }
            Token::Name => self.name(),
            _ => self.unexpected(OPERAND),
        }
    }
}
