//! Formulas that are sums of squares: f = c + Σ wᵢ rᵢ² by the way they are written.
//!
//! A term is an even power, also inside sums, means, and products with squares or with what does not depend on x. The weights
//! wᵢ depend on parameters only: whether all are positive is a question to their values.

use super::forward::{Rows, with_registers};
use super::graph::{Graph, Node, NodeId};
use super::op::{Binary, Unary};
use super::scope::Table;
use super::tape::Tape;

/// Most work of taking a formula apart: terms times operations.
const MOST_WORK: usize = 50_000_000;
/// Deepest product of squares.
const MAX_DEPTH: usize = 64;

/// The terms of f = c + Σ wᵢ rᵢ(x)².
#[derive(Debug)]
pub struct Residuals {
    /// Programs of the different weights.
    weights: Vec<Tape>,
    terms: Vec<Term>,
    table: Option<Table>,
}

#[derive(Debug)]
struct Term {
    /// Which weight.
    weight: usize,
    /// r, every intermediate result kept; of a term inside a mean the mean of r, for one row at a time.
    residual: Tape,
    per_row: bool,
}

impl Residuals {
    /// The terms of `root`; none where it is not written as a sum of squares, or where nothing varies with x.
    pub(super) fn new(graph: Graph, root: NodeId, variables: usize, parameters: usize, table: Option<Table>) -> Option<Self> {
        let mut split = Split { graph, varies: Vec::new(), terms: Vec::new() };
        let one = split.graph.constant(1.0);
        split.split(root, one)?;
        let Split { mut graph, terms, .. } = split;
        if terms.is_empty() || terms.len().saturating_mul(graph.nodes.len()) > MOST_WORK {
            return None;
        }
        let mut known: Vec<NodeId> = Vec::new();
        let mut found = Self { weights: Vec::new(), terms: Vec::with_capacity(terms.len()), table };
        for (weight, residual) in terms {
            let index = known.iter().position(|id| *id == weight).unwrap_or_else(|| {
                known.push(weight);
                found.weights.push(Tape::new(&graph, weight, variables, parameters, true));
                known.len() - 1
            });
            let per_row = graph.per_row[residual as usize];
            let root = graph.mean(residual);
            found.terms.push(Term { weight: index, residual: Tape::new(&graph, root, variables, parameters, false), per_row });
        }
        (!graph.full).then_some(found)
    }

    /// The values of the weights; none unless all are finite and at least 0, and one is positive.
    fn weights(&self, p: &[f64]) -> Option<Vec<f64>> {
        let value = |tape: &Tape| {
            with_registers(tape.slots, |registers| tape.forward(self.table.as_ref(), Rows::All, p, |_| 0.0, registers))
        };
        let values: Vec<f64> = self.weights.iter().map(value).collect();
        let positive = values.iter().all(|w| w.is_finite() && *w >= 0.0) && values.iter().any(|w| *w > 0.0);
        positive.then_some(values)
    }

    /// Whether f is a sum of squares with positive weights at these values of the parameters.
    pub fn hold(&self, p: &[f64]) -> bool {
        self.weights(p).is_some()
    }

    /// Calls `out(wᵢ, rᵢ(x), ∇rᵢ(x))` for each term, those of a mean over m rows row by row with wᵢ/m. Nothing where the weights do
    /// not [`hold`](Self::hold).
    pub fn for_each(&self, p: &[f64], x: &[f64], mut out: impl FnMut(f64, f64, &[f64])) {
        let Some(weights) = self.weights(p) else { return };
        let mut gradient = vec![0.0; x.len()];
        for term in &self.terms {
            let rows = if term.per_row { self.table.as_ref().map_or(0, Table::rows) } else { 1 };
            let weight = weights[term.weight] / rows as f64;
            for row in 0..rows {
                let one = [row];
                let rows = if term.per_row { Rows::Only(&one) } else { Rows::All };
                let value = term.residual.reverse(self.table.as_ref(), rows, p, |i| x[i], |i, d: f64| gradient[i] = d);
                out(weight, value, &gradient);
            }
        }
    }
}

/// The walk from the root to its squares.
struct Split {
    graph: Graph,
    /// Whether a node depends on the variables; as far as it was asked.
    varies: Vec<bool>,
    /// (w, r).
    terms: Vec<(NodeId, NodeId)>,
}

impl Split {
    fn varies(&mut self, id: NodeId) -> bool {
        while self.varies.len() < self.graph.nodes.len() {
            let of = |id: NodeId| self.varies[id as usize];
            let next = match self.graph.nodes[self.varies.len()] {
                Node::Const(_) | Node::Parameter(_) | Node::Column(_) => false,
                Node::Variable(_) => true,
                Node::Unary(_, a) | Node::Mean(a) => of(a),
                Node::Binary(_, a, b) => of(a) || of(b),
                Node::Select(c, a, b) => of(c) || of(a) || of(b),
            };
            self.varies.push(next);
        }
        self.varies[id as usize]
    }

    /// Whether a node can be a weight: it depends on parameters at most.
    fn is_weight(&mut self, id: NodeId) -> bool {
        !self.varies(id) && !self.graph.per_row[id as usize]
    }

    fn product(&mut self, a: NodeId, b: Option<NodeId>) -> NodeId {
        b.map_or(a, |b| self.graph.binary(Binary::Mul, a, b))
    }

    /// Splits weight · factor² · node into terms, for node the root and no factor.
    fn split(&mut self, root: NodeId, one: NodeId) -> Option<()> {
        let mut open = vec![(root, one, None)];
        while let Some((id, weight, factor)) = open.pop() {
            if self.graph.full || self.terms.len() > MOST_WORK / self.graph.nodes.len() {
                return None;
            }
            if !self.varies(id) {
                // Without a factor a part of c.
                if let Some(factor) = factor {
                    let is_weight = self.is_weight(id);
                    let weight = self.graph.binary(Binary::Mul, weight, id);
                    is_weight.then(|| self.terms.push((weight, factor)))?;
                }
                continue;
            }
            if let Some((w, r)) = self.square(id, 0) {
                let term = (self.product(weight, Some(w)), self.product(r, factor));
                self.terms.push(term);
                continue;
            }
            let node = self.graph.nodes[id as usize];
            match node {
                Node::Mean(a) => open.push((a, weight, factor)),
                Node::Unary(Unary::Neg, a) => open.push((a, self.graph.unary(Unary::Neg, weight), factor)),
                Node::Unary(Unary::Add(c), a) => {
                    open.push((self.graph.constant(c.get()), weight, factor));
                    open.push((a, weight, factor));
                }
                Node::Unary(Unary::From(c), a) => {
                    open.push((self.graph.constant(c.get()), weight, factor));
                    open.push((a, self.graph.unary(Unary::Neg, weight), factor));
                }
                Node::Unary(op @ (Unary::Mul(_) | Unary::Div(_)), a) => open.push((a, self.graph.unary(op, weight), factor)),
                Node::Binary(Binary::Add, a, b) => open.extend([(b, weight, factor), (a, weight, factor)]),
                Node::Binary(Binary::Sub, a, b) => {
                    let negative = self.graph.unary(Unary::Neg, weight);
                    open.extend([(b, negative, factor), (a, weight, factor)]);
                }
                Node::Binary(Binary::Mul, a, b) => {
                    let (rest, (w, r)) = match (self.scale(a), self.scale(b)) {
                        (Some(scale), _) => (b, scale),
                        (_, Some(scale)) => (a, scale),
                        _ => return None,
                    };
                    let weight = self.product(weight, Some(w));
                    let factor = r.map(|r| self.product(r, factor)).or(factor);
                    open.push((rest, weight, factor));
                }
                Node::Binary(Binary::Div, a, b) if self.is_weight(b) => {
                    open.push((a, self.graph.binary(Binary::Div, weight, b), factor));
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// A factor of a product as w, or as w r².
    fn scale(&mut self, id: NodeId) -> Option<(NodeId, Option<NodeId>)> {
        if self.is_weight(id) {
            return Some((id, None));
        }
        self.square(id, 0).map(|(w, r)| (w, Some(r)))
    }

    /// The node as one term w r², where it is written so.
    fn square(&mut self, id: NodeId, depth: usize) -> Option<(NodeId, NodeId)> {
        if depth > MAX_DEPTH {
            return None;
        }
        let node = self.graph.nodes[id as usize];
        match node {
            Node::Unary(Unary::Powi(k), a) if k >= 2 && k % 2 == 0 => {
                Some((self.graph.constant(1.0), self.graph.unary(Unary::Powi(k / 2), a)))
            }
            Node::Unary(op @ (Unary::Neg | Unary::Mul(_) | Unary::Div(_)), a) => {
                let (w, r) = self.square(a, depth + 1)?;
                Some((self.graph.unary(op, w), r))
            }
            Node::Binary(op @ (Binary::Mul | Binary::Div), a, b) => {
                if self.is_weight(b) {
                    let (w, r) = self.square(a, depth + 1)?;
                    return Some((self.graph.binary(op, w, b), r));
                }
                if op == Binary::Mul && self.is_weight(a) {
                    let (w, r) = self.square(b, depth + 1)?;
                    return Some((self.graph.binary(op, a, w), r));
                }
                let ((w, r), (v, q)) = (self.square(a, depth + 1)?, self.square(b, depth + 1)?);
                Some((self.graph.binary(op, w, v), self.graph.binary(op, r, q)))
            }
            _ => None,
        }
    }
}
