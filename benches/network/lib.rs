//! What is timed of networks: the same work for the native program (`network.rs`) and for WebAssembly (`wasm.mjs`).

use saddlescope::linalg::{Job, Rng};
use saddlescope::measure::spectrum::{EndsJob, EndsOptions, Goal, MatrixKind, MatrixOperator, SpectrumJob, Subject};
use saddlescope::optim::{Counts, Noise, Oracle, Setting, method};
use saddlescope::problem::data::data_set;
use saddlescope::problem::network::{Architecture, Init, Loss, Network, Rows};
use saddlescope::problem::{FiniteSum, Objective};
use saddlescope::run::{Run, Setup, StopRules};
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Arc;

/// A network on data.
pub struct Case {
    /// Widths.
    pub layers: &'static str,
    /// Data set, samples, and samples of a batch.
    pub data: (&'static str, usize, usize),
    /// Loss.
    pub loss: Loss,
}

/// What is timed; activations are tanh, and the numbers are f64. Larger networks than the data have inputs for read noise.
pub const CASES: [Case; 7] = [
    Case { layers: "2-4-2-1", data: ("circles", 250, 10), loss: Loss::Mse },
    Case { layers: "2-8-8-1", data: ("spirals", 250, 10), loss: Loss::Mse },
    Case { layers: "2-32-32-1", data: ("spirals", 250, 10), loss: Loss::Mse },
    Case { layers: "100-32-10", data: ("mnist", 2500, 128), loss: Loss::CrossEntropy },
    Case { layers: "2-300-300-1", data: ("spirals", 250, 10), loss: Loss::Mse },
    Case { layers: "784-128-10", data: ("noise", 1000, 128), loss: Loss::CrossEntropy },
    Case { layers: "784-500-100-10", data: ("noise", 1000, 128), loss: Loss::CrossEntropy },
];

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A gradient of a batch that is drawn anew, and w ← w − η g: what the peers do in a step.
    Loop,
    /// A step of the method `sgd` through the counted oracle, with the record that the window draws.
    Method,
    /// The same steps by the driver, recorded, with the counts and the rules by which a run ends.
    Driven,
    /// Value and gradient of the whole sum at a new point.
    Gradient,
    /// ∇²f v of the whole sum at the point of the last gradient.
    Product,
    /// ∇²f v at a new point.
    NewProduct,
    /// The dense Hessian at a new point.
    Hessian,
    /// The dense Hessian at a new point, and all its eigenvalues.
    Eigenvalues,
    /// The five largest eigenvalues at a new point, to 1e-6 of the largest, by Lanczos.
    Top,
}

impl Work {
    /// All of it.
    pub const ALL: [Self; 9] = [
        Self::Loop,
        Self::Method,
        Self::Driven,
        Self::Gradient,
        Self::Product,
        Self::NewProduct,
        Self::Hessian,
        Self::Eigenvalues,
        Self::Top,
    ];
}

/// η.
pub const STEP_SIZE: f64 = 0.01;

impl Case {
    /// Inputs and targets.
    pub fn samples(&self) -> [Rows; 2] {
        let (id, samples, _) = self.data;
        let widths = self.architecture().widths().to_vec();
        let (first, last) = (widths[0], widths[widths.len() - 1]);
        if let Ok(set) = data_set(id) {
            #[cfg(target_arch = "wasm32")]
            provide_images();
            let data = set.draw(Some(samples), None, 1).expect("the declared range has this many samples");
            let targets = data.targets_for(self.loss, last).expect("the case fits its loss");
            let [[inputs, _], [targets, _]] = [data.parts(&data.inputs), data.parts(&targets)];
            return [inputs, targets];
        }
        let mut rng = Rng::new(1);
        let mut inputs = Rows { width: first, values: vec![0.0; first * samples] };
        rng.fill_normal(&mut inputs.values);
        let mut targets = Rows { width: last, values: vec![0.0; last * samples] };
        for row in targets.values.chunks_exact_mut(last) {
            row[rng.below(last)] = 1.0;
        }
        [inputs, targets]
    }

    fn architecture(&self) -> Architecture {
        Architecture::parse(self.layers, "tanh").expect("the case is a network")
    }

    /// The network and its first weights.
    pub fn network(&self) -> (Network, Vec<f64>) {
        let [inputs, targets] = self.samples();
        let w = Init::Xavier.draw(&self.architecture(), &mut Rng::new(1));
        (Network::new(self.architecture(), self.loss, 0.0, inputs, targets).expect("the case fits its data"), w)
    }

    /// A function that does `work` as often as it is told.
    pub fn prepare(&self, work: Work) -> Box<dyn FnMut(u32)> {
        let (network, mut w) = self.network();
        let n = w.len();
        let mut g = vec![0.0; n];
        let v: Vec<f64> = (0..n).map(|i| ((i * 7919) % 13) as f64 - 6.0).collect();
        match work {
            Work::Loop => {
                let (mut rng, mut batch) = (Rng::new(1), vec![0; self.data.2]);
                Box::new(move |count| {
                    for _ in 0..count {
                        batch.iter_mut().for_each(|index| *index = rng.below(network.samples()));
                        network.batch_value_gradient(&w, &batch, &mut g);
                        w.iter_mut().zip(&g).for_each(|(w, g)| *w -= STEP_SIZE * g);
                    }
                })
            }
            Work::Method => {
                let setup = self.setup(&w);
                let mut optimizer = setup.method.start(&setup.settings, None, &setup.start).expect("sgd has these settings");
                let mut rng = Rng::new(1);
                Box::new(move |count| {
                    let mut oracle = Oracle::new(&network, rng.clone(), Counts::default());
                    for _ in 0..count {
                        let mut record = optimizer.step(&mut oracle).expect("the weights stay finite");
                        oracle.recycle(black_box(&mut record));
                    }
                    rng = oracle.into_parts().0;
                })
            }
            Work::Driven => {
                let objective: Arc<dyn Objective> = Arc::new(network);
                let setup = self.setup(&w);
                Box::new(move |count| {
                    let mut run = Run::new(Arc::clone(&objective), setup.clone()).expect("sgd has these settings");
                    assert_eq!(run.advance(u64::from(count)), u64::from(count));
                })
            }
            Work::Gradient => Box::new(move |count| {
                for _ in 0..count {
                    w[0] += 1e-9;
                    black_box(network.value_gradient(&w, &mut g));
                }
            }),
            Work::Product => {
                network.value_gradient(&w, &mut g);
                Box::new(move |count| (0..count).for_each(|_| network.hessian_vector(&w, black_box(&v), &mut g)))
            }
            Work::NewProduct => Box::new(move |count| {
                for _ in 0..count {
                    w[0] += 1e-9;
                    network.hessian_vector(&w, &v, &mut g);
                }
            }),
            Work::Hessian => {
                let mut hessian = vec![0.0; n * n];
                Box::new(move |count| {
                    for _ in 0..count {
                        w[0] += 1e-9;
                        network.hessian(&w, black_box(&mut hessian));
                    }
                })
            }
            Work::Eigenvalues => {
                let subject = Subject::Network(Arc::new(network));
                Box::new(move |count| {
                    for _ in 0..count {
                        w[0] += 1e-9;
                        let job = SpectrumJob::new(subject.clone(), w.clone(), MatrixKind::Hessian, false);
                        black_box(job.expect("the point fits").finish().expect("the Hessian is finite"));
                    }
                })
            }
            Work::Top => {
                let subject = Subject::Network(Arc::new(network));
                Box::new(move |count| {
                    for _ in 0..count {
                        w[0] += 1e-9;
                        let operator = MatrixOperator::new(subject.clone(), w.clone(), MatrixKind::Hessian);
                        let options = EndsOptions { bottom: 0, top: 5, goal: Goal::Values, ..EndsOptions::default() };
                        let ends = EndsJob::new(operator.expect("the point fits"), options, &[]).finish();
                        assert!(black_box(ends).is_some_and(|ends| ends.converged));
                    }
                })
            }
        }
    }

    fn setup(&self, w: &[f64]) -> Setup {
        let settings = [("step_size", STEP_SIZE), ("batch_size", self.data.2 as f64)];
        Setup {
            method: method("sgd").expect("sgd is a method"),
            settings: settings.map(|(name, value)| (name.to_owned(), Setting::Number(value))).into(),
            scales: None,
            start: w.into(),
            noise: Noise::NONE,
            seed: 1,
            budget: u64::MAX,
            rules: StopRules::default(),
        }
    }

    /// Additions and multiplications of a gradient, for each sample, in the products with the weights: elementary functions
    /// are not counted.
    pub fn operations(&self) -> f64 {
        let pairs: Vec<f64> = self.architecture().widths().windows(2).map(|w| (w[0] * w[1]) as f64).collect();
        pairs.iter().enumerate().map(|(l, pair)| if l == 0 { 4.0 * pair } else { 6.0 * pair }).sum()
    }
}

/// What a page would have fetched.
#[cfg(target_arch = "wasm32")]
fn provide_images() {
    let files: [&[u8]; 4] = [
        include_bytes!("../../assets/data/mnist10-train-images.idx3-ubyte"),
        include_bytes!("../../assets/data/mnist10-train-labels.idx1-ubyte"),
        include_bytes!("../../assets/data/mnist10-test-images.idx3-ubyte"),
        include_bytes!("../../assets/data/mnist10-test-labels.idx1-ubyte"),
    ];
    saddlescope::problem::data::provide("mnist", files.map(<[u8]>::to_vec).into());
}

/// Does its work so many times.
type Prepared = Box<dyn FnMut(u32)>;

thread_local! {
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
}

/// For JavaScript: prepares `Work::ALL[work]` of `CASES[case]`.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(case: usize, work: usize) {
    PREPARED.set(Some(CASES[case].prepare(Work::ALL[work])));
}

/// For JavaScript: does what was prepared `count` times.
#[unsafe(no_mangle)]
pub extern "C" fn repeat(count: u32) {
    PREPARED.with_borrow_mut(|prepared| {
        if let Some(work) = prepared {
            work(count);
        }
    });
}
