//! Values over a whole grid, a block of points at a time: for pictures.

use super::forward::Rows;
use super::op::{Binary, Unary, powi};
use super::syntax::Comparison;
use super::tape::{Instruction, Slot, Step, Tape};
use super::vector::{self, BLOCK, Block};
use super::{Formula, Table};
use std::mem::swap;
use std::ops::Range;

/// Points x = origin + i·du + j·dv of ℝⁿ, i < width, j < height.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The point (0, 0).
    pub origin: Vec<f64>,
    /// From a point to the next in its row.
    pub du: Vec<f64>,
    /// From a row to the next.
    pub dv: Vec<f64>,
    /// Points in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Formula {
    /// f at every point of the grid, row by row, into `out` (width · height numbers). Agrees with [`Formula::value`]
    /// to a relative error of about 1e-13 of the largest term.
    pub fn grid(&self, p: &[f64], grid: &Grid, out: &mut [f64]) {
        self.grid_rows(p, grid, 0..grid.height, out);
    }

    /// The rows `rows` of [`Formula::grid`] alone, so that a caller can share out its time; `out` begins with the first
    /// of them.
    pub fn grid_rows(&self, p: &[f64], grid: &Grid, rows: Range<usize>, out: &mut [f64]) {
        let n = self.dim();
        if p.len() != self.parameters().len() || [&grid.origin, &grid.du, &grid.dv].iter().any(|v| v.len() != n) {
            out.fill(f64::NAN);
            return;
        }
        let mut lanes = Lanes::new(self.tape(), p, &grid.du);
        for (j, row) in rows.zip(out.chunks_mut(grid.width.max(1))) {
            for (k, part) in row.chunks_mut(BLOCK).enumerate() {
                lanes.place(self.tape(), grid, k * BLOCK, j);
                lanes.run(self.tape(), self.table());
                lanes.read(self.tape().result, part);
            }
        }
    }
}

/// A register of a block: one number where all points share it, else one a point.
#[derive(Clone)]
struct Lane {
    varies: bool,
    shared: f64,
    block: Box<Block>,
}

struct Lanes {
    lanes: Vec<Lane>,
    /// Where the next result is written.
    spare: Option<Box<Block>>,
}

#[derive(Clone, Copy)]
enum Operand<'a> {
    Shared(f64),
    Block(&'a Block),
}

#[inline(always)]
fn map(x: &Block, out: &mut Block, f: impl Fn(f64) -> f64) {
    for (o, x) in out.iter_mut().zip(x) {
        *o = f(*x);
    }
}

#[inline(always)]
fn zip(a: Operand<'_>, b: Operand<'_>, out: &mut Block, f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Operand::Block(a), Operand::Block(b)) => {
            for ((o, a), b) in out.iter_mut().zip(a).zip(b) {
                *o = f(*a, *b);
            }
        }
        (Operand::Block(a), Operand::Shared(b)) => map(a, out, |a| f(a, b)),
        (Operand::Shared(a), Operand::Block(b)) => map(b, out, |b| f(a, b)),
        (Operand::Shared(a), Operand::Shared(b)) => out.fill(f(a, b)),
    }
}

impl Lanes {
    fn new(tape: &Tape, p: &[f64], du: &[f64]) -> Self {
        let empty = Lane { varies: false, shared: 0.0, block: Box::new([0.0; BLOCK]) };
        let mut lanes = vec![empty; tape.slots];
        for (lane, du) in lanes.iter_mut().zip(du) {
            lane.varies = *du != 0.0;
        }
        for (lane, value) in lanes[tape.variables..].iter_mut().zip(p) {
            lane.shared = *value;
        }
        Self { lanes, spare: Some(Box::new([0.0; BLOCK])) }
    }

    /// The variables of the points (first + 0…, j).
    fn place(&mut self, tape: &Tape, grid: &Grid, first: usize, j: usize) {
        for (i, lane) in self.lanes[..tape.variables].iter_mut().enumerate() {
            let (start, du) = (grid.origin[i] + j as f64 * grid.dv[i], grid.du[i]);
            lane.shared = start;
            if lane.varies {
                for (k, x) in lane.block.iter_mut().enumerate() {
                    *x = start + (first + k) as f64 * du;
                }
            }
        }
    }

    fn run(&mut self, tape: &Tape, table: Option<&Table>) {
        self.steps(&tape.prologue);
        let (Some(table), false) = (table, tape.means.is_empty()) else { return };
        for (_, mean) in &tape.means {
            self.share(*mean, 0.0);
        }
        for k in 0..table.rows() {
            let row = Rows::All.get(table, k).unwrap_or_default();
            for (i, column) in tape.columns.iter().enumerate() {
                self.share((tape.variables + tape.parameters + i) as Slot, row[*column as usize]);
            }
            self.steps(&tape.body);
            for (term, mean) in &tape.means {
                self.step(&Step { out: *mean, instruction: Instruction::Binary(Binary::Add, *mean, *term) });
            }
        }
        let count = super::op::Real::new(table.rows() as f64);
        for (_, mean) in &tape.means {
            self.step(&Step { out: *mean, instruction: Instruction::Unary(Unary::Div(count), *mean) });
        }
        self.steps(&tape.epilogue);
    }

    fn read(&self, slot: Slot, out: &mut [f64]) {
        match self.operand(slot) {
            Operand::Shared(value) => out.fill(value),
            Operand::Block(block) => out.copy_from_slice(&block[..out.len()]),
        }
    }

    fn share(&mut self, slot: Slot, value: f64) {
        let lane = &mut self.lanes[slot as usize];
        (lane.shared, lane.varies) = (value, false);
    }

    fn operand(&self, slot: Slot) -> Operand<'_> {
        let lane = &self.lanes[slot as usize];
        if lane.varies { Operand::Block(&lane.block) } else { Operand::Shared(lane.shared) }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let Some(mut out) = self.spare.take() else { return };
        let shared = match step.instruction {
            Instruction::Const(c) => Some(c),
            Instruction::Unary(op, a) => match self.operand(a) {
                Operand::Shared(x) => Some(op.value(x)),
                Operand::Block(x) => {
                    unary(op, x, &mut out);
                    None
                }
            },
            Instruction::Binary(op, a, b) => match (self.operand(a), self.operand(b)) {
                (Operand::Shared(x), Operand::Shared(y)) => Some(op.value(x, y)),
                (x, y) => {
                    binary(op, x, y, &mut out);
                    None
                }
            },
            Instruction::Select(c, a, b) => self.select(c, a, b, &mut out),
        };
        match shared {
            Some(value) => self.share(step.out, value),
            None => {
                let lane = &mut self.lanes[step.out as usize];
                lane.varies = true;
                swap(&mut lane.block, &mut out);
            }
        }
        self.spare = Some(out);
    }

    fn select(&self, c: Slot, a: Slot, b: Slot, out: &mut Block) -> Option<f64> {
        let (then, otherwise) = (self.operand(a), self.operand(b));
        match self.operand(c) {
            Operand::Shared(c) => match if c != 0.0 { then } else { otherwise } {
                Operand::Shared(value) => return Some(value),
                Operand::Block(block) => out.copy_from_slice(block),
            },
            Operand::Block(c) => {
                zip(then, otherwise, out, |a, _| a);
                let mut rest = [0.0; BLOCK];
                zip(then, otherwise, &mut rest, |_, b| b);
                for ((o, b), c) in out.iter_mut().zip(&rest).zip(c) {
                    *o = if *c != 0.0 { *o } else { *b };
                }
            }
        }
        None
    }
}

fn unary(op: Unary, x: &Block, out: &mut Block) {
    match op {
        Unary::Neg => map(x, out, |x| -x),
        Unary::Add(c) => map(x, out, |x| x + c.get()),
        Unary::Mul(c) => map(x, out, |x| x * c.get()),
        Unary::From(c) => map(x, out, |x| c.get() - x),
        Unary::Div(c) => map(x, out, |x| x / c.get()),
        Unary::Over(c) => map(x, out, |x| c.get() / x),
        Unary::Powi(2) => map(x, out, |x| x * x),
        Unary::Powi(3) => map(x, out, |x| x * x * x),
        Unary::Powi(4) => map(x, out, |x| powi(x, 4)),
        Unary::Powi(5) => map(x, out, |x| powi(x, 5)),
        Unary::Powi(6) => map(x, out, |x| powi(x, 6)),
        Unary::Powi(k) => map(x, out, |x| powi(x, k)),
        Unary::Exp => vector::exp(x, out),
        Unary::Log => vector::log(x, out),
        Unary::Sin => vector::sin(x, out),
        Unary::Cos => vector::cos(x, out),
        Unary::Tanh => vector::tanh(x, out),
        Unary::Sigmoid => vector::sigmoid(x, out),
        Unary::Softplus => vector::softplus(x, out),
        Unary::Sqrt => map(x, out, f64::sqrt),
        Unary::Abs => map(x, out, f64::abs),
        Unary::Relu => map(x, out, |x| if x < 0.0 { 0.0 } else { x }),
        _ => map(x, out, |x| op.value(x)),
    }
}

fn binary(op: Binary, a: Operand<'_>, b: Operand<'_>, out: &mut Block) {
    match op {
        Binary::Add => zip(a, b, out, |a, b| a + b),
        Binary::Sub => zip(a, b, out, |a, b| a - b),
        Binary::Mul => zip(a, b, out, |a, b| a * b),
        Binary::Div => zip(a, b, out, |a, b| a / b),
        Binary::Min => zip(a, b, out, |a, b| Binary::Min.value(a, b)),
        Binary::Max => zip(a, b, out, |a, b| Binary::Max.value(a, b)),
        Binary::Compare(Comparison::Less) => zip(a, b, out, |a, b| f64::from(u8::from(a < b))),
        Binary::Compare(Comparison::LessEqual) => zip(a, b, out, |a, b| f64::from(u8::from(a <= b))),
        Binary::Compare(Comparison::Greater) => zip(a, b, out, |a, b| f64::from(u8::from(a > b))),
        _ => zip(a, b, out, |a, b| op.value(a, b)),
    }
}
