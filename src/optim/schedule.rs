//! Step sizes that change during a run: one rule for every method that has a step size.

use super::{Default, Parameter, Span, Values};

const SOURCE: &str = "Robbins, Monro 1951; Loshchilov, Hutter 2017; Goyal et al. 2017";
/// A share of η below which a schedule does not go: steps stay numbers.
const SMALLEST_SHARE: f64 = 1e-12;

/// The declarations that [`Schedule::new`] reads, beside `step_size`.
pub(super) const PARAMETERS: [Parameter; 4] = [
    Parameter {
        name: "schedule",
        symbol: "ηₜ",
        default: Default::Fixed(0.0),
        span: Span::Choice { options: &["constant", "inverse", "inverse_sqrt", "exponential", "step", "cosine"] },
        meaning: "how η changes with the step t: η, η/(1+t/T), η/√(1+t/T), ηγ^(t/T), ηγ^⌊t/T⌋, or half a cosine from η to γη",
        source: SOURCE,
    },
    Parameter {
        name: "schedule_time",
        symbol: "T",
        default: Default::Fixed(100.0),
        span: Span::Integer { min: 1, max: 1_000_000_000 },
        meaning: "steps in which the schedule shows: T of its formula",
        source: SOURCE,
    },
    Parameter {
        name: "schedule_factor",
        symbol: "γ",
        default: Default::Fixed(0.1),
        span: Span::Linear { min: 0.0, max: 1.0 },
        meaning: "factor of η after T steps of the exponential, step and cosine schedules",
        source: SOURCE,
    },
    Parameter {
        name: "warmup",
        symbol: "W",
        default: Default::Fixed(0.0),
        span: Span::Integer { min: 0, max: 1_000_000_000 },
        meaning: "first steps in which η grows linearly to its value; the schedule begins after them",
        source: "Goyal et al. 2017",
    },
];

/// The declared parameters of a method with a step size: its own and those of the schedule.
macro_rules! scheduled {
    ($($own:expr),* $(,)?) => {{
        const SCHEDULE: [$crate::optim::Parameter; 4] = $crate::optim::schedule::PARAMETERS;
        &[$($own,)* SCHEDULE[0], SCHEDULE[1], SCHEDULE[2], SCHEDULE[3]]
    }};
}
pub(super) use scheduled;

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Constant,
    Inverse,
    InverseRoot,
    Exponential,
    Step,
    Cosine,
}

/// The step size ηₜ of step t = 0, 1, 2, …
#[derive(Clone, Copy)]
pub(super) struct Schedule {
    step_size: f64,
    shape: Shape,
    time: f64,
    factor: f64,
    warmup: f64,
}

impl Schedule {
    /// From `step_size` and [`PARAMETERS`].
    pub fn new(values: &Values<'_>) -> Self {
        Self {
            step_size: values.number("step_size"),
            shape: match values.choice("schedule") {
                "inverse" => Shape::Inverse,
                "inverse_sqrt" => Shape::InverseRoot,
                "exponential" => Shape::Exponential,
                "step" => Shape::Step,
                "cosine" => Shape::Cosine,
                _ => Shape::Constant,
            },
            time: values.number("schedule_time"),
            factor: values.number("schedule_factor"),
            warmup: values.number("warmup"),
        }
    }

    /// ηₜ: η(t+1)/W in the W steps of the warm-up, then with t counted from its end
    ///
    /// | schedule | ηₜ |
    /// |---|---|
    /// | constant | η |
    /// | inverse | η/(1 + t/T) |
    /// | inverse_sqrt | η/√(1 + t/T) |
    /// | exponential | η γ^(t/T) |
    /// | step | η γ^⌊t/T⌋ |
    /// | cosine | η (γ + (1−γ)(1 + cos(π min(t, T)/T))/2) |
    ///
    /// and never below 10⁻¹² η.
    #[inline]
    pub fn at(&self, t: u64) -> f64 {
        if self.shape == Shape::Constant && self.warmup == 0.0 { self.step_size } else { self.step_size * self.share(t as f64) }
    }

    fn share(&self, t: f64) -> f64 {
        if t < self.warmup {
            return (t + 1.0) / self.warmup;
        }
        let (passed, factor) = ((t - self.warmup) / self.time, self.factor);
        let share = match self.shape {
            Shape::Constant => 1.0,
            Shape::Inverse => 1.0 / (1.0 + passed),
            Shape::InverseRoot => 1.0 / (1.0 + passed).sqrt(),
            Shape::Exponential => libm::pow(factor, passed),
            Shape::Step => libm::pow(factor, passed.floor()),
            Shape::Cosine => factor + (1.0 - factor) * 0.5 * (1.0 + libm::cos(std::f64::consts::PI * passed.min(1.0))),
        };
        share.max(SMALLEST_SHARE)
    }
}
