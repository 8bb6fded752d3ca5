//! The graph as a flat program over registers, with one loop over the sample table.

use super::graph::{Graph, Node, NodeId};
use super::op::{Binary, Unary};

/// A register.
pub(super) type Slot = u32;

#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    Const(f64),
    Unary(Unary, Slot),
    Binary(Binary, Slot, Slot),
    Select(Slot, Slot, Slot),
}

/// `out ← instruction`; `out` is none of the instruction's own registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) out: Slot,
    pub(super) instruction: Instruction,
}

/// The program: `prologue`, then `body` once for each row with the means summed up, then `epilogue`.
/// Registers: the variables, the parameters, the used columns, then intermediate results.
#[derive(Debug, Default)]
pub(super) struct Tape {
    pub(super) variables: usize,
    pub(super) parameters: usize,
    /// Columns that the body reads, in ascending order; the k-th is register `variables + parameters + k`.
    pub(super) columns: Vec<u32>,
    pub(super) slots: usize,
    pub(super) prologue: Vec<Step>,
    pub(super) body: Vec<Step>,
    /// (term of a row, mean).
    pub(super) means: Vec<(Slot, Slot)>,
    pub(super) epilogue: Vec<Step>,
    pub(super) result: Slot,
}

impl Tape {
    /// Compiles `root`. With `reuse` a register is taken again when its value has been read for the last time;
    /// without, each intermediate result keeps a register of its own (the reverse sweep needs them all).
    pub(super) fn new(graph: &Graph, root: NodeId, variables: usize, parameters: usize, reuse: bool) -> Self {
        let order = Order::new(graph, root);
        let columns: Vec<u32> = order
            .used
            .iter()
            .filter_map(|id| if let Node::Column(c) = graph.nodes[*id as usize] { Some(c) } else { None })
            .collect();
        let mut columns = columns;
        columns.sort_unstable();
        let mut tape = Self { variables, parameters, slots: variables + parameters + columns.len(), columns, ..Self::default() };
        let mut allocation = Allocation { slot: vec![Slot::MAX; graph.nodes.len()], free: Vec::new(), reuse };
        for id in &order.used {
            let fixed = match graph.nodes[*id as usize] {
                Node::Variable(i) => i as usize,
                Node::Parameter(i) => variables + i as usize,
                Node::Column(c) => variables + parameters + tape.columns.partition_point(|k| *k < c),
                _ => continue,
            };
            allocation.slot[*id as usize] = fixed as Slot;
        }
        let last = order.last_uses(graph, root);
        for phase in [Phase::Prologue, Phase::Body, Phase::Epilogue] {
            if phase == Phase::Body {
                for id in &order.used {
                    if let Node::Mean(_) = graph.nodes[*id as usize] {
                        allocation.take(*id, &mut tape.slots);
                    }
                }
            }
            for id in order.used.iter().filter(|id| order.phase[**id as usize] == phase) {
                tape.compile(graph, *id, phase, &mut allocation, &last);
            }
            if phase == Phase::Body {
                tape.close_body(graph, &order, &mut allocation, &last);
            }
        }
        tape.result = allocation.slot[root as usize];
        tape
    }

    fn compile(&mut self, graph: &Graph, id: NodeId, phase: Phase, allocation: &mut Allocation, last: &[LastUse]) {
        let slot = |id: NodeId| allocation.slot[id as usize];
        let (instruction, reads) = match graph.nodes[id as usize] {
            Node::Const(c) => (Instruction::Const(c.get()), [id; 3]),
            Node::Unary(op, a) => (Instruction::Unary(op, slot(a)), [a; 3]),
            Node::Binary(op, a, b) => (Instruction::Binary(op, slot(a), slot(b)), [a, b, b]),
            Node::Select(c, a, b) => (Instruction::Select(slot(c), slot(a), slot(b)), [c, a, b]),
            _ => return,
        };
        let out = allocation.take(id, &mut self.slots);
        for read in reads {
            if read != id && last[read as usize] == LastUse::By(id) {
                allocation.release(graph, read);
            }
        }
        let step = Step { out, instruction };
        match phase {
            Phase::Prologue => self.prologue.push(step),
            Phase::Body => self.body.push(step),
            Phase::Epilogue => self.epilogue.push(step),
        }
    }

    fn close_body(&mut self, graph: &Graph, order: &Order, allocation: &mut Allocation, last: &[LastUse]) {
        for id in &order.used {
            if let Node::Mean(term) = graph.nodes[*id as usize] {
                self.means.push((allocation.slot[term as usize], allocation.slot[*id as usize]));
            }
        }
        for id in &order.used {
            if last[*id as usize] == LastUse::EndOfBody {
                allocation.release(graph, *id);
            }
        }
    }

    /// All steps in the order of the program.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.prologue.iter().chain(&self.body).chain(&self.epilogue)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    Prologue,
    Body,
    Epilogue,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LastUse {
    Never,
    By(NodeId),
    EndOfBody,
}

struct Order {
    /// Nodes that the root needs, ascending.
    used: Vec<NodeId>,
    phase: Vec<Phase>,
}

fn operands(node: Node) -> impl Iterator<Item = NodeId> {
    let (list, count) = match node {
        Node::Unary(_, a) | Node::Mean(a) => ([a, 0, 0], 1),
        Node::Binary(_, a, b) => ([a, b, 0], 2),
        Node::Select(c, a, b) => ([c, a, b], 3),
        _ => ([0; 3], 0),
    };
    list.into_iter().take(count)
}

impl Order {
    fn new(graph: &Graph, root: NodeId) -> Self {
        let mut needed = vec![false; graph.nodes.len()];
        needed[root as usize] = true;
        for id in (0..graph.nodes.len()).rev() {
            if needed[id] {
                operands(graph.nodes[id]).for_each(|a| needed[a as usize] = true);
            }
        }
        let mut phase = Vec::with_capacity(graph.nodes.len());
        for (id, node) in graph.nodes.iter().enumerate() {
            let after_mean = operands(*node).any(|a| phase[a as usize] == Phase::Epilogue);
            phase.push(match node {
                Node::Mean(_) => Phase::Epilogue,
                _ if graph.per_row[id] => Phase::Body,
                _ if after_mean => Phase::Epilogue,
                _ => Phase::Prologue,
            });
        }
        let used = (0..graph.nodes.len() as NodeId).filter(|id| needed[*id as usize]).collect();
        Self { used, phase }
    }

    /// When each node is read for the last time, in the order of the phases.
    fn last_uses(&self, graph: &Graph, root: NodeId) -> Vec<LastUse> {
        let mut last = vec![LastUse::Never; graph.nodes.len()];
        for phase in [Phase::Prologue, Phase::Body, Phase::Epilogue] {
            for id in self.used.iter().filter(|id| self.phase[**id as usize] == phase) {
                let node = graph.nodes[*id as usize];
                for a in operands(node) {
                    let outlives = phase == Phase::Body && self.phase[a as usize] == Phase::Prologue;
                    let is_mean = matches!(node, Node::Mean(_));
                    if !is_mean {
                        last[a as usize] = if outlives { LastUse::EndOfBody } else { LastUse::By(*id) };
                    }
                }
            }
        }
        // The terms of the means are read at the end of each row.
        for id in &self.used {
            if let Node::Mean(term) = graph.nodes[*id as usize] {
                last[term as usize] = LastUse::EndOfBody;
            }
        }
        last[root as usize] = LastUse::Never;
        last
    }
}

struct Allocation {
    slot: Vec<Slot>,
    free: Vec<Slot>,
    reuse: bool,
}

impl Allocation {
    fn take(&mut self, id: NodeId, slots: &mut usize) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            *slots += 1;
            (*slots - 1) as Slot
        });
        self.slot[id as usize] = slot;
        slot
    }

    fn release(&mut self, graph: &Graph, id: NodeId) {
        let fixed = matches!(graph.nodes[id as usize], Node::Variable(_) | Node::Parameter(_) | Node::Column(_));
        let slot = self.slot[id as usize];
        if self.reuse && !fixed && !self.free.contains(&slot) {
            self.free.push(slot);
        }
    }
}
