//! The syntax tree: what was written, before names mean anything.

use std::ops::Range;

/// An expression in the tree's arena.
pub(super) type ExprId = u32;
/// An interned name.
pub(super) type Symbol = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

impl Comparison {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }
}

/// Chains are lists, so the depth of a tree is the depth of its parentheses.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Number(f64),
    Name(Symbol),
    Index(Symbol, ExprId),
    Negative(ExprId),
    Not(ExprId),
    /// Terms; `true` subtracts.
    Sum(Vec<(bool, ExprId)>),
    /// Factors; `true` divides.
    Product(Vec<(bool, ExprId)>),
    Power(ExprId, ExprId),
    Compare(Comparison, ExprId, ExprId),
    All(Vec<ExprId>),
    Any(Vec<ExprId>),
    Call(Symbol, Vec<ExprId>),
    /// `sum` (or `prod` when the flag is set) over a whole-number variable.
    Loop {
        product: bool,
        variable: Symbol,
        from: ExprId,
        to: ExprId,
        body: ExprId,
    },
    Mean(ExprId),
}

#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: Symbol,
    /// `None` for a value, the arguments for a function.
    pub(super) arguments: Option<Vec<Symbol>>,
    pub(super) body: ExprId,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) exprs: Vec<Expr>,
    pub(super) spans: Vec<Range<usize>>,
    pub(super) symbols: Vec<String>,
    pub(super) definitions: Vec<Definition>,
    pub(super) root: ExprId,
}

impl Tree {
    pub(super) fn add(&mut self, expr: Expr, at: Range<usize>) -> ExprId {
        self.exprs.push(expr);
        self.spans.push(at);
        (self.exprs.len() - 1) as ExprId
    }

    pub(super) fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id as usize]
    }

    pub(super) fn span(&self, id: ExprId) -> Range<usize> {
        self.spans[id as usize].clone()
    }

    pub(super) fn name(&self, symbol: Symbol) -> &str {
        &self.symbols[symbol as usize]
    }

    pub(super) fn intern(&mut self, name: &str) -> Symbol {
        match self.symbols.iter().position(|s| s == name) {
            Some(found) => found as Symbol,
            None => {
                self.symbols.push(name.to_owned());
                (self.symbols.len() - 1) as Symbol
            }
        }
    }
}

#[cfg(test)]
impl Tree {
    /// The expression with its parts written out: equal for trees that differ in their arenas alone.
    pub(super) fn shape(&self, id: ExprId) -> String {
        let list = |ids: &[ExprId]| ids.iter().map(|id| self.shape(*id)).collect::<Vec<_>>().join(" ");
        let signed = |terms: &[(bool, ExprId)]| {
            terms.iter().map(|(s, id)| format!("{s} {}", self.shape(*id))).collect::<Vec<_>>().join(" ")
        };
        match self.expr(id) {
            Expr::Number(v) => format!("{v:?}"),
            Expr::Name(s) => self.name(*s).to_owned(),
            Expr::Index(s, i) => format!("(index {} {})", self.name(*s), self.shape(*i)),
            Expr::Negative(a) => format!("(neg {})", self.shape(*a)),
            Expr::Not(a) => format!("(not {})", self.shape(*a)),
            Expr::Sum(terms) => format!("(sum {})", signed(terms)),
            Expr::Product(factors) => format!("(product {})", signed(factors)),
            Expr::Power(a, b) => format!("(power {})", list(&[*a, *b])),
            Expr::Compare(c, a, b) => format!("({c:?} {})", list(&[*a, *b])),
            Expr::All(ids) => format!("(all {})", list(ids)),
            Expr::Any(ids) => format!("(any {})", list(ids)),
            Expr::Call(s, ids) => format!("(call {} {})", self.name(*s), list(ids)),
            Expr::Loop { product, variable, from, to, body } => {
                format!("(loop {product} {} {})", self.name(*variable), list(&[*from, *to, *body]))
            }
            Expr::Mean(body) => format!("(mean {})", self.shape(*body)),
        }
    }
}
