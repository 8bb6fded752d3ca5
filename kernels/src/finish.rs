//! What is done with the sums of a matrix product while they are still in registers.

use crate::lanes::Machine;

/// The last operation on the sums before they are stored.
pub(crate) trait Finish {
    /// What the result is to hold of registers of `sums` that stand one after the other from place `at` on.
    fn finish<M: Machine, const R: usize>(&mut self, machine: M, sums: [M::Register; R], at: usize) -> [M::Register; R];
}

/// The sums themselves.
pub(crate) struct Plain;

impl Finish for Plain {
    #[inline(always)]
    fn finish<M: Machine, const R: usize>(&mut self, _: M, sums: [M::Register; R], _: usize) -> [M::Register; R] {
        sums
    }
}

/// The sums times `by`.
pub(crate) struct Times<'a> {
    /// σ′.
    pub by: &'a [f64],
}

impl Finish for Times<'_> {
    #[inline(always)]
    fn finish<M: Machine, const R: usize>(&mut self, machine: M, sums: [M::Register; R], at: usize) -> [M::Register; R] {
        multiply(machine, sums, &self.by[at..])
    }
}

/// The sums themselves, and the sums times `by` beside them.
pub(crate) struct Beside<'a> {
    /// σ′.
    pub by: &'a [f64],
    /// The products, as long as the result.
    pub out: &'a mut [f64],
}

impl Finish for Beside<'_> {
    #[inline(always)]
    fn finish<M: Machine, const R: usize>(&mut self, machine: M, sums: [M::Register; R], at: usize) -> [M::Register; R] {
        store(machine, multiply(machine, sums, &self.by[at..]), &mut self.out[at..]);
        sums
    }
}

/// The sums times `by`, and `bend` · `along` to it.
pub(crate) struct Bent<'a> {
    /// σ′.
    pub by: &'a [f64],
    /// ∂L/∂a · σ″.
    pub bend: &'a [f64],
    /// R z.
    pub along: &'a [f64],
}

impl Finish for Bent<'_> {
    #[inline(always)]
    fn finish<M: Machine, const R: usize>(&mut self, machine: M, sums: [M::Register; R], at: usize) -> [M::Register; R] {
        let mut bent = multiply(machine, sums, &self.by[at..]);
        let (bend, along) = (load::<M, R>(machine, &self.bend[at..]), load::<M, R>(machine, &self.along[at..]));
        for j in 0..R {
            bent[j] = machine.add(bent[j], machine.multiply(bend[j], along[j]));
        }
        bent
    }
}

/// As many registers as the tile is wide.
#[inline(always)]
pub(crate) fn load<M: Machine, const R: usize>(machine: M, from: &[f64]) -> [M::Register; R] {
    let from = &from[..R * M::WIDTH];
    let mut registers = [machine.splat(0.0); R];
    for (register, from) in registers.iter_mut().zip(from.chunks_exact(M::WIDTH)) {
        *register = machine.load(from);
    }
    registers
}

/// To the first numbers of `to`.
#[inline(always)]
pub(crate) fn store<M: Machine, const R: usize>(machine: M, registers: [M::Register; R], to: &mut [f64]) {
    let to = &mut to[..R * M::WIDTH];
    for (register, to) in registers.iter().zip(to.chunks_exact_mut(M::WIDTH)) {
        machine.store(*register, to);
    }
}

#[inline(always)]
fn multiply<M: Machine, const R: usize>(machine: M, mut sums: [M::Register; R], by: &[f64]) -> [M::Register; R] {
    let by = load::<M, R>(machine, by);
    for j in 0..R {
        sums[j] = machine.multiply(sums[j], by[j]);
    }
    sums
}
