//! A teacher network's answers on normal inputs.

use super::{Data, Draw, Targets};
use crate::linalg::Rng;
use crate::problem::network::Rows;

/// Inputs of the teacher.
const INPUTS: usize = 4;
/// Its hidden units.
const HIDDEN: usize = 3;

/// y = Σₖ tanh(wₖ · x) with wₖ ~ N(0, I), x ~ N(0, I) ∈ ℝ⁴, k = 1 … 3, plus N(0, noise²): a student of the same shape can be
/// right to the last digit.
pub(super) fn teacher_student(draw: &Draw) -> Data {
    let mut rng = Rng::new(draw.seed);
    let mut teacher = [0.0; INPUTS * HIDDEN];
    rng.fill_normal(&mut teacher);
    let (mut values, mut targets) = (Vec::new(), Vec::new());
    for _ in 0..draw.samples {
        let mut x = [0.0; INPUTS];
        rng.fill_normal(&mut x);
        let answer: f64 = teacher.chunks_exact(INPUTS).map(|w| libm::tanh(crate::linalg::dot(w, &x))).sum();
        targets.push(answer + draw.noise * rng.normal());
        values.extend(x);
    }
    let (inputs, targets) = (Rows { width: INPUTS, values }, Targets::Values(Rows { width: 1, values: targets }));
    Data { inputs, targets, train: draw.samples, image: None }
}
