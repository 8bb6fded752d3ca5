//! Objectives made of formulas: catalogue entries and what users type.

use super::{
    CriticalPoint, FiniteSum, GaussNewton, Landscape, Objective, Plane, ProblemError, SampleTable, Scales, estimate_scales,
    landscapes,
};
use crate::formula::{Formula, Scope, Table};
use crate::linalg::{axpy, dot};
use std::collections::BTreeMap;

/// The picture of a formula that nothing else is known of.
const DEFAULT_DOMAIN: [f64; 4] = [-3.0, 3.0, -3.0, 3.0];

/// Most variables of a typed formula: up to here a dense Hessian and its eigenvalues are a matter of seconds.
const MAX_DIM: usize = 1000;

/// Operations beyond which the error bound of f32 costs too much for a frame of the window.
const MOST_BOUNDED: usize = 400;

/// Operations, over all entries, beyond which the error bound of a Hessian takes longer than some milliseconds.
const MOST_BOUNDED_HESSIAN: usize = 40_000;

/// A formula with parameter values: an objective that is cheap to clone.
#[derive(Clone, Debug)]
pub struct FormulaProblem {
    formula: Formula,
    values: Vec<f64>,
    domain: [f64; 4],
    scales: Scales,
    landscape: Option<&'static Landscape>,
}

impl FormulaProblem {
    /// The catalogue entry with some parameters set and, where it has a dimension slider, in dimension `dim`.
    ///
    /// # Errors
    /// [`ProblemError`] for a parameter that is not declared or a value or dimension outside its range.
    pub fn from_landscape(
        landscape: &'static Landscape,
        parameters: &BTreeMap<String, f64>,
        dim: Option<usize>,
    ) -> Result<Self, ProblemError> {
        let dim = dim.unwrap_or(landscape.dim.default_dim());
        if !landscape.dim.contains(dim) {
            let allowed = landscape.dim.describe();
            return Err(ProblemError::BadDimension { problem: landscape.id.clone(), given: dim, allowed });
        }
        let table = landscape.table.as_ref().map(|table| samples(table, dim)).transpose()?;
        let names = landscape.parameters.iter().map(|p| p.name.clone()).collect();
        let formula = Formula::parse(&landscape.formula, &Scope { dim, parameters: names, table })?;
        let mut problem = Self {
            formula,
            values: landscape.parameters.iter().map(|p| p.default).collect(),
            domain: landscape.domain,
            scales: landscape.scales(),
            landscape: Some(landscape),
        };
        for (name, value) in parameters {
            problem.set(name, *value)?;
        }
        problem.rescale();
        Ok(problem)
    }

    /// A formula in `dim` variables (default 2) with the given parameters, shown in `domain` (default [−3, 3]²).
    /// The scales are estimated.
    ///
    /// # Errors
    /// [`ProblemError`] for a formula that cannot be read, a dimension that is not from 1 to 1000, a value
    /// that is not finite or an empty domain.
    pub fn from_text(
        text: &str,
        dim: Option<usize>,
        parameters: &BTreeMap<String, f64>,
        domain: Option<[f64; 4]>,
    ) -> Result<Self, ProblemError> {
        Self::from_text_over(text, dim, parameters, domain, None)
    }

    /// As [`from_text`](Self::from_text), with `mean` running over the samples of a catalogue entry.
    ///
    /// # Errors
    /// As [`from_text`](Self::from_text); [`ProblemError::NoSamples`] for an entry that has none.
    pub fn from_text_over(
        text: &str,
        dim: Option<usize>,
        parameters: &BTreeMap<String, f64>,
        domain: Option<[f64; 4]>,
        source: Option<&'static Landscape>,
    ) -> Result<Self, ProblemError> {
        let dim = dim.unwrap_or(2);
        if !(1..=MAX_DIM).contains(&dim) {
            let (problem, allowed) = ("the formula".to_owned(), format!("from 1 to {MAX_DIM}"));
            return Err(ProblemError::BadDimension { problem, given: dim, allowed });
        }
        let domain = domain.unwrap_or(DEFAULT_DOMAIN);
        for (index, side) in domain.chunks_exact(2).enumerate() {
            let (low, high) = (side[0], side[1]);
            if !(low < high && (high - low).is_finite()) {
                return Err(ProblemError::BadDomain { index: index + 1, low, high });
            }
        }
        let table = match source.map(|entry| entry.table.as_ref().ok_or(entry)) {
            None => None,
            Some(Ok(table)) => Some(samples(table, dim)?),
            Some(Err(entry)) => {
                let known: Vec<&str> = landscapes().iter().filter(|l| l.table.is_some()).map(|l| l.id.as_str()).collect();
                return Err(ProblemError::NoSamples { id: entry.id.clone(), known: known.join(", ") });
            }
        };
        let names = parameters.keys().cloned().collect();
        let formula = Formula::parse(text, &Scope { dim, parameters: names, table })?;
        let mut problem = Self {
            formula,
            values: vec![0.0; parameters.len()],
            domain,
            scales: Scales { step_size: 1.0, radius: 1.0 },
            landscape: None,
        };
        for (name, value) in parameters {
            problem.set(name, *value)?;
        }
        problem.rescale();
        Ok(problem)
    }

    /// The same problem with one parameter changed; nothing is parsed again.
    ///
    /// # Errors
    /// As [`from_landscape`](Self::from_landscape).
    pub fn with_parameter(&self, name: &str, value: f64) -> Result<Self, ProblemError> {
        let mut changed = self.clone();
        changed.set(name, value)?;
        changed.rescale();
        Ok(changed)
    }

    fn set(&mut self, name: &str, value: f64) -> Result<(), ProblemError> {
        let problem = || self.landscape.map_or("the formula".to_owned(), |entry| entry.id.clone());
        let Some(i) = self.parameter_names().iter().position(|known| known == name) else {
            let known = if self.parameter_names().is_empty() { "none".to_owned() } else { self.parameter_names().join(", ") };
            return Err(ProblemError::UnknownParameter { problem: problem(), name: name.chars().take(60).collect(), known });
        };
        let declared = self.landscape.and_then(|entry| entry.parameters.get(i));
        if !declared.map_or(value.is_finite(), |p| p.accepts(value)) {
            let allowed = declared.map_or("a finite number".to_owned(), |p| p.describe());
            return Err(ProblemError::BadParameter { problem: problem(), name: name.to_owned(), given: value, allowed });
        }
        self.values[i] = value;
        Ok(())
    }

    /// At the defaults of an entry its own scales; elsewhere its step size times the change of the estimate.
    fn rescale(&mut self) {
        let Some(entry) = self.landscape else {
            self.scales = estimate_scales(self, &self.bounds());
            return;
        };
        self.scales = entry.scales();
        if !self.at_default_values() {
            let defaults = Self { values: entry.parameters.iter().map(|p| p.default).collect(), ..self.clone() };
            let bounds = self.bounds();
            let ratio = estimate_scales(self, &bounds).step_size / estimate_scales(&defaults, &bounds).step_size;
            self.scales.step_size *= ratio;
        }
    }

    fn at_default_values(&self) -> bool {
        self.landscape.is_some_and(|entry| entry.parameters.iter().map(|p| p.default).eq(self.values.iter().copied()))
    }

    /// The expression.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }

    /// f as it was written.
    pub fn text(&self) -> &str {
        self.formula.text()
    }

    /// The entry that this is, if it is one.
    pub fn landscape(&self) -> Option<&'static Landscape> {
        self.landscape
    }

    /// Names of the parameters, in the order of [`parameter_values`](Self::parameter_values).
    pub fn parameter_names(&self) -> &[String] {
        self.formula.parameters()
    }

    /// Values of the parameters: the `p` of the formula's functions.
    pub fn parameter_values(&self) -> &[f64] {
        &self.values
    }

    /// A step size and a length for methods.
    pub fn scales(&self) -> Scales {
        self.scales
    }

    /// [x₀, x₁, y₀, y₁], the picture: of (x₁, x₂) in ℝ², else of the coordinates (u, v) of [`plane`](Self::plane).
    pub fn domain(&self) -> [f64; 4] {
        self.domain
    }

    /// A box in ℝⁿ, one [low, high] a coordinate: the two sides of the domain in turn.
    pub fn bounds(&self) -> Vec<[f64; 2]> {
        let [x0, x1, y0, y1] = self.domain;
        [[x0, x1], [y0, y1]].into_iter().cycle().take(self.dim()).collect()
    }

    /// Where to start, in this dimension; the first is the default.
    pub fn starts(&self) -> Vec<Vec<f64>> {
        match self.landscape {
            Some(entry) => entry.starts_in(self.dim()),
            None => {
                let along = [0.2, 0.7].into_iter().cycle();
                vec![self.bounds().iter().zip(along).map(|([low, high], t)| low + t * (high - low)).collect()]
            }
        }
    }

    /// Whether the critical points of the entry are those of this function: parameters and dimension are the defaults.
    pub fn critical_points_hold(&self) -> bool {
        self.landscape.is_some_and(|entry| self.dim() == entry.dim.default_dim()) && self.at_default_values()
    }

    /// The known critical points; none where they do not hold.
    pub fn critical_points(&self) -> &'static [CriticalPoint] {
        self.landscape.filter(|_| self.critical_points_hold()).map_or(&[], |entry| &entry.critical_points)
    }

    /// The plane of the picture: ℝ² itself; else through the first known saddle along its strongest curvatures of
    /// both signs; else the plane of the first two coordinates through the default start.
    pub fn plane(&self) -> Plane {
        let mut plane = Plane::coordinates(self.dim());
        if self.dim() > 2 {
            if let Some(point) = self.critical_points().iter().find(|point| point.kind == super::Kind::Saddle) {
                return Plane::of_curvature(self, &point.x);
            }
            if let Some(start) = self.starts().first() {
                plane.origin[2..].copy_from_slice(&start[2..]);
            }
        }
        plane
    }

    /// Whether `x` can be a start.
    ///
    /// # Errors
    /// [`ProblemError`] where its length is not n or a coordinate is not finite.
    pub fn check_point(&self, x: &[f64]) -> Result<(), ProblemError> {
        if x.len() != self.dim() {
            return Err(ProblemError::BadLength { expected: self.dim(), given: x.len() });
        }
        match x.iter().position(|v| !v.is_finite()) {
            Some(i) => Err(ProblemError::NotFinite { index: i + 1, value: x[i] }),
            None => Ok(()),
        }
    }

    /// That the formula has a kink at `x`, in a clause; `None` where it is smooth, or has no finite value.
    pub fn kink(&self, x: &[f64]) -> Option<String> {
        let smooth = self.formula.is_smooth_at(&self.values, x, f64::MIN_POSITIVE);
        let names = self.formula.kinks();
        (!smooth && !names.is_empty() && self.value(x).is_finite())
            .then(|| format!("the formula has a kink here ({}): its derivatives are those of one side", names.join(", ")))
    }

    /// What is odd, though allowed, about a start: f is not finite there, or the picture does not show it.
    pub fn warning(&self, x: &[f64]) -> Option<String> {
        if self.check_point(x).is_err() {
            return None;
        }
        let value = self.value(x);
        if !value.is_finite() {
            return Some(format!("f is {value} at the start"));
        }
        let ([u, v], _) = self.plane().project(x);
        let [x0, x1, y0, y1] = self.domain;
        let inside = self.dim() < 2 || (x0..=x1).contains(&u) && (y0..=y1).contains(&v);
        (!inside).then(|| format!("the start lies outside the picture [{x0}, {x1}] × [{y0}, {y1}]"))
    }
}

fn samples(table: &SampleTable, dim: usize) -> Result<Table, ProblemError> {
    let (columns, rows) = table.columns_and_rows(dim);
    Ok(Table::new(columns, rows)?)
}

impl Objective for FormulaProblem {
    fn dim(&self) -> usize {
        self.formula.dim()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.formula.value(&self.values, x)
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.formula.value_gradient(&self.values, x, gradient)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.formula.hessian_vector(&self.values, x, v, product);
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) {
        let mut gradient = crate::linalg::Vector::from_elem(0.0, self.dim());
        self.formula.value_gradient_hessian(&self.values, x, &mut gradient, hessian);
    }

    fn value_gradient_hessian(&self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        self.formula.value_gradient_hessian(&self.values, x, gradient, hessian)
    }

    fn has_jets(&self) -> bool {
        self.formula.has_jets()
    }

    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        self.formula.residuals().is_some_and(|r| r.hold(&self.values)).then_some(self)
    }

    fn single_precision_error(&self, plane: [&[f64]; 3], at: [f64; 2], extent: [f64; 2]) -> Option<f64> {
        let cost = self.formula.operations().saturating_mul(self.formula.samples().max(1));
        (cost <= MOST_BOUNDED).then(|| self.formula.single_precision_error(&self.values, plane, at, extent).value)
    }

    fn hessian_error(&self, x: &[f64]) -> Option<f64> {
        let (n, cost) = (self.dim(), self.formula.operations().saturating_mul(self.formula.samples().max(1)));
        if cost.saturating_mul(n * (n + 1) / 2) > MOST_BOUNDED_HESSIAN {
            return None;
        }
        let square = |[i, j]: [usize; 2]| {
            let error = self.formula.double_precision_error(&self.values, x, [i, j]).hessian[1];
            error * error * if i == j { 1.0 } else { 2.0 }
        };
        let square = (0..n).flat_map(|i| (0..=i).map(move |j| [i, j])).fold(0.0, |sum, entry| sum + square(entry));
        square.is_finite().then(|| square.sqrt())
    }

    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        self.formula.is_finite_sum().then_some(self)
    }
}

/// G = Σ 2wᵢ ∇rᵢ∇rᵢᵀ of f = c + Σ wᵢ rᵢ².
impl GaussNewton for FormulaProblem {
    fn gauss_newton_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        product.fill(0.0);
        if let Some(residuals) = self.formula.residuals() {
            residuals.for_each(&self.values, x, |w, _, gradient| axpy(2.0 * w * dot(gradient, v), gradient, product));
        }
    }

    fn gauss_newton_matrix(&self, x: &[f64], matrix: &mut [f64]) {
        matrix.fill(0.0);
        if let Some(residuals) = self.formula.residuals() {
            residuals.for_each(&self.values, x, |w, _, gradient| {
                for (row, gi) in matrix.chunks_exact_mut(x.len()).zip(gradient).filter(|(_, gi)| **gi != 0.0) {
                    axpy(2.0 * w * gi, gradient, row);
                }
            });
        }
    }
}

impl FiniteSum for FormulaProblem {
    fn samples(&self) -> usize {
        self.formula.samples()
    }

    fn batch_value(&self, x: &[f64], batch: &[usize]) -> f64 {
        self.formula.batch_value(&self.values, x, batch)
    }

    fn batch_value_gradient(&self, x: &[f64], batch: &[usize], gradient: &mut [f64]) -> f64 {
        self.formula.batch_value_gradient(&self.values, x, batch, gradient)
    }

    fn batch_hessian_vector(&self, x: &[f64], batch: &[usize], v: &[f64], product: &mut [f64]) {
        self.formula.batch_hessian_vector(&self.values, x, batch, v, product);
    }
}
