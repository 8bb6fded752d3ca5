//! Runs a tape forwards over any [`Number`].

use super::number::Number;
use super::op::{Binary, Real, Unary};
use super::scope::Table;
use super::tape::{Instruction, Step, Tape};

/// The rows that `mean` runs over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rows<'a> {
    All,
    Only(&'a [usize]),
}

impl Rows<'_> {
    pub(super) fn count(self, table: Option<&Table>) -> usize {
        match self {
            Rows::All => table.map_or(0, Table::rows),
            Rows::Only(rows) => rows.len(),
        }
    }

    /// The numbers of the k-th row; `None` beyond the table.
    pub(super) fn get(self, table: &Table, k: usize) -> Option<&[f64]> {
        let row = match self {
            Rows::All => k,
            Rows::Only(rows) => *rows.get(k)?,
        };
        let start = row.checked_mul(table.width())?;
        table.data().get(start..start.checked_add(table.width())?)
    }
}

/// Registers that are taken from the stack.
const FEW: usize = 8;

/// Lends registers, of this thread if they are many; what they hold is left over from before.
#[inline]
pub(super) fn with_registers<T: Number, R>(count: usize, run: impl FnOnce(&mut [T]) -> R) -> R {
    if count <= FEW {
        return run(&mut [T::constant(0.0); FEW][..count]);
    }
    let mut registers = T::pool().take();
    if registers.len() < count {
        registers.resize(count, T::constant(0.0));
    }
    let out = run(&mut registers[..count]);
    T::pool().set(registers);
    out
}

#[inline]
pub(super) fn run<T: Number>(steps: &[Step], registers: &mut [T]) {
    for step in steps {
        // Each arm stores its own result: joined first, a jet would go through memory twice.
        let out = step.out as usize;
        match step.instruction {
            Instruction::Binary(Binary::Add, a, b) => registers[out] = registers[a as usize].add(registers[b as usize]),
            Instruction::Binary(Binary::Sub, a, b) => registers[out] = registers[a as usize].sub(registers[b as usize]),
            Instruction::Binary(Binary::Mul, a, b) => registers[out] = registers[a as usize].mul(registers[b as usize]),
            Instruction::Unary(Unary::Powi(2), a) => registers[out] = registers[a as usize].square(),
            Instruction::Unary(op, a) => registers[out] = T::unary(op, registers[a as usize]),
            Instruction::Binary(op, a, b) => registers[out] = T::binary(op, registers[a as usize], registers[b as usize]),
            Instruction::Const(c) => registers[out] = T::constant(c),
            Instruction::Select(c, a, b) => {
                registers[out] = T::select(registers[c as usize], registers[a as usize], registers[b as usize]);
            }
        }
    }
}

impl Tape {
    /// Loads parameters and variables and runs the prologue.
    #[inline]
    pub(super) fn begin<T: Number>(&self, p: &[f64], variable: impl Fn(usize) -> T, registers: &mut [T]) {
        for (i, register) in registers[..self.variables].iter_mut().enumerate() {
            *register = variable(i);
        }
        for (register, value) in registers[self.variables..].iter_mut().zip(p) {
            *register = T::constant(*value);
        }
        run(&self.prologue, registers);
    }

    /// Loads the columns of a row; NaN where there is none.
    pub(super) fn load<T: Number>(&self, row: Option<&[f64]>, registers: &mut [T]) {
        let first = self.variables + self.parameters;
        for (register, column) in registers[first..].iter_mut().zip(&self.columns) {
            *register = T::constant(row.and_then(|r| r.get(*column as usize)).copied().unwrap_or(f64::NAN));
        }
    }

    /// The sums over the rows, divided by their number.
    fn average<T: Number>(&self, table: &Table, rows: Rows<'_>, registers: &mut [T]) {
        for (_, mean) in &self.means {
            registers[*mean as usize] = T::constant(0.0);
        }
        let count = rows.count(Some(table));
        for k in 0..count {
            self.load(rows.get(table, k), registers);
            run(&self.body, registers);
            for (term, mean) in &self.means {
                registers[*mean as usize] = registers[*mean as usize].add(registers[*term as usize]);
            }
        }
        for (_, mean) in &self.means {
            registers[*mean as usize] = T::unary(Unary::Div(Real::new(count as f64)), registers[*mean as usize]);
        }
    }

    /// Prologue, rows and epilogue; the result.
    #[inline]
    pub(super) fn forward<T: Number>(
        &self,
        table: Option<&Table>,
        rows: Rows<'_>,
        p: &[f64],
        variable: impl Fn(usize) -> T,
        registers: &mut [T],
    ) -> T {
        self.begin(p, variable, registers);
        if let (Some(table), false) = (table, self.means.is_empty()) {
            self.average(table, rows, registers);
            run(&self.epilogue, registers);
        }
        registers[self.result as usize]
    }
}
