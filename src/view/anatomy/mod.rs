//! The anatomy of a trust-region subproblem: everything by which min gᵀs + ½ sᵀHs over ‖s‖_M ≤ Δ can be drawn and told.
//!
//! Nothing is solved here: the answers are those of [`optim::subproblem`](crate::optim::subproblem). In ℝⁿ the picture is a
//! plane through s = 0 ([`Section`]); points that are not in it are projected and know how far away they are.

mod picture;
mod section;
mod secular;
mod words;

pub use picture::{Contour, ModelPicture};
pub use section::{Directions, Place, Section};
pub use secular::{Pole, Secular};
pub use words::Case;

use crate::linalg::{Metric, MetricError, Vector, all_finite, dot, mat_vec, norm, zeros};
use crate::optim::subproblem::{Solution, Solver, cubic};
use crate::optim::{Cubic, Geometry, Region, Step};
use crate::problem::Objective;
use crate::scene::SubproblemSpec;

/// Most variables of a subproblem that is taken apart.
pub const MOST_VARIABLES: usize = 128;

/// min gᵀs + ½ sᵀHs over ‖s‖_M ≤ Δ.
#[derive(Clone, Debug, PartialEq)]
pub struct Subproblem {
    /// g.
    pub gradient: Vector,
    /// H, `n * n` numbers row by row; all 0 for a linear model.
    pub hessian: Vector,
    /// M.
    pub metric: Metric,
    /// Δ.
    pub radius: f64,
}

/// Why there is nothing to take apart.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnatomyError {
    /// The step came about without a model in a region.
    #[error("this step was {0}: no model was minimized in a region")]
    NoRegion(&'static str),
    /// A number is NaN or infinite, or the radius is 0.
    #[error("the gradient or the Hessian is not finite here, or the step is 0")]
    NotFinite,
    /// The metric is none.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// The picture needs a plane, and the eigenvalues time.
    #[error("{0} variables: a subproblem is taken apart in 2 to {MOST_VARIABLES}")]
    Dimension(usize),
}

impl Subproblem {
    /// The model of a step's region. The Hessian of a second-order model is asked of the objective, without being counted.
    pub fn of_region(region: &Region, objective: &dyn Objective) -> Self {
        let n = region.center.len();
        let mut hessian = zeros(n * n);
        if region.second_order {
            objective.hessian(&region.center, &mut hessian);
        }
        Self { gradient: region.linear.clone(), hessian, metric: region.metric.clone(), radius: region.radius }
    }

    /// The quadratic part of a cubic model in the ball ‖s‖ = λ/σ, where it has the same minimizer (Cartis, Gould, Toint 2011,
    /// Theorem 3.1).
    pub fn of_cubic(cubic: &Cubic, objective: &dyn Objective) -> Self {
        let n = cubic.center.len();
        let mut hessian = zeros(n * n);
        objective.hessian(&cubic.center, &mut hessian);
        Self { gradient: cubic.linear.clone(), hessian, metric: Metric::Sphere, radius: cubic.radius() }
    }

    /// What a hand has set.
    pub fn by_hand(spec: &SubproblemSpec) -> Self {
        let gradient = Vector::from_slice(&spec.gradient);
        Self { gradient, hessian: spec.hessian(), metric: spec.metric(), radius: spec.radius }
    }

    /// m(s) = gᵀs + ½ sᵀHs.
    pub fn model(&self, s: &[f64]) -> f64 {
        let mut product = zeros(s.len());
        mat_vec(&self.hessian, s, &mut product);
        dot(&self.gradient, s) + 0.5 * dot(s, &product)
    }

    /// Whether H = 0.
    pub fn is_linear(&self) -> bool {
        self.hessian.iter().all(|v| *v == 0.0)
    }

    fn check(&self) -> Result<(), AnatomyError> {
        let n = self.gradient.len();
        if !(2..=MOST_VARIABLES).contains(&n) {
            return Err(AnatomyError::Dimension(n));
        }
        let finite = all_finite(&self.gradient) && all_finite(&self.hessian) && self.hessian.len() == n * n;
        if !(finite && self.radius.is_finite() && self.radius > 0.0) {
            return Err(AnatomyError::NotFinite);
        }
        Ok(self.metric.validate(n)?)
    }
}

/// What a solver answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who.
    pub solver: Solver,
    /// The step and how it was found.
    pub solution: Solution,
    /// Where its step is seen.
    pub place: Place,
    /// 0 and the points that it went through, in order.
    pub path: Vec<[f64; 2]>,
}

/// Newton's point −H⁻¹g.
#[derive(Clone, Debug, PartialEq)]
pub struct Newton {
    /// Where it is seen.
    pub place: Place,
    /// ‖s‖_M.
    pub norm: f64,
    /// What it is of the model.
    pub nature: Nature,
}

/// What the stationary point of a quadratic model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// H ≻ 0.
    Minimizer,
    /// H is indefinite.
    Saddle,
    /// H ≺ 0.
    Maximizer,
}

/// The step that a method took from this subproblem.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Where it is seen.
    pub place: Place,
    /// 0 and the points that the method's solver went through.
    pub path: Vec<[f64; 2]>,
    /// Whether the model drawn is the method's own: its decrease is the predicted one. A method that samples its Hessian, or
    /// replaces it, had another.
    pub same_model: bool,
    /// σ of a cubic model. Its minimizer solves the subproblem that is drawn: the quadratic part in the ball ‖s‖ = λ/σ.
    pub sigma: Option<f64>,
}

/// The minimizer of the cubic model gᵀs + ½ sᵀHs + (σ/3)‖s‖³ over the whole space.
#[derive(Clone, Debug, PartialEq)]
pub struct CubicAnswer {
    /// σ.
    pub sigma: f64,
    /// The step and how it was found; its norm is Euclidean.
    pub solution: Solution,
    /// What the cubic model falls by.
    pub decrease: f64,
    /// Where the step is seen.
    pub place: Place,
}

/// A subproblem taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Anatomy {
    /// What is solved.
    pub problem: Subproblem,
    /// The plane that is shown.
    pub section: Section,
    /// ‖s(λ)‖_M, its poles and its root.
    pub secular: Secular,
    /// The answers in the order of [`Solver::ALL`].
    pub answers: Vec<Answer>,
    /// The other solution in the hard case.
    pub mirror: Option<Place>,
    /// −H⁻¹g; `None` where H is singular.
    pub newton: Option<Newton>,
    /// The whole dogleg without regard to the region: 0, the minimizer along −M⁻¹g, Newton's point; 0 alone where H is not
    /// positive definite.
    pub dogleg: Vec<[f64; 2]>,
    /// s(Δ) as Δ grows from 0, solution of the subproblem at every radius: one curve, and in the hard case the two branches into
    /// which it forks.
    pub trajectory: Vec<Vec<[f64; 2]>>,
    /// Which case this is.
    pub case: Case,
}

impl Anatomy {
    /// Takes a subproblem apart. In the plane it takes some microseconds.
    ///
    /// # Errors
    /// [`AnatomyError`] in one sentence.
    pub fn new(problem: Subproblem) -> Result<Self, AnatomyError> {
        problem.check()?;
        let Subproblem { gradient, hessian, metric, radius } = &problem;
        let secular = Secular::new(gradient, hessian, metric, *radius);
        let solutions = Solver::ALL.map(|solver| (solver, solver.solve(gradient, hessian, metric, *radius)));
        let exact = &solutions[0].1;
        let section = Section::new(&problem, &secular, exact);
        let answers: Vec<Answer> = solutions
            .iter()
            .map(|(solver, solution)| Answer {
                solver: *solver,
                place: section.place(&solution.step),
                path: section.way(&solution.path),
                solution: solution.clone(),
            })
            .collect();
        let case = Case::of(&problem, &secular, exact);
        let mirror = exact.path.first().filter(|_| exact.path.len() == 2).map(|least| {
            let other: Vector = least.iter().zip(&exact.step).map(|(l, s)| 2.0 * l - s).collect();
            section.place(&other)
        });
        let newton = secular.newton().map(|(s, nature)| Newton { place: section.place(&s), norm: metric.norm(&s), nature });
        let mut dogleg = vec![[0.0; 2]];
        if let Some(newton) = newton.as_ref().filter(|newton| newton.nature == Nature::Minimizer) {
            let whole = Solver::Dogleg.solve(gradient, hessian, metric, 2.0 * newton.norm.max(f64::MIN_POSITIVE));
            dogleg = section.way(&whole.path);
        }
        let trajectory = secular.trajectory(&section, 4.0 * radius);
        Ok(Self { section, secular, answers, mirror, newton, dogleg, trajectory, case, problem })
    }

    /// The subproblem of a step, and the step that was taken.
    ///
    /// # Errors
    /// [`AnatomyError::NoRegion`] where the step had none, else as [`new`](Self::new).
    pub fn of_step(step: &Step, objective: &dyn Objective) -> Result<(Self, Taken), AnatomyError> {
        let (problem, taken, path, sigma) = match &step.geometry {
            Geometry::TrustRegion(region) => (Subproblem::of_region(region, objective), &region.step, &region.path, 0.0),
            Geometry::Cubic(cubic) => (Subproblem::of_cubic(cubic, objective), &cubic.step, &cubic.path, cubic.sigma),
            Geometry::Point => return Err(AnatomyError::NoRegion("a plain move")),
            Geometry::Line { .. } => return Err(AnatomyError::NoRegion("a line search")),
            Geometry::Perturbation { .. } => return Err(AnatomyError::NoRegion("a random kick")),
            Geometry::NegativeCurvature { .. } => return Err(AnatomyError::NoRegion("a move along negative curvature")),
        };
        let anatomy = Self::new(problem)?;
        let length = norm(taken);
        let promised = -anatomy.problem.model(taken) - sigma / 3.0 * length * length * length;
        let taken = Taken {
            place: anatomy.section.place(taken),
            path: anatomy.section.way(path),
            same_model: step.predicted.is_nan() || (promised - step.predicted).abs() <= 1e-6 * promised.abs(),
            sigma: (sigma > 0.0).then_some(sigma),
        };
        Ok((anatomy, taken))
    }

    /// The exact answer.
    pub fn exact(&self) -> &Answer {
        &self.answers[0]
    }

    /// What cubic regularization with this σ answers instead of the region.
    pub fn cubic(&self, sigma: f64) -> CubicAnswer {
        let solution = cubic(&self.problem.gradient, &self.problem.hessian, sigma);
        let length = norm(&solution.step);
        let decrease = -self.problem.model(&solution.step) - sigma / 3.0 * length * length * length;
        CubicAnswer { sigma, place: self.section.place(&solution.step), decrease, solution }
    }

    /// s(λ) = −(H + λM)⁻¹g: Newton's point regularized by λ, and where it is seen.
    pub fn regularized(&self, lambda: f64) -> Place {
        self.section.place(&self.secular.step(lambda))
    }
}
