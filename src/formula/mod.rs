//! Formulas: a text becomes an expression, the expression its value, its derivatives, its grid and its WGSL.
//!
//! This room imports nothing of the crate. It holds the grammar, the rule table of the operations and the machines
//! that run over it; never a landscape, an optimizer or a picture.
//!
//! ```text
//! text ─lexer─parser→ tree ─lower→ graph (equal parts shared, constants folded) ─tape→ program over registers
//! ```
//!
//! Derivatives come from forward jets of second order for n ≤ 3 (value, gradient and Hessian in one sweep, nothing
//! allocated), from the reverse sweep for more variables, and Hessian-vector products from forward over reverse.
//! All are exact to rounding and read one rule table (value, first and second derivative of each operation), which
//! the shader's jets repeat. Symbolic differentiation would need a simplifier to keep its expressions from growing,
//! and a second printer for each of them.
//!
//! Transcendental functions are `libm`'s, so values are the same bits on every platform. Only [`Formula::grid`],
//! which is for pictures, takes faster polynomials (relative error about 1e-13).
//!
//! Where one factor of the chain rule is infinite or undefined and the other exactly 0, their product counts as 0: the gradient of `sqrt(x^2 + y^2)` at the origin is 0, as that of `abs(x)`; [`Formula::kinks`] declares such places.

mod binary;
mod error;
mod forward;
mod graph;
mod grid;
mod lexer;
mod lower;
mod names;
mod number;
mod op;
mod parser;
mod print;
mod residual;
mod reverse;
mod rounding;
mod scope;
mod syntax;
mod tape;
mod unary;
mod vector;
mod wgsl;

pub use error::{FormulaError, Remedy};
pub use grid::Grid;
pub use residual::Residuals;
pub use rounding::Rounding;
pub use scope::{MAX_DIM, MAX_TEXT, Scope, Table};

use forward::{Rows, with_registers};
use number::{Dual, Gradient, Jet, Number, Probe};
use std::sync::{Arc, OnceLock};
use tape::{Instruction, Tape};

/// Columns of a Hessian that one reverse sweep finds.
const AT_ONCE: usize = 4;

/// f(x; p): a compiled formula. Cheap to clone; evaluation allocates nothing after the first call on a thread.
///
/// Slices: `p` has the parameters' values in the order of [`Scope::parameters`], `x` the n variables. A slice of
/// another length makes every result NaN.
#[derive(Clone, Debug)]
pub struct Formula(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: String,
    normal: String,
    parameters: Vec<String>,
    table: Option<Table>,
    finite_sum: bool,
    /// Registers reused: for forward sweeps and grids.
    tape: Tape,
    /// Every intermediate result kept: for reverse sweeps.
    full_tape: Tape,
    residuals: OnceLock<Option<Residuals>>,
}

impl Formula {
    /// Reads and compiles `text`.
    ///
    /// # Errors
    /// One sentence with the position: a sign that does not belong, an unknown name, a wrong number of arguments, a
    /// size beyond the bounds (text, nesting, unrolled operations), or a scope that makes no sense.
    pub fn parse(text: &str, scope: &Scope) -> Result<Self, FormulaError> {
        scope.check().map_err(|message| FormulaError { message, at: 0..0, position: 1, expected: None, remedy: None })?;
        let compile = || {
            let tree = parser::parse(text, scope)?;
            let (graph, root) = lower::lower(&tree, scope)?;
            Ok((tree.to_string(), graph, root))
        };
        let (normal, graph, root) = compile().map_err(|error: Box<FormulaError>| error.located(text))?;
        let tape = |reuse| Tape::new(&graph, root, scope.dim, scope.parameters.len(), reuse);
        Ok(Self(Arc::new(Compiled {
            text: text.to_owned(),
            normal,
            parameters: scope.parameters.clone(),
            finite_sum: graph.is_affine_in_means(root),
            tape: tape(true),
            full_tape: tape(false),
            table: scope.table.clone(),
            residuals: OnceLock::new(),
        })))
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether `name` stands somewhere in the text.
    pub fn mentions(&self, name: &str) -> bool {
        let text = self.text();
        lexer::tokens(text)
            .is_ok_and(|tokens| tokens.iter().any(|t| t.token == lexer::Token::Name && &text[t.at.clone()] == name))
    }

    /// f = c + Σ wᵢ rᵢ², where it is written as a sum of squares. Found when it is asked for the first time.
    pub fn residuals(&self) -> Option<&Residuals> {
        let find = || {
            let scope = Scope { dim: self.dim(), parameters: self.0.parameters.clone(), table: self.0.table.clone() };
            let tree = parser::parse(self.text(), &scope).ok()?;
            let (graph, root) = lower::lower(&tree, &scope).ok()?;
            Residuals::new(graph, root, scope.dim, scope.parameters.len(), scope.table)
        };
        self.0.residuals.get_or_init(find).as_ref()
    }

    /// n.
    pub fn dim(&self) -> usize {
        self.0.tape.variables
    }

    /// Names of the parameters, in the order of their values.
    pub fn parameters(&self) -> &[String] {
        &self.0.parameters
    }

    /// Rows of the sample table that `mean` runs over; 0 where the formula has no mean.
    pub fn samples(&self) -> usize {
        if self.0.tape.means.is_empty() { 0 } else { self.0.table.as_ref().map_or(0, Table::rows) }
    }

    /// Whether f is affine in its means: then f = (1/m) Σᵢ fᵢ with one fᵢ for each row, and a batch is unbiased.
    pub fn is_finite_sum(&self) -> bool {
        self.0.finite_sum
    }

    /// Whether value, gradient and Hessian come from one forward sweep: n ≤ 3.
    pub fn has_jets(&self) -> bool {
        self.dim() <= 3
    }

    /// f(x).
    pub fn value(&self, p: &[f64], x: &[f64]) -> f64 {
        self.value_over(p, x, Rows::All)
    }

    /// Writes ∇f(x) to `g` and returns f(x).
    pub fn value_gradient(&self, p: &[f64], x: &[f64], g: &mut [f64]) -> f64 {
        self.gradient_over(p, x, Rows::All, g)
    }

    /// Writes ∇f(x) to `g` and ∇²f(x) to `h` (n × n, row by row) and returns f(x).
    pub fn value_gradient_hessian(&self, p: &[f64], x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64 {
        let n = self.dim();
        if !self.fits(p, x) || g.len() != n || h.len() != n * n {
            return not_a_number(&mut [g, h]);
        }
        match n {
            1 => self.jet::<1, 1>(p, x, g, h),
            2 => self.jet::<2, 3>(p, x, g, h),
            3 => self.jet::<3, 6>(p, x, g, h),
            _ => self.reverse_hessian(p, x, g, h),
        }
    }

    /// Writes ∇²f(x) v to `product`.
    pub fn hessian_vector(&self, p: &[f64], x: &[f64], v: &[f64], product: &mut [f64]) {
        self.batch_product(p, x, Rows::All, v, product);
    }

    /// f(x) with every mean taken over `rows` only (indices from 0, they may repeat; NaN for none or beyond the table).
    pub fn batch_value(&self, p: &[f64], x: &[f64], rows: &[usize]) -> f64 {
        self.value_over(p, x, Rows::Only(rows))
    }

    /// Value and gradient of [`Self::batch_value`].
    pub fn batch_value_gradient(&self, p: &[f64], x: &[f64], rows: &[usize], g: &mut [f64]) -> f64 {
        self.gradient_over(p, x, Rows::Only(rows), g)
    }

    /// The Hessian of [`Self::batch_value`] times v.
    pub fn batch_hessian_vector(&self, p: &[f64], x: &[f64], rows: &[usize], v: &[f64], product: &mut [f64]) {
        self.batch_product(p, x, Rows::Only(rows), v, product);
    }

    /// Names of the operations in f that are not twice differentiable everywhere (`abs`, `if`, `sqrt` at 0, …), sorted.
    pub fn kinks(&self) -> Vec<&'static str> {
        let kink = |step: &tape::Step| match step.instruction {
            Instruction::Unary(op, _) => op.kink(1.0).map(|_| op.name()),
            Instruction::Binary(op, ..) => op.kink(1.0, 1.0).map(|_| op.name()),
            Instruction::Select(..) => Some("if"),
            Instruction::Const(_) => None,
        };
        let mut names: Vec<_> = self.0.tape.steps().filter_map(kink).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether no operation comes to a kink within ‖x′ − x‖∞ ≤ `eps`, judged by first-order changes.
    pub fn is_smooth_at(&self, p: &[f64], x: &[f64], eps: f64) -> bool {
        self.fits(p, x)
            && with_registers(self.0.tape.slots, |registers| {
                let load = |i: usize| Probe { f: x[i], radius: eps, smooth: true };
                let probe = self.0.tape.forward(self.0.table.as_ref(), Rows::All, p, load, registers);
                probe.smooth && probe.f.is_finite()
            })
    }

    fn tape(&self) -> &Tape {
        &self.0.tape
    }

    fn full_tape(&self) -> &Tape {
        &self.0.full_tape
    }

    /// The samples that `mean` runs over.
    pub fn table(&self) -> Option<&Table> {
        self.0.table.as_ref()
    }

    fn fits(&self, p: &[f64], x: &[f64]) -> bool {
        p.len() == self.0.tape.parameters && x.len() == self.0.tape.variables
    }

    fn value_over(&self, p: &[f64], x: &[f64], rows: Rows<'_>) -> f64 {
        if !self.fits(p, x) {
            return f64::NAN;
        }
        let Compiled { tape, table, .. } = &*self.0;
        with_registers(tape.slots, |registers| tape.forward(table.as_ref(), rows, p, |i| x[i], registers))
    }

    fn gradient_over(&self, p: &[f64], x: &[f64], rows: Rows<'_>, g: &mut [f64]) -> f64 {
        if !self.fits(p, x) || g.len() != x.len() {
            return not_a_number(&mut [g]);
        }
        match x.len() {
            1 => self.forward_gradient::<1>(p, x, rows, g),
            2 => self.forward_gradient::<2>(p, x, rows, g),
            3 => self.forward_gradient::<3>(p, x, rows, g),
            _ => self.reverse_gradient(p, x, rows, g),
        }
    }

    fn reverse_gradient(&self, p: &[f64], x: &[f64], rows: Rows<'_>, g: &mut [f64]) -> f64 {
        self.full_tape().reverse(self.table(), rows, p, |i| x[i], |i, d| g[i] = d)
    }

    /// The products with the unit vectors, [`AT_ONCE`] a sweep, which knows the gradient too; the two triangles are averaged.
    fn reverse_hessian(&self, p: &[f64], x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64 {
        let n = x.len();
        let mut value = f64::NAN;
        for first in (0..n).step_by(AT_ONCE) {
            let unit = |j: usize| std::array::from_fn(|k| f64::from(u8::from(first + k == j)));
            let load = |j: usize| Dual::<AT_ONCE> { f: x[j], d: unit(j) };
            let sweep = self.full_tape().reverse(self.table(), Rows::All, p, load, |j, adjoint| {
                g[j] = adjoint.f;
                for (row, d) in h.chunks_exact_mut(n).skip(first).zip(adjoint.d) {
                    row[j] = d;
                }
            });
            value = sweep.f;
        }
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * h[i * n + j] + 0.5 * h[j * n + i];
                (h[i * n + j], h[j * n + i]) = (mean, mean);
            }
        }
        value
    }

    fn forward_gradient<const N: usize>(&self, p: &[f64], x: &[f64], rows: Rows<'_>, g: &mut [f64]) -> f64
    where
        Gradient<N>: Number,
    {
        let Compiled { tape, table, .. } = &*self.0;
        let out = with_registers(tape.slots, |registers| {
            tape.forward(table.as_ref(), rows, p, |i| Gradient::<N>::variable(x[i], i), registers)
        });
        if out.f.is_finite() && out.g.iter().any(|v| v.is_nan()) {
            return self.reverse_gradient(p, x, rows, g);
        }
        g.copy_from_slice(&out.g);
        out.f
    }

    fn jet<const N: usize, const M: usize>(&self, p: &[f64], x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64
    where
        Jet<N, M>: Number,
    {
        let Compiled { tape, table, .. } = &*self.0;
        let out = with_registers(tape.slots, |registers| {
            tape.forward(table.as_ref(), Rows::All, p, |i| Jet::<N, M>::variable(x[i], i), registers)
        });
        if out.f.is_finite() && out.g.iter().chain(&out.h).any(|v| v.is_nan()) {
            return self.reverse_hessian(p, x, g, h);
        }
        g.copy_from_slice(&out.g);
        let mut k = 0;
        for i in 0..N {
            for j in i..N {
                h[i * N + j] = out.h[k];
                h[j * N + i] = out.h[k];
                k += 1;
            }
        }
        out.f
    }

    fn batch_product(&self, p: &[f64], x: &[f64], rows: Rows<'_>, v: &[f64], product: &mut [f64]) {
        if self.fits(p, x) && v.len() == x.len() && product.len() == x.len() {
            self.product_over(p, x, |i| v[i], rows, product);
        } else {
            not_a_number(&mut [product]);
        }
    }

    fn product_over(&self, p: &[f64], x: &[f64], v: impl Fn(usize) -> f64, rows: Rows<'_>, product: &mut [f64]) {
        let load = |i: usize| Dual { f: x[i], d: [v(i)] };
        self.0.full_tape.reverse(self.0.table.as_ref(), rows, p, load, |i, adjoint| [product[i]] = adjoint.d);
    }
}

/// The formula with the fewest parentheses and one way of spacing; it reads back to the same expression.
impl std::fmt::Display for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.normal)
    }
}

fn not_a_number(out: &mut [&mut [f64]]) -> f64 {
    out.iter_mut().for_each(|slice| slice.fill(f64::NAN));
    f64::NAN
}
