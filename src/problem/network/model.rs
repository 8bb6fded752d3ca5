//! A network with its data as an objective.

use super::NetworkError;
use crate::linalg::{axpy, dot};
use crate::problem::{FiniteSum, GaussNewton, Objective};
use saddlescope_kernels::{
    Architecture, CHUNK, Chunk, Curvature, Layer, Loss, Matrix, Question, Room, Rows, State, Task, complete,
};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Numbers of states that the workspaces of a network keep for products at a known point: 256 MB, a quarter of it in the memory of a page.
const MOST_KEPT: usize = if cfg!(target_arch = "wasm32") { 8_000_000 } else { 32_000_000 };

/// f(w) = (1/m) Σᵢ L(net(w, xᵢ), yᵢ) + ½ l2 ‖w‖².
///
/// Derivatives are exact, in f64: gradients by back-propagation, ∇²f v by Pearlmutter's R-operator (1994), G v by its linear
/// part (Schraudolph 2002). The l2 term counts to f, to the Hessian, to the Gauss-Newton matrix and to each component fᵢ.
#[derive(Debug)]
pub struct Network {
    architecture: Architecture,
    layers: Vec<Layer>,
    loss: Loss,
    l2: f64,
    inputs: Rows,
    targets: Rows,
    chunks: Vec<Chunk>,
    #[allow(clippy::vec_box, reason = "workspaces are large, and come and go with every call")]
    pool: Mutex<Vec<Box<Workspace>>>,
    /// Numbers of states that all workspaces keep.
    kept: AtomicUsize,
}

/// Buffers of one caller, and what they hold.
#[derive(Debug, Default)]
struct Workspace {
    /// w and the batch (empty: the whole sum) of the states, where they are those of a point.
    w: Vec<f64>,
    batch: Vec<usize>,
    known: bool,
    /// Whether the states hold what products need.
    bent: bool,
    gathered: Vec<Chunk>,
    states: Vec<State>,
    /// Numbers of `states` that are set aside for it among those of all workspaces.
    kept: usize,
    /// Of chunks that are not kept.
    passing: State,
    room: Room,
}

impl Network {
    /// A network on the samples (`inputs[i]`, `targets[i]`), with ½ `l2` ‖w‖² over weights and biases.
    ///
    /// # Errors
    /// [`NetworkError`] where the samples do not fit the layers, there are none, or l2 is negative or not finite.
    pub fn new(architecture: Architecture, loss: Loss, l2: f64, inputs: Rows, targets: Rows) -> Result<Self, NetworkError> {
        let widths = architecture.widths();
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        for (what, rows, expected) in [("inputs", &inputs, first), ("targets", &targets, last)] {
            if rows.width != expected {
                return Err(NetworkError::BadWidth { what, expected, given: rows.width });
            }
        }
        if inputs.is_empty() || inputs.len() != targets.len() {
            return Err(NetworkError::BadCount { inputs: inputs.len(), targets: targets.len() });
        }
        if !(l2 >= 0.0 && l2.is_finite()) {
            return Err(NetworkError::BadL2(l2));
        }
        let mut chunks = Vec::new();
        gather(&mut chunks, [&inputs, &targets], &(0..inputs.len()).collect::<Vec<_>>());
        let layers = architecture.layers().collect();
        Ok(Self { architecture, layers, loss, l2, inputs, targets, chunks, pool: Mutex::default(), kept: AtomicUsize::new(0) })
    }

    /// The shape.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The loss.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// The inputs, a sample a row.
    pub fn inputs(&self) -> &Rows {
        &self.inputs
    }

    /// The targets, a sample a row.
    pub fn targets(&self) -> &Rows {
        &self.targets
    }

    /// The outputs for other inputs, a sample a row.
    pub fn outputs(&self, w: &[f64], inputs: &Rows) -> Rows {
        let width = self.targets.width;
        self.answers(w, [inputs, &Rows { width, values: vec![0.0; width * inputs.len()] }]).0
    }

    /// The outputs for other samples, inputs and targets a sample a row, and the sum of their losses.
    pub fn answers(&self, w: &[f64], samples: [&Rows; 2]) -> (Rows, f64) {
        let (width, count) = (self.targets.width, samples[0].len());
        let mut out = Rows { width, values: vec![0.0; width * count] };
        let mut chunks = Vec::new();
        gather(&mut chunks, samples, &(0..count).collect::<Vec<_>>());
        let (mut ws, mut loss) = (Workspace::default(), 0.0);
        for (chunk, rows) in chunks.iter().zip(out.values.chunks_mut(CHUNK * width)) {
            loss += self.value_of(w, (std::slice::from_ref(chunk), 1.0), &mut ws);
            for (s, row) in rows.chunks_exact_mut(width).enumerate() {
                for (k, z) in row.iter_mut().enumerate() {
                    *z = ws.passing.outputs()[k * chunk.samples + s];
                }
            }
        }
        (out, loss)
    }

    /// Writes ∇fᵢ(w) of every component in `batch` to `gradients`, one row of n numbers each.
    pub fn sample_gradients(&self, w: &[f64], batch: &[usize], gradients: &mut [f64]) {
        self.at_point(w, batch, Question::Rows(gradients));
        for row in gradients.chunks_exact_mut(w.len()) {
            axpy(self.l2, w, row);
        }
    }

    /// Writes A v for each row v of `vectors`, A the matrix `curvature` at w: one pass over the samples serves all of them.
    pub fn products(&self, w: &[f64], vectors: &[f64], curvature: Curvature, products: &mut [f64]) {
        match curvature {
            Curvature::Hessian => self.multiply(w, &[], vectors, Matrix::Hessian, products),
            Curvature::GaussNewton => self.multiply(w, &[], vectors, Matrix::GaussNewton, products),
            Curvature::Fisher => {
                products.fill(0.0);
                self.at_point(w, &[], Question::Fisher { l2: self.l2, vectors, products });
            }
        }
    }

    fn multiply(&self, w: &[f64], batch: &[usize], vectors: &[f64], matrix: Matrix, products: &mut [f64]) {
        products.copy_from_slice(vectors);
        products.iter_mut().for_each(|p| *p *= self.l2);
        self.at_point(w, batch, Question::Products { matrix, vectors, products });
    }

    /// Adds the rows of some units to A, the Hessian or the Gauss-Newton matrix at w, in `matrix`, n × n numbers that are 0 at first.
    /// Units are those of all layers, numbered from the first on; the rows of a unit are those of its weights and its bias.
    /// What symmetry gives is left to [`complete_units`](Self::complete_units): the two are [`Objective::hessian`] in pieces.
    pub fn add_units(&self, w: &[f64], units: Range<usize>, gauss_newton: bool, matrix: &mut [f64]) {
        self.add(w, units, if gauss_newton { Matrix::GaussNewton } else { Matrix::Hessian }, matrix);
    }

    fn add(&self, w: &[f64], units: Range<usize>, matrix: Matrix, hessian: &mut [f64]) {
        self.at_point(w, &[], Question::Matrix { matrix, units, hessian });
    }

    /// Completes the rows of some units in a matrix to which [`add_units`](Self::add_units) has added all of them: entries known by
    /// symmetry, and l2. Each unit is completed once.
    pub fn complete_units(&self, units: Range<usize>, matrix: &mut [f64]) {
        complete(&self.layers, units, self.l2, matrix);
    }

    fn dense(&self, w: &[f64], matrix: Matrix, hessian: &mut [f64]) {
        hessian.fill(0.0);
        self.add(w, 0..usize::MAX, matrix, hessian);
        self.complete_units(0..usize::MAX, hessian);
    }

    /// Σ L t over chunks with the weight t for each sample.
    fn value_of(&self, w: &[f64], (chunks, t): (&[Chunk], f64), ws: &mut Workspace) -> f64 {
        let (states, room) = (std::slice::from_mut(&mut ws.passing), &mut ws.room);
        let (layers, question) = (&self.layers, Question::Value);
        t * Task { layers, loss: self.loss, w, chunks, t, states, known: false, bent: false, room, question }.answer()
    }

    /// Answers what needs the states of the point, which stay in the workspace where they fit; returns the mean of L where
    /// the gradient is asked.
    fn at_point(&self, w: &[f64], batch: &[usize], question: Question<'_>) -> f64 {
        self.with(w, batch, |chunks, ws, t| {
            let (is_gradient, bends) = match &question {
                Question::Gradient(_) => (true, false),
                Question::Value | Question::Rows(_) | Question::Fisher { .. } => (false, false),
                Question::Products { .. } | Question::Matrix { .. } => (false, true),
            };
            let known = !is_gradient && ws.is_at(w, batch);
            let bent = known && ws.bent;
            ws.known = self.keeps(chunks, ws);
            ws.bent = ws.known && (bent || bends);
            if ws.known && !known {
                ws.w.clear();
                ws.w.extend_from_slice(w);
                ws.states.resize_with(chunks.len().max(ws.states.len()), State::default);
            }
            let states = if ws.known { &mut ws.states[..] } else { std::slice::from_mut(&mut ws.passing) };
            let (layers, loss, room) = (&self.layers, self.loss, &mut ws.room);
            t * Task { layers, loss, w, chunks, t, states, known, bent, room, question }.answer()
        })
    }

    /// Calls `work` with the chunks of the batch (the whole sum where it is empty), a workspace, and 1/|B|. Callers at once
    /// have a workspace each.
    fn with<T>(&self, w: &[f64], batch: &[usize], work: impl FnOnce(&[Chunk], &mut Workspace, f64) -> T) -> T {
        let pool = || self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let taken = {
            let mut pool = pool();
            match pool.iter().position(|ws| ws.is_at(w, batch)) {
                Some(known) => Some(pool.swap_remove(known)),
                None => pool.pop(),
            }
        };
        let mut ws = taken.unwrap_or_default();
        if ws.batch != batch {
            if !batch.is_empty() {
                gather(&mut ws.gathered, [&self.inputs, &self.targets], batch);
            }
            ws.batch.clear();
            ws.batch.extend_from_slice(batch);
            ws.known = false;
        }
        let gathered = std::mem::take(&mut ws.gathered);
        let (chunks, count) = if batch.is_empty() {
            (&self.chunks[..], self.inputs.len())
        } else {
            (&gathered[..batch.len().div_ceil(CHUNK)], batch.len())
        };
        let result = work(chunks, &mut ws, 1.0 / count as f64);
        ws.gathered = gathered;
        pool().push(ws);
        result
    }

    /// ½ l2 ‖w‖².
    fn decay(&self, w: &[f64]) -> f64 {
        if self.l2 == 0.0 { 0.0 } else { 0.5 * self.l2 * dot(w, w) }
    }

    fn states(&self, chunks: &[Chunk]) -> usize {
        let units: usize = self.layers.iter().map(|l| l.outputs).sum();
        5 * units * chunks.iter().map(|c| c.samples).sum::<usize>()
    }

    /// Whether products with the matrices of the whole sum find the states of a known point kept: blocks of them gain nothing then.
    pub fn keeps_states(&self) -> bool {
        self.states(&self.chunks) <= MOST_KEPT
    }

    /// Whether the states of these chunks may stay in the workspace: all workspaces together keep [`MOST_KEPT`] numbers.
    fn keeps(&self, chunks: &[Chunk], ws: &mut Workspace) -> bool {
        let needed = self.states(chunks);
        if needed <= ws.kept {
            return true;
        }
        let more = needed - ws.kept;
        let set_aside = |kept: usize| kept.checked_add(more).filter(|kept| *kept <= MOST_KEPT);
        let fits = self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, set_aside).is_ok();
        if fits {
            ws.kept = needed;
        }
        fits
    }
}

impl Workspace {
    fn is_at(&self, w: &[f64], batch: &[usize]) -> bool {
        // Sixteen at a time without a branch between them.
        let differ = |(a, b): (&f64, &f64)| a.to_bits() ^ b.to_bits();
        let same = |(a, b): (&[f64], &[f64])| a.iter().zip(b).map(differ).fold(0, std::ops::BitOr::bitor) == 0;
        self.known && self.batch == batch && self.w.len() == w.len() && self.w.chunks(16).zip(w.chunks(16)).all(same)
    }
}

/// The samples `indices` in as many chunks as they need; there may be more chunks, of before.
fn gather(chunks: &mut Vec<Chunk>, rows: [&Rows; 2], indices: &[usize]) {
    let count = indices.len().div_ceil(CHUNK);
    if chunks.len() < count {
        chunks.resize_with(count, Chunk::default);
    }
    for (chunk, part) in chunks.iter_mut().zip(indices.chunks(CHUNK)) {
        chunk.gather(rows, part);
    }
}

impl Clone for Network {
    /// The same network; the buffers stay behind.
    fn clone(&self) -> Self {
        Self {
            architecture: self.architecture.clone(),
            layers: self.layers.clone(),
            loss: self.loss,
            l2: self.l2,
            inputs: self.inputs.clone(),
            targets: self.targets.clone(),
            chunks: self.chunks.clone(),
            pool: Mutex::default(),
            kept: AtomicUsize::new(0),
        }
    }
}

impl Objective for Network {
    fn dim(&self) -> usize {
        self.architecture.parameters()
    }

    fn value(&self, w: &[f64]) -> f64 {
        self.batch_value(w, &[])
    }

    fn value_gradient(&self, w: &[f64], gradient: &mut [f64]) -> f64 {
        self.batch_value_gradient(w, &[], gradient)
    }

    fn hessian_vector(&self, w: &[f64], v: &[f64], product: &mut [f64]) {
        self.multiply(w, &[], v, Matrix::Hessian, product);
    }

    fn hessian(&self, w: &[f64], hessian: &mut [f64]) {
        self.dense(w, Matrix::Hessian, hessian);
    }

    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        Some(self)
    }

    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        Some(self)
    }
}

impl FiniteSum for Network {
    fn samples(&self) -> usize {
        self.inputs.len()
    }

    fn batch_value(&self, w: &[f64], batch: &[usize]) -> f64 {
        self.with(w, batch, |chunks, ws, t| self.value_of(w, (chunks, t), ws)) + self.decay(w)
    }

    fn batch_value_gradient(&self, w: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let f = self.at_point(w, batch, Question::Gradient(gradient)) + self.decay(w);
        if self.l2 != 0.0 {
            axpy(self.l2, w, gradient);
        }
        f
    }

    fn batch_hessian_vector(&self, w: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]) {
        self.multiply(w, batch, v, Matrix::Hessian, product);
    }
}

impl GaussNewton for Network {
    fn gauss_newton_vector(&self, w: &[f64], v: &[f64], product: &mut [f64]) {
        self.multiply(w, &[], v, Matrix::GaussNewton, product);
    }

    fn gauss_newton_matrix(&self, w: &[f64], matrix: &mut [f64]) {
        self.dense(w, Matrix::GaussNewton, matrix);
    }
}
