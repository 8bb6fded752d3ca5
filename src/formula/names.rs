//! The parser's part that reads names: values, indices, calls, running sums.

use super::error::{Fallible, FormulaError, Remedy, fail, nearest};
use super::lexer::Token;
use super::op;
use super::parser::Parser;
use super::scope::{is_constant, is_letter};
use super::syntax::{Expr, ExprId, Symbol};
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn name(&mut self) -> Fallible<ExprId> {
        let token = self.next;
        let at = self.step();
        let name = self.slice(at.clone());
        if self.is_callable(name) {
            return self.call(token, name);
        }
        let symbol = self.tree.intern(name);
        if self.peek() == Token::OpenIndex {
            if name != "x" && self.scope.column(name).is_none() {
                return fail(at, format!("'{name}' has no index: x[i] and the columns of a sample table have"));
            }
            self.step();
            self.deeper()?;
            let index = self.sum()?;
            self.depth -= 1;
            let close = self.close(Token::CloseIndex, "']'", "an operator or ")?;
            return Ok(self.tree.add(Expr::Index(symbol, index), at.start..close.end));
        }
        if !self.is_value(name, symbol) {
            let remedy = self.remedy(name);
            return fail(at, self.unknown(name)).map_err(|error: Box<FormulaError>| Box::new(FormulaError { remedy, ..*error }));
        }
        Ok(self.tree.add(Expr::Name(symbol), at))
    }

    fn is_callable(&self, name: &str) -> bool {
        op::is_function(name) || self.tree.definitions.iter().any(|d| d.arguments.is_some() && self.tree.name(d.name) == name)
    }

    fn is_value(&self, name: &str, symbol: Symbol) -> bool {
        self.locals.contains(&symbol)
            || is_constant(name)
            || self.scope.variable(name).is_some()
            || self.scope.parameter(name).is_some()
            || self.scope.column(name).is_some()
            || self.tree.definitions.iter().any(|d| d.name == symbol)
    }

    /// What would give the unknown `name` a meaning as a number.
    fn remedy(&self, name: &str) -> Option<Remedy> {
        if let Some(n) = self.scope.dimension_of(name) {
            return Some(Remedy::Dimension(n));
        }
        let call = self.peek() == Token::Open;
        let known = self.scope.is_reserved(name) || self.product_of_variables(name) || is_letter(name);
        let defining = self.defining.is_some_and(|d| self.tree.name(d) == name);
        (!call && !known && !defining).then(|| Remedy::Parameter(name.to_owned()))
    }

    fn product_of_variables(&self, name: &str) -> bool {
        name.chars().count() > 1 && name.chars().all(|letter| self.scope.variable(letter.encode_utf8(&mut [0; 4])).is_some())
    }

    fn unknown(&self, name: &str) -> String {
        if self.product_of_variables(name) {
            let letters: Vec<String> = name.chars().map(String::from).collect();
            return format!("unknown name '{name}': for a product write {}", letters.join("*"));
        }
        if is_letter(name) {
            let (n, last) = (self.scope.dim, self.scope.dim);
            return format!("'{name}' is no variable in dimension {n}: the variables are x1 to x{last}");
        }
        let variables = || match self.scope.dim {
            1 => "x".to_owned(),
            2 => "x and y".to_owned(),
            3 => "x, y and z".to_owned(),
            n => format!("x1 to x{n}"),
        };
        let numbered = name.strip_prefix('x').and_then(|k| k.parse::<usize>().ok());
        if let Some(k) = numbered.filter(|k| *k > self.scope.dim) {
            let n = self.scope.dim;
            return format!("'{name}' is no variable in dimension {n}, which has {}: take dimension {k} or more", variables());
        }
        let call = self.peek() == Token::Open;
        let tree = &self.tree;
        let values = (self.scope.parameters.iter().map(String::as_str))
            .chain(self.locals.iter().map(|s| tree.name(*s)))
            .chain(self.scope.table.iter().flat_map(|t| t.columns().iter().map(|c| c.0.as_str())))
            .chain(tree.definitions.iter().map(|d| tree.name(d.name)))
            .chain(["pi", "e", "x", "y", "z"].into_iter().filter(|k| is_constant(k) || self.scope.variable(k).is_some()));
        let kind = if call { "function" } else { "name" };
        match nearest(name, values.chain(op::functions().map(|f| -> &str { f }))) {
            _ if self.defining.is_some_and(|d| tree.name(d) == name) => format!("'{name}' cannot stand in its own definition"),
            Some(near) => format!("unknown {kind} '{name}': did you mean '{near}'?"),
            None if call => format!("unknown function '{name}'"),
            None => format!("unknown name '{name}': the variables are {}", variables()),
        }
    }

    /// The function's name is taken; the exponent of `sin^2(x)` and the arguments follow.
    fn call(&mut self, token: usize, name: &str) -> Fallible<ExprId> {
        let start = self.tokens[token].at.start;
        let exponent = self.function_exponent();
        if self.peek() != Token::Open {
            return self.unexpected("'('");
        }
        self.step();
        self.deeper()?;
        let mut id = match name {
            "sum" | "prod" => self.running(name == "prod", start)?,
            _ => {
                let mut arguments = Vec::new();
                loop {
                    arguments.push(self.any()?);
                    if !self.take(Token::Comma) {
                        break;
                    }
                }
                let close = self.close(Token::Close, "')'", "',' or ")?;
                self.apply(name, arguments, start..close.end)?
            }
        };
        self.depth -= 1;
        if let Some((k, at)) = exponent {
            let exponent = self.tree.add(Expr::Number(k), at);
            let at = self.tree.span(id);
            id = self.tree.add(Expr::Power(id, exponent), at);
        }
        Ok(id)
    }

    fn function_exponent(&mut self) -> Option<(f64, Range<usize>)> {
        match (self.peek(), self.after(1), self.after(2)) {
            (Token::Superscript(k), Token::Open, _) => Some((f64::from(k), self.step())),
            (Token::Caret, Token::Number(k), Token::Open) => {
                self.step();
                Some((k, self.step()))
            }
            _ => None,
        }
    }

    fn apply(&mut self, name: &str, arguments: Vec<ExprId>, at: Range<usize>) -> Fallible<ExprId> {
        let count = arguments.len();
        let symbol = self.tree.intern(name);
        let defined = self.tree.definitions.iter().find(|d| d.name == symbol).and_then(|d| d.arguments.as_ref());
        let (needed, right) = match (name, defined) {
            (_, Some(names)) => (names.len(), count == names.len()),
            ("if", _) => (3, count == 3),
            ("min" | "max", _) => (2, count >= 2),
            _ if op::BINARY.iter().any(|f| f.0 == name) => (2, count == 2),
            _ => (1, count == 1),
        };
        if !right {
            let (least, s) = (if matches!(name, "min" | "max") { "at least " } else { "" }, if needed == 1 { "" } else { "s" });
            return fail(at, format!("'{name}' takes {least}{needed} argument{s}, not {count}"));
        }
        if name == "mean" {
            if self.scope.table.is_none() {
                return fail(at, "mean(…) runs over the rows of a sample table, and this problem has none");
            }
            return Ok(self.tree.add(Expr::Mean(arguments[0]), at));
        }
        Ok(self.tree.add(Expr::Call(symbol, arguments), at))
    }

    /// `i, from, to, body)` of a sum or product.
    fn running(&mut self, product: bool, start: usize) -> Fallible<ExprId> {
        if self.peek() != Token::Name || self.after(1) != Token::Comma {
            return self.unexpected("the name of a running index and ','");
        }
        let token = self.next;
        self.next += 2;
        let from = self.any()?;
        self.close(Token::Comma, "','", "an operator or ")?;
        let to = self.any()?;
        self.close(Token::Comma, "','", "an operator or ")?;
        let variable = self.bind(token)?;
        let body = self.any()?;
        self.locals.pop();
        let close = self.close(Token::Close, "')'", "an operator or ")?;
        Ok(self.tree.add(Expr::Loop { product, variable, from, to, body }, start..close.end))
    }
}
