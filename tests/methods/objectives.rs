//! Objectives with derivatives by hand, and ways to run a method on them.

use saddlescope::linalg::{Rng, all_finite};
use saddlescope::optim::{Counts, Noise, NoiseShape, Optimizer, Oracle, Setting, Settings, Step, method};
use saddlescope::problem::{FiniteSum, Objective};

/// f, ∇f and the Hessian's entries xx, xy, yy of a function of two variables.
#[derive(Clone, Copy)]
pub struct Plane {
    pub name: &'static str,
    pub value: fn(f64, f64) -> f64,
    pub gradient: fn(f64, f64) -> [f64; 2],
    pub hessian: fn(f64, f64) -> [f64; 3],
    pub start: [f64; 2],
}

impl Objective for Plane {
    fn dim(&self) -> usize {
        2
    }

    fn value(&self, x: &[f64]) -> f64 {
        (self.value)(x[0], x[1])
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.copy_from_slice(&(self.gradient)(x[0], x[1]));
        self.value(x)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        let [a, b, c] = (self.hessian)(x[0], x[1]);
        product.copy_from_slice(&[a * v[0] + b * v[1], b * v[0] + c * v[1]]);
    }
}

pub const ROSENBROCK: Plane = Plane {
    name: "rosenbrock",
    value: |x, y| (1.0 - x) * (1.0 - x) + 100.0 * (y - x * x) * (y - x * x),
    gradient: |x, y| [-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)],
    hessian: |x, y| [2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x, 200.0],
    start: [-1.2, 1.0],
};

pub const QUAD_ILL: Plane = Plane {
    name: "quad_ill",
    value: |x, y| 0.5 * (x * x + 25.0 * y * y),
    gradient: |x, y| [x, 25.0 * y],
    hessian: |_, _| [1.0, 0.0, 25.0],
    start: [-2.5, 2.0],
};

pub const SADDLE_BOUNDED: Plane = Plane {
    name: "saddle_bounded",
    value: |x, y| 0.5 * x * x + 0.25 * y * y * y * y - 0.5 * y * y,
    gradient: |x, y| [x, y * y * y - y],
    hessian: |_, y| [1.0, 0.0, 3.0 * y * y - 1.0],
    start: [1.5, 1e-4],
};

pub const HIMMELBLAU: Plane = Plane {
    name: "himmelblau",
    value: |x, y| (x * x + y - 11.0) * (x * x + y - 11.0) + (x + y * y - 7.0) * (x + y * y - 7.0),
    gradient: |x, y| {
        let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
        [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
    },
    hessian: |x, y| [12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0],
    start: [0.0, 0.0],
};

pub const PLANES: [Plane; 4] = [ROSENBROCK, QUAD_ILL, SADDLE_BOUNDED, HIMMELBLAU];

/// f = (1/m) Σ ½‖x − aᵢ‖² over m points aᵢ in ℝ³.
pub struct Cloud(pub Vec<[f64; 3]>);

impl Cloud {
    pub fn new(samples: usize) -> Self {
        let mut rng = Rng::new(5);
        Self((0..samples).map(|_| [rng.normal(), 2.0 + rng.normal(), rng.normal() - 1.0]).collect())
    }
}

impl Objective for Cloud {
    fn dim(&self) -> usize {
        3
    }

    fn value(&self, x: &[f64]) -> f64 {
        let all: Vec<usize> = (0..self.0.len()).collect();
        self.batch_value(x, &all)
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let all: Vec<usize> = (0..self.0.len()).collect();
        self.batch_value_gradient(x, &all, gradient)
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64], product: &mut [f64]) {
        product.copy_from_slice(v);
    }

    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        Some(self)
    }
}

impl FiniteSum for Cloud {
    fn samples(&self) -> usize {
        self.0.len()
    }

    fn batch_value(&self, x: &[f64], batch: &[usize]) -> f64 {
        let one = |i: &usize| (0..3).map(|j| 0.5 * (x[j] - self.0[*i][j]) * (x[j] - self.0[*i][j])).sum::<f64>();
        batch.iter().map(one).sum::<f64>() / batch.len() as f64
    }

    fn batch_value_gradient(&self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        for (j, g) in gradient.iter_mut().enumerate() {
            *g = batch.iter().map(|i| x[j] - self.0[*i][j]).sum::<f64>() / batch.len() as f64;
        }
        self.batch_value(x, batch)
    }

    fn batch_hessian_vector(&self, x: &[f64], _batch: &[usize], v: &[f64], product: &mut [f64]) {
        self.hessian_vector(x, v, product);
    }
}

/// Settings from pairs; a text is a choice.
pub fn set(numbers: &[(&str, f64)], names: &[(&str, &str)]) -> Settings {
    let numbers = numbers.iter().map(|(k, v)| ((*k).to_owned(), Setting::Number(*v)));
    let names = names.iter().map(|(k, v)| ((*k).to_owned(), Setting::Name((*v).to_owned())));
    numbers.chain(names).collect()
}

/// The method's machine at `start`, without scales.
pub fn start(id: &str, settings: &Settings, x: &[f64]) -> Box<dyn Optimizer> {
    method(id).unwrap().start(settings, None, x).unwrap()
}

/// Noise of the stochastic gradients of functions without samples.
pub const NOISE: Noise = Noise { shape: NoiseShape::Isotropic, strength: 0.1 };

/// The records of `steps` steps (fewer if the machine ends) and what they asked, with [`NOISE`].
pub fn run(id: &str, settings: &Settings, f: &dyn Objective, x: &[f64], steps: usize, seed: u64) -> (Vec<Step>, Counts) {
    run_in(NOISE, id, settings, f, x, steps, seed)
}

/// As [`run`], with this noise.
pub fn run_in(
    noise: Noise,
    id: &str,
    settings: &Settings,
    f: &dyn Objective,
    x: &[f64],
    steps: usize,
    seed: u64,
) -> (Vec<Step>, Counts) {
    let mut machine = start(id, settings, x);
    let mut oracle = Oracle::new(f, Rng::new(seed), Counts::default()).with_noise(noise);
    let mut records = Vec::new();
    for _ in 0..steps {
        match machine.step(&mut oracle) {
            Ok(step) => records.push(step),
            Err(_) => break,
        }
        assert!(all_finite(machine.position()));
    }
    (records, oracle.counts())
}
