//! The expression as a directed acyclic graph: equal subexpressions are one node, constants are folded.

use super::op::{Binary, Real, Unary};
use std::collections::HashMap;

/// Most nodes of an unrolled formula.
pub(super) const MAX_NODES: usize = 200_000;
/// Integer powers up to this size are repeated multiplications.
const MAX_INTEGER_POWER: f64 = 1024.0;

pub(super) type NodeId = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Const(Real),
    Variable(u32),
    Parameter(u32),
    /// A column of the sample table.
    Column(u32),
    Unary(Unary, NodeId),
    Binary(Binary, NodeId, NodeId),
    /// condition ≠ 0, then, else.
    Select(NodeId, NodeId, NodeId),
    /// The mean over the rows of a node that depends on a column.
    Mean(NodeId),
}

/// Nodes in topological order.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Whether the node depends on a column outside a mean.
    pub(super) per_row: Vec<bool>,
    known: HashMap<Node, NodeId>,
    /// Set when [`MAX_NODES`] was reached; from then on nothing is added.
    pub(super) full: bool,
}

impl Graph {
    fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        if self.nodes.len() >= MAX_NODES {
            self.full = true;
            return 0;
        }
        let id = self.nodes.len() as NodeId;
        let row = |id: NodeId| self.per_row[id as usize];
        let per_row = match node {
            Node::Const(_) | Node::Variable(_) | Node::Parameter(_) | Node::Mean(_) => false,
            Node::Column(_) => true,
            Node::Unary(_, a) => row(a),
            Node::Binary(_, a, b) => row(a) || row(b),
            Node::Select(c, a, b) => row(c) || row(a) || row(b),
        };
        self.nodes.push(node);
        self.per_row.push(per_row);
        self.known.insert(node, id);
        id
    }

    pub(super) fn constant(&mut self, value: f64) -> NodeId {
        self.add(Node::Const(Real::new(value)))
    }

    pub(super) fn leaf(&mut self, node: Node) -> NodeId {
        self.add(node)
    }

    /// The value of a constant node.
    pub(super) fn as_constant(&self, id: NodeId) -> Option<f64> {
        match self.nodes[id as usize] {
            Node::Const(c) => Some(c.get()),
            _ => None,
        }
    }

    pub(super) fn unary(&mut self, op: Unary, a: NodeId) -> NodeId {
        if let Some(x) = self.as_constant(a) {
            return self.constant(op.value(x));
        }
        match (op, self.nodes[a as usize]) {
            (Unary::Neg, Node::Unary(Unary::Neg, inner)) => inner,
            (Unary::Neg, Node::Unary(Unary::Mul(c), inner)) => self.unary(Unary::Mul(Real::new(-c.get())), inner),
            (Unary::Add(c), _) if c.get() == 0.0 => a,
            (Unary::Mul(c) | Unary::Div(c), _) if c.get() == 1.0 => a,
            (Unary::Mul(c) | Unary::Div(c), _) if c.get() == -1.0 => self.unary(Unary::Neg, a),
            (Unary::Mul(c), _) if c.get() == 0.0 => self.constant(0.0),
            (Unary::From(c), _) if c.get() == 0.0 => self.unary(Unary::Neg, a),
            (Unary::Powi(1), _) => a,
            (Unary::Powi(0), _) => self.constant(1.0),
            (Unary::Powi(-1), _) => self.unary(Unary::Over(Real::new(1.0)), a),
            (Unary::Powf(c), _) if c.get() == 0.5 => self.unary(Unary::Sqrt, a),
            _ => self.add(Node::Unary(op, a)),
        }
    }

    pub(super) fn binary(&mut self, op: Binary, a: NodeId, b: NodeId) -> NodeId {
        match (self.as_constant(a), self.as_constant(b)) {
            (Some(x), Some(y)) => {
                let value = op.value(x, y);
                return self.constant(value);
            }
            (Some(c), None) => match op {
                Binary::Add => return self.unary(Unary::Add(Real::new(c)), b),
                Binary::Sub => return self.unary(Unary::From(Real::new(c)), b),
                Binary::Mul => return self.unary(Unary::Mul(Real::new(c)), b),
                Binary::Div => return self.unary(Unary::Over(Real::new(c)), b),
                _ => {}
            },
            (None, Some(c)) => match op {
                Binary::Add => return self.unary(Unary::Add(Real::new(c)), a),
                Binary::Sub => return self.unary(Unary::Add(Real::new(-c)), a),
                Binary::Mul => return self.unary(Unary::Mul(Real::new(c)), a),
                Binary::Div => return self.unary(Unary::Div(Real::new(c)), a),
                Binary::Pow if c == c.round() && c.abs() <= MAX_INTEGER_POWER => return self.unary(Unary::Powi(c as i32), a),
                Binary::Pow => return self.unary(Unary::Powf(Real::new(c)), a),
                _ => {}
            },
            (None, None) => {}
        }
        match op {
            Binary::Add | Binary::Mul if a > b => self.add(Node::Binary(op, b, a)),
            Binary::Min | Binary::Max if a == b => a,
            Binary::Mul if a == b => self.unary(Unary::Powi(2), a),
            _ => self.add(Node::Binary(op, a, b)),
        }
    }

    pub(super) fn select(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> NodeId {
        match self.as_constant(condition) {
            Some(0.0) => otherwise,
            Some(_) => then,
            None if then == otherwise => then,
            None => self.add(Node::Select(condition, then, otherwise)),
        }
    }

    pub(super) fn mean(&mut self, body: NodeId) -> NodeId {
        if self.per_row[body as usize] { self.add(Node::Mean(body)) } else { body }
    }

    /// Whether `root` is affine in its means, with at least one: then f is itself a mean over the rows.
    pub(super) fn is_affine_in_means(&self, root: NodeId) -> bool {
        let mut degree: Vec<u8> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let of = |id: NodeId| degree[id as usize];
            let curved = |d: u8| if d == 0 { 0 } else { 2 };
            let next = match *node {
                Node::Const(_) | Node::Variable(_) | Node::Parameter(_) | Node::Column(_) => 0,
                Node::Mean(_) => 1,
                Node::Unary(Unary::Neg | Unary::Add(_) | Unary::From(_) | Unary::Mul(_) | Unary::Div(_), a) => of(a),
                Node::Unary(_, a) => curved(of(a)),
                Node::Binary(Binary::Add | Binary::Sub, a, b) => of(a).max(of(b)),
                Node::Binary(Binary::Mul, a, b) => (of(a) + of(b)).min(2),
                Node::Binary(Binary::Div, a, b) if of(b) == 0 => of(a),
                Node::Binary(_, a, b) => curved(of(a).max(of(b))),
                Node::Select(c, a, b) if of(c) == 0 => of(a).max(of(b)),
                Node::Select(..) => 2,
            };
            degree.push(next);
        }
        degree.get(root as usize) == Some(&1)
    }
}
