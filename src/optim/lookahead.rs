//! Lookahead around another method.

use super::{
    Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Requirement, Span, Step, StepError, Verdict,
    first_order, second_order, stochastic,
};
use crate::linalg::{Vector, copy, zeros};

const SOURCE: &str = "Zhang, Lucas, Hinton, Ba 2019, Algorithm 1";

/// Every other method.
const METHODS: [&[Method]; 3] = [first_order::METHODS, stochastic::METHODS, second_order::METHODS];

/// Their identifiers.
const INNER: [&str; METHODS[0].len() + METHODS[1].len() + METHODS[2].len()] = {
    let mut ids = [""; METHODS[0].len() + METHODS[1].len() + METHODS[2].len()];
    let (mut family, mut next) = (0, 0);
    while family < METHODS.len() {
        let mut i = 0;
        while i < METHODS[family].len() {
            ids[next] = METHODS[family][i].id;
            (i, next) = (i + 1, next + 1);
        }
        family += 1;
    }
    ids
};

/// From φ = x₀: k steps of the inner method, then φ ← φ + α(x − φ) and x ← φ. It costs what the inner method costs, and the
/// derivatives that this one would have known at x and asks anew at φ.
///
/// The k-th step of a round is recorded as the way from its start to φ. The inner method keeps what it has accumulated, and forgets
/// what it knew of the place that it is taken from ([`Optimizer::relocate`]); its momentum is kept, set to 0, or drawn towards what it
/// was after the last round as x is drawn towards φ. Where x is φ already, as in the rounds of a search around it or with α = 1,
/// nothing is moved and nothing forgotten.
pub(super) const LOOKAHEAD: Method = Method {
    id: "lookahead",
    name: "Lookahead",
    family: Family::FirstOrder,
    formula: "after k inner steps:  φ ← φ + α (x − φ),  x ← φ",
    summary: "Lets another method run ahead and follows it half the way: its oscillation averages out.",
    source: SOURCE,
    parameters: &[
        Parameter {
            name: "inner",
            symbol: "inner",
            default: Default::Fixed(1.0),
            span: Span::Method { options: &INNER },
            meaning: "the method that runs ahead; its own parameters follow with the prefix inner_",
            source: SOURCE,
        },
        Parameter {
            name: "k",
            symbol: "k",
            default: Default::Fixed(5.0),
            span: Span::Integer { min: 1, max: 1_000_000 },
            meaning: "inner steps between two synchronisations",
            source: SOURCE,
        },
        Parameter {
            name: "alpha",
            symbol: "α",
            default: Default::Fixed(0.5),
            span: Span::Linear { min: 0.0, max: 1.0 },
            meaning: "share of the way to the inner iterate that is gone at a synchronisation",
            source: SOURCE,
        },
        Parameter {
            name: "momentum_at_synchronization",
            symbol: "momentum",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["keep", "reset", "interpolate"] },
            meaning: "what becomes of the inner momentum: kept, set to 0, or interpolated like the iterate",
            source: SOURCE,
        },
    ],
    random: false,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let (method, own) = values.nested("inner");
        Box::new(Lookahead {
            inner: (method.build)(&own, start),
            slow: copy(start),
            slow_momenta: Vec::new(),
            period: values.integer("k").max(1),
            done: 0,
            alpha: values.number("alpha"),
            momentum: match values.choice("momentum_at_synchronization") {
                "reset" => Momentum::Reset,
                "interpolate" => Momentum::Interpolate,
                _ => Momentum::Keep,
            },
        })
    },
};

#[derive(Clone, Copy)]
enum Momentum {
    Keep,
    Reset,
    Interpolate,
}

#[derive(Clone)]
struct Lookahead {
    inner: Box<dyn Optimizer>,
    /// φ.
    slow: Vector,
    /// The momenta after the last synchronisation; 0 before the first.
    slow_momenta: Vec<Vector>,
    period: usize,
    /// Inner steps since the last synchronisation.
    done: usize,
    alpha: f64,
    momentum: Momentum,
}

impl Lookahead {
    /// Whether the inner method was moved.
    fn synchronize(&mut self) -> bool {
        let alpha = self.alpha;
        draw(alpha, self.inner.position(), &mut self.slow);
        let moved = self.slow.as_slice() != self.inner.position();
        if moved {
            self.inner.relocate(&self.slow);
        }
        let momenta = self.inner.momenta();
        match self.momentum {
            Momentum::Keep => {}
            Momentum::Reset => momenta.into_iter().flatten().for_each(|v| *v = 0.0),
            Momentum::Interpolate => {
                self.slow_momenta.resize(momenta.len(), zeros(self.slow.len()));
                for (fast, slow) in momenta.into_iter().zip(&mut self.slow_momenta) {
                    draw(alpha, fast, slow);
                    fast.copy_from_slice(slow);
                }
            }
        }
        moved
    }
}

/// φ ← φ + α(x − φ), which is x to the bit for α = 1.
fn draw(alpha: f64, fast: &[f64], slow: &mut [f64]) {
    let drawn = |slow: f64, fast: f64| if alpha == 1.0 { fast } else { slow + alpha * (fast - slow) };
    slow.iter_mut().zip(fast).for_each(|(slow, fast)| *slow = drawn(*slow, *fast));
}

impl Optimizer for Lookahead {
    fn position(&self) -> &[f64] {
        self.inner.position()
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut record = self.inner.step(oracle)?;
        self.done += 1;
        if self.done == self.period {
            self.done = 0;
            if !self.synchronize() {
                return Ok(record);
            }
            if record.verdict == Verdict::Rejected {
                // A look beside x is not what is recorded.
                record.phase = Phase::Descent;
            }
            record.x = copy(&self.slow);
            record.trial = self.slow.iter().zip(&record.from).map(|(to, from)| to - from).collect();
            // The way to φ is gone whatever became of the inner trial.
            record.verdict = Verdict::Accepted;
            (record.predicted, record.actual) = (f64::NAN, f64::NAN);
            record.geometry = Geometry::Line { direction: copy(&record.trial), tried: vec![1.0] };
        }
        Ok(record)
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        (self.slow, self.done) = (copy(x), 0);
        self.inner.relocate(x);
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        self.inner.momenta()
    }
}
