//! Syntax tree to graph: names get their meaning, definitions are expanded, sums and products unrolled.

use super::error::{Fallible, fail};
use super::graph::{Graph, MAX_NODES, Node, NodeId};
use super::op::{self, Binary, Unary};
use super::scope::Scope;
use super::syntax::{Expr, ExprId, Symbol, Tree};

/// Most expressions visited while unrolling.
const MAX_VISITS: usize = 500_000;
/// Most terms of one sum or product.
const MAX_TERMS: i64 = 100_000;
/// Deepest expansion of definitions within definitions.
const MAX_DEPTH: usize = 800;

pub(super) fn lower(tree: &Tree, scope: &Scope) -> Fallible<(Graph, NodeId)> {
    let mut lowering = Lowering { tree, scope, graph: Graph::default(), locals: Vec::new(), visits: 0, depth: 0, in_mean: false };
    // Definitions that the formula does not use must make sense all the same.
    for definition in &tree.definitions {
        let unit = lowering.graph.constant(1.0);
        lowering.locals = definition.arguments.iter().flatten().map(|a| (*a, unit)).collect();
        lowering.in_mean = scope.table.is_some() && !contains_mean(tree, definition.body);
        lowering.expr(definition.body)?;
        lowering.locals.clear();
    }
    lowering.graph = Graph::default();
    lowering.in_mean = false;
    lowering.visits = 0;
    let root = lowering.expr(tree.root)?;
    Ok((lowering.graph, root))
}

fn contains_mean(tree: &Tree, root: ExprId) -> bool {
    let mut stack = vec![root];
    let mut budget = MAX_VISITS;
    while let Some(id) = stack.pop() {
        budget = budget.saturating_sub(1);
        match tree.expr(id) {
            Expr::Mean(_) => return true,
            _ if budget == 0 => return false,
            Expr::Number(_) => {}
            Expr::Name(s) => stack.extend(tree.definitions.iter().find(|d| d.name == *s).map(|d| d.body)),
            Expr::Index(_, a) | Expr::Negative(a) | Expr::Not(a) => stack.push(*a),
            Expr::Sum(list) | Expr::Product(list) => stack.extend(list.iter().map(|t| t.1)),
            Expr::Power(a, b) | Expr::Compare(_, a, b) => stack.extend([a, b]),
            Expr::All(list) | Expr::Any(list) => stack.extend(list),
            Expr::Call(s, list) => {
                stack.extend(list);
                stack.extend(tree.definitions.iter().find(|d| d.name == *s).map(|d| d.body));
            }
            Expr::Loop { from, to, body, .. } => stack.extend([from, to, body]),
        }
    }
    false
}

struct Lowering<'a> {
    tree: &'a Tree,
    scope: &'a Scope,
    graph: Graph,
    /// Running indices and arguments, innermost last.
    locals: Vec<(Symbol, NodeId)>,
    visits: usize,
    depth: usize,
    in_mean: bool,
}

impl Lowering<'_> {
    fn expr(&mut self, id: ExprId) -> Fallible<NodeId> {
        self.visits += 1;
        self.depth += 1;
        if self.graph.full || self.visits > MAX_VISITS {
            return fail(
                self.tree.span(id),
                format!("the formula is too large: unrolled it has more than {MAX_NODES} operations"),
            );
        }
        if self.depth > MAX_DEPTH {
            return fail(self.tree.span(id), "the definitions of the formula are nested too deeply");
        }
        let tree = self.tree;
        let node = match tree.expr(id) {
            Expr::Number(value) => self.graph.constant(*value),
            Expr::Name(symbol) => self.name(id, *symbol)?,
            Expr::Index(symbol, index) => self.index(id, *symbol, *index)?,
            Expr::Negative(a) => {
                let a = self.expr(*a)?;
                self.graph.unary(Unary::Neg, a)
            }
            Expr::Not(a) => {
                let a = self.expr(*a)?;
                self.graph.unary(Unary::Not, a)
            }
            Expr::Sum(list) => self.chain(list, Binary::Add, Binary::Sub)?,
            Expr::Product(list) => self.chain(list, Binary::Mul, Binary::Div)?,
            Expr::Power(a, b) => self.two(Binary::Pow, *a, *b)?,
            Expr::Compare(relation, a, b) => self.two(Binary::Compare(*relation), *a, *b)?,
            Expr::All(list) => self.fold(Binary::And, list)?,
            Expr::Any(list) => self.fold(Binary::Or, list)?,
            Expr::Call(symbol, arguments) => self.call(*symbol, arguments)?,
            Expr::Loop { product, variable, from, to, body } => self.running(*product, *variable, [*from, *to], *body)?,
            Expr::Mean(body) => self.mean(id, *body)?,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn two(&mut self, op: Binary, a: ExprId, b: ExprId) -> Fallible<NodeId> {
        let a = self.expr(a)?;
        let b = self.expr(b)?;
        Ok(self.graph.binary(op, a, b))
    }

    fn chain(&mut self, list: &[(bool, ExprId)], op: Binary, inverse: Binary) -> Fallible<NodeId> {
        let mut out = None;
        for (inverted, term) in list {
            let term = self.expr(*term)?;
            out = Some(match out {
                None => term,
                Some(sum) => self.graph.binary(if *inverted { inverse } else { op }, sum, term),
            });
        }
        Ok(out.unwrap_or_default())
    }

    fn fold(&mut self, op: Binary, list: &[ExprId]) -> Fallible<NodeId> {
        let mut out = None;
        for term in list {
            let term = self.expr(*term)?;
            out = Some(match out {
                None => term,
                Some(sum) => self.graph.binary(op, sum, term),
            });
        }
        Ok(out.unwrap_or_default())
    }

    #[inline(never)]
    fn name(&mut self, id: ExprId, symbol: Symbol) -> Fallible<NodeId> {
        if let Some((_, node)) = self.locals.iter().rev().find(|l| l.0 == symbol) {
            return Ok(*node);
        }
        let name = self.tree.name(symbol);
        let column = self.scope.column(name);
        if let (Some((first, width)), true) = (column, self.in_mean) {
            if width > 1 {
                return fail(self.tree.span(id), format!("'{name}' has {width} columns: write {name}[1] to {name}[{width}]"));
            }
            return Ok(self.graph.leaf(Node::Column(first as u32)));
        }
        if let Some(definition) = self.tree.definitions.iter().find(|d| d.name == symbol && d.arguments.is_none()) {
            let locals = std::mem::take(&mut self.locals);
            let node = self.expr(definition.body)?;
            self.locals = locals;
            return Ok(node);
        }
        if let Some(i) = self.scope.variable(name) {
            return Ok(self.graph.leaf(Node::Variable(i as u32)));
        }
        if let Some(i) = self.scope.parameter(name) {
            return Ok(self.graph.leaf(Node::Parameter(i as u32)));
        }
        let constant = match name {
            "pi" | "π" => std::f64::consts::PI,
            "e" => std::f64::consts::E,
            "n" => self.scope.dim as f64,
            _ if column.is_some() => {
                return fail(
                    self.tree.span(id),
                    format!("'{name}' is a column of the sample table: it has a meaning only inside mean(…)"),
                );
            }
            _ => return fail(self.tree.span(id), format!("unknown name '{name}'")),
        };
        Ok(self.graph.constant(constant))
    }

    #[inline(never)]
    fn index(&mut self, id: ExprId, symbol: Symbol, index: ExprId) -> Fallible<NodeId> {
        let at = self.tree.span(index);
        let i = self.whole(index, "an index")?;
        let name = self.tree.name(symbol);
        let column = self.scope.column(name);
        let (first, count, is_column) = match column {
            Some((first, width)) if self.in_mean => (first, width, true),
            _ if name == "x" => (0, self.scope.dim, false),
            _ => {
                return fail(
                    self.tree.span(id),
                    format!("'{name}' is a column of the sample table: it has a meaning only inside mean(…)"),
                );
            }
        };
        if i < 1 || i as u64 > count as u64 {
            return fail(at, format!("{name}[{i}] does not exist: the index runs from 1 to {count}"));
        }
        let i = (first + i as usize - 1) as u32;
        Ok(self.graph.leaf(if is_column { Node::Column(i) } else { Node::Variable(i) }))
    }

    /// The value of an expression that must be a whole number by now.
    fn whole(&mut self, id: ExprId, what: &str) -> Fallible<i64> {
        let node = self.expr(id)?;
        match self.graph.as_constant(node) {
            Some(v) if v == v.round() && v.abs() < 1e9 => Ok(v as i64),
            Some(v) => fail(self.tree.span(id), format!("{what} must be a whole number, not {v}")),
            None => fail(self.tree.span(id), format!("{what} must be a whole number made of numbers, n and running indices")),
        }
    }

    #[inline(never)]
    fn call(&mut self, symbol: Symbol, arguments: &[ExprId]) -> Fallible<NodeId> {
        let name = self.tree.name(symbol);
        let definition = self.tree.definitions.iter().find(|d| d.name == symbol);
        if let Some((definition, names)) = definition.and_then(|d| Some((d, d.arguments.as_ref()?))) {
            let mut values = Vec::with_capacity(arguments.len());
            for (name, argument) in names.iter().zip(arguments) {
                values.push((*name, self.expr(*argument)?));
            }
            let locals = std::mem::replace(&mut self.locals, values);
            let node = self.expr(definition.body)?;
            self.locals = locals;
            return Ok(node);
        }
        if let Some((_, op)) = op::UNARY.iter().find(|f| f.0 == name) {
            let a = self.expr(arguments[0])?;
            return Ok(self.graph.unary(*op, a));
        }
        if let Some((_, op)) = op::BINARY.iter().find(|f| f.0 == name) {
            return self.fold(*op, arguments);
        }
        let mut node = [0; 3];
        for (node, argument) in node.iter_mut().zip(arguments) {
            *node = self.expr(*argument)?;
        }
        Ok(self.graph.select(node[0], node[1], node[2]))
    }

    #[inline(never)]
    fn running(&mut self, product: bool, variable: Symbol, bounds: [ExprId; 2], body: ExprId) -> Fallible<NodeId> {
        let what = if product { "a bound of prod" } else { "a bound of sum" };
        let from = self.whole(bounds[0], what)?;
        let to = self.whole(bounds[1], what)?;
        if to - from >= MAX_TERMS {
            let at = self.tree.span(bounds[1]);
            return fail(
                at,
                format!("the formula is too large: a sum or product has at most {MAX_TERMS} terms, not {}", to - from + 1),
            );
        }
        let op = if product { Binary::Mul } else { Binary::Add };
        let mut out = None;
        for i in from..=to {
            let index = self.graph.constant(i as f64);
            self.locals.push((variable, index));
            let term = self.expr(body)?;
            self.locals.pop();
            out = Some(match out {
                None => term,
                Some(sum) => self.graph.binary(op, sum, term),
            });
        }
        Ok(match out {
            Some(node) => node,
            None => self.graph.constant(if product { 1.0 } else { 0.0 }),
        })
    }

    fn mean(&mut self, id: ExprId, body: ExprId) -> Fallible<NodeId> {
        if self.in_mean {
            return fail(self.tree.span(id), "mean(…) cannot stand inside mean(…)");
        }
        self.in_mean = true;
        let body = self.expr(body)?;
        self.in_mean = false;
        Ok(self.graph.mean(body))
    }
}
