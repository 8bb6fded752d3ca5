//! The reverse sweep: gradients, and by running it over [`Dual`] numbers products with the Hessian, several at once, at any n.
//!
//! A forward pass stores each step's partial derivatives; the sweep back multiplies and adds. The loop over the rows
//! is run again on the way back, row by row, so memory does not grow with the sample table.

use super::binary::Rule;
use super::forward::{Rows, with_registers};
use super::number::{Dual, Number, Pool, pool};
use super::op::{Binary, Unary, times};
use super::scope::Table;
use super::tape::{Instruction, Step, Tape};
use std::cell::Cell;

/// Numbers that know their operations' partial derivatives.
pub(super) trait Linear: Number {
    /// f′(a).
    fn slope(op: Unary, a: Self) -> Self;
    /// ∂f/∂a and ∂f/∂b.
    fn slopes(op: Binary, a: Self, b: Self) -> [Self; 2];
    /// `slope` times an adjoint; 0 where either is exactly 0.
    fn weigh(slope: Self, adjoint: Self) -> Self;
    /// Whether the adjoint adds nothing anywhere.
    fn is_zero(self) -> bool;
}

impl Linear for f64 {
    fn slope(op: Unary, a: Self) -> Self {
        op.rule(a)[1]
    }
    fn slopes(op: Binary, a: Self, b: Self) -> [Self; 2] {
        let Rule { x, y, .. } = op.rule(a, b);
        [x, y]
    }
    fn weigh(slope: Self, adjoint: Self) -> Self {
        times(slope, adjoint)
    }
    fn is_zero(self) -> bool {
        self == 0.0
    }
}

impl<const K: usize> Linear for Dual<K>
where
    Self: Number,
{
    fn slope(op: Unary, a: Self) -> Self {
        let [_, f, d] = op.rule(a.f);
        Self { f, d: a.d.map(|v| times(d, v)) }
    }
    fn slopes(op: Binary, a: Self, b: Self) -> [Self; 2] {
        let rule = op.rule(a.f, b.f);
        [
            Self::zip(rule.x, &a, &b, |c, d| times(rule.xx, c) + times(rule.xy, d)),
            Self::zip(rule.y, &a, &b, |c, d| times(rule.xy, c) + times(rule.yy, d)),
        ]
    }
    fn weigh(slope: Self, adjoint: Self) -> Self {
        let f = times(slope.f, adjoint.f);
        Self::zip(f, &slope, &adjoint, |s, a| times(slope.f, a) + times(s, adjoint.f))
    }
    fn is_zero(self) -> bool {
        self.f == 0.0 && self.d.iter().all(|d| *d == 0.0)
    }
}

/// Registers and adjoints side by side.
#[derive(Clone, Copy)]
pub(super) struct Cell2<T> {
    value: T,
    adjoint: T,
}

macro_rules! paired {
    ($($type:ty),+) => {
        $(impl Number for Cell2<$type> {
            pool!(Cell2<$type>);
            fn constant(value: f64) -> Self {
                Self { value: <$type>::constant(value), adjoint: <$type>::constant(0.0) }
            }
            fn value(self) -> f64 {
                self.value.value()
            }
            fn add(self, b: Self) -> Self {
                Self { value: self.value.add(b.value), adjoint: <$type>::constant(0.0) }
            }
            fn sub(self, b: Self) -> Self {
                Self { value: self.value.sub(b.value), adjoint: <$type>::constant(0.0) }
            }
            fn mul(self, b: Self) -> Self {
                Self { value: self.value.mul(b.value), adjoint: <$type>::constant(0.0) }
            }
            fn unary(op: Unary, a: Self) -> Self {
                Self { value: <$type>::unary(op, a.value), adjoint: <$type>::constant(0.0) }
            }
            fn binary(op: Binary, a: Self, b: Self) -> Self {
                Self { value: <$type>::binary(op, a.value, b.value), adjoint: <$type>::constant(0.0) }
            }
        })+
    };
}
paired!(f64, Dual<1>, Dual<4>);

fn give<T: Linear>(registers: &mut [Cell2<T>], to: u32, amount: T) {
    let adjoint = &mut registers[to as usize].adjoint;
    *adjoint = adjoint.add(amount);
}

fn back<T: Linear>(steps: &[Step], registers: &mut [Cell2<T>]) {
    for step in steps.iter().rev() {
        let adjoint = registers[step.out as usize].adjoint;
        if adjoint.is_zero() {
            continue;
        }
        registers[step.out as usize].adjoint = T::constant(0.0);
        match step.instruction {
            Instruction::Const(_) => {}
            Instruction::Binary(Binary::Add, a, b) => {
                give(registers, a, adjoint);
                give(registers, b, adjoint);
            }
            Instruction::Unary(op, a) => {
                let slope = T::slope(op, registers[a as usize].value);
                give(registers, a, T::weigh(slope, adjoint));
            }
            Instruction::Binary(op, a, b) => {
                let [x, y] = T::slopes(op, registers[a as usize].value, registers[b as usize].value);
                give(registers, a, T::weigh(x, adjoint));
                give(registers, b, T::weigh(y, adjoint));
            }
            Instruction::Select(c, a, b) => {
                let taken = if registers[c as usize].value.value() != 0.0 { a } else { b };
                give(registers, taken, adjoint);
            }
        }
    }
}

impl Tape {
    /// The gradient by one reverse sweep: calls `out(i, ∂f/∂xᵢ)` for each variable and returns f.
    /// The tape must keep every intermediate result.
    pub(super) fn reverse<T: Linear>(
        &self,
        table: Option<&Table>,
        rows: Rows<'_>,
        p: &[f64],
        variable: impl Fn(usize) -> T,
        mut out: impl FnMut(usize, T),
    ) -> T
    where
        Cell2<T>: Number,
    {
        let zero = T::constant(0.0);
        with_registers::<Cell2<T>, _>(self.slots, |registers| {
            registers.iter_mut().for_each(|r| r.adjoint = zero);
            let load = |i: usize| Cell2 { value: variable(i), adjoint: zero };
            let value = self.forward(table, rows, p, load, registers).value;
            registers.iter_mut().for_each(|r| r.adjoint = zero);
            registers[self.result as usize].adjoint = T::constant(1.0);
            back(&self.epilogue, registers);
            if let (Some(table), false) = (table, self.means.is_empty()) {
                let count = rows.count(Some(table));
                let share = T::constant(1.0 / count as f64);
                for k in 0..count {
                    self.load(rows.get(table, k), registers);
                    super::forward::run(&self.body, registers);
                    for (term, mean) in &self.means {
                        let amount = T::weigh(share, registers[*mean as usize].adjoint);
                        registers[*term as usize].adjoint = registers[*term as usize].adjoint.add(amount);
                    }
                    back(&self.body, registers);
                }
            }
            back(&self.prologue, registers);
            (0..self.variables).for_each(|i| out(i, registers[i].adjoint));
            value
        })
    }
}
