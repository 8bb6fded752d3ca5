//! A scene come alive: the problem and one run for each enabled method.

use super::check::MOST_NOISE;
use super::{MethodSpec, ProblemSpec, Scene, SceneError};
use crate::linalg::Vector;
use crate::measure::PointReport;
use crate::measure::race::{Entrant, Landmarks};
use crate::optim::{Noise, NoiseShape, method};
use crate::problem::{FormulaProblem, NetworkProblem, Objective, Problem, Scales, landscape};
use crate::run::{Fork, Growth, Run, Setup};
use std::sync::Arc;

/// The live part of a scene.
#[derive(Clone)]
pub struct Stage {
    /// What is minimized.
    pub problem: Arc<Problem>,
    /// x₀.
    pub start: Vector,
    /// A run for each method of the scene; `None` where the method is not enabled.
    pub runs: Vec<Option<Run>>,
}

impl Stage {
    /// The methods that run, with these names for the scene's methods ([`Scene::method_names`]).
    pub fn entrants(&self, names: &[String]) -> Vec<Entrant> {
        let runs = self.runs.iter().zip(names);
        runs.filter_map(|(run, name)| Some(Entrant { name: name.clone(), setup: run.as_ref()?.setup().clone() })).collect()
    }

    /// What a race from this start is measured against, when these are the critical points.
    pub fn landmarks(&self, points: &[PointReport]) -> Landmarks {
        Landmarks::new(points, &self.start, self.problem.value(&self.start), self.problem.scales().radius)
    }
}

impl ProblemSpec {
    /// The objective that is meant.
    ///
    /// # Errors
    /// [`SceneError::Problem`] for unknown names, bad parameters and bad formulas, [`SceneError::Network`] for bad shapes and data.
    pub fn open(&self) -> Result<Problem, SceneError> {
        Ok(match self {
            Self::Landscape { id, parameters, dim } => FormulaProblem::from_landscape(landscape(id)?, parameters, *dim)?.into(),
            Self::Formula { text, parameters, table, dim, domain, .. } => {
                let source = table.as_deref().map(landscape).transpose()?;
                FormulaProblem::from_text_over(text, Some(*dim), parameters, Some(*domain), source)?.into()
            }
            Self::Network(spec) => NetworkProblem::new(spec)?.into(),
        })
    }
}

impl Scene {
    /// Opens the problem and sets every enabled method to its start; nothing has run yet.
    ///
    /// # Errors
    /// [`SceneError`] in one sentence.
    pub fn open(&self) -> Result<Stage, SceneError> {
        self.validate()?;
        let problem = Arc::new(self.problem.open()?);
        let start = self.start_for(&problem)?;
        let mut runs = Vec::with_capacity(self.methods.len());
        for index in 0..self.methods.len() {
            runs.push(if self.methods[index].enabled { Some(self.run(index, &problem, &start)?) } else { None });
        }
        Ok(Stage { problem, start, runs })
    }

    /// x₀: the scene's own, or the landscape's.
    ///
    /// # Errors
    /// [`SceneError::Problem`] where it has too few or too many coordinates.
    pub fn start_for(&self, problem: &Problem) -> Result<Vector, SceneError> {
        let start =
            self.start.clone().or_else(|| problem.starts().into_iter().next()).unwrap_or_else(|| vec![0.0; problem.dim()]);
        problem.check_point(&start)?;
        Ok(start.into())
    }

    /// Everything that determines the run of method `index`.
    ///
    /// # Errors
    /// [`SceneError::Settings`] for a method that is unknown.
    pub fn setup(&self, index: usize, problem: &Problem, start: &[f64]) -> Result<Setup, SceneError> {
        self.setup_of(&self.methods[index], self.stream(index), problem, start)
    }

    /// The place in the list that the random stream of method `index` depends on: its own, or that of the run which it was
    /// forked from.
    pub fn stream(&self, index: usize) -> u64 {
        let forks = self.methods[index].lineage().filter_map(|spec| spec.fork.as_ref());
        forks.last().map_or(index as u64, |fork| fork.stream)
    }

    fn setup_of(&self, spec: &MethodSpec, stream: u64, problem: &Problem, start: &[f64]) -> Result<Setup, SceneError> {
        Ok(Setup {
            method: method(&spec.id)?,
            settings: spec.settings.clone(),
            scales: Some(problem.scales()),
            start: Vector::from_slice(start),
            noise: self.noise_on(problem.scales()),
            seed: self.seed.wrapping_add(stream),
            budget: self.steps,
            rules: self.stop,
        })
    }

    /// The noise of stochastic gradients: the scene's own, or isotropic with σ a tenth of the gradient whose plain step is
    /// as long as the landscape's radius.
    pub fn noise_on(&self, scales: Scales) -> Noise {
        self.noise.unwrap_or_else(|| Self::suited_noise(scales))
    }

    /// The noise where the scene says none: a tenth of the radius over the step size, the same in every direction.
    pub fn suited_noise(scales: Scales) -> Noise {
        Noise { shape: NoiseShape::Isotropic, strength: (0.1 * scales.radius / scales.step_size).min(MOST_NOISE) }
    }

    /// The run of method `index`, at its start; a fork's origin is computed up to there.
    ///
    /// # Errors
    /// [`SceneError::Settings`] where the method or its settings are wrong.
    pub fn run(&self, index: usize, problem: &Arc<Problem>, start: &[f64]) -> Result<Run, SceneError> {
        Ok(self.growth(index, problem, start)?.finish()?)
    }

    /// The run of method `index` before anything is computed: the origin of its forks, to be grown.
    ///
    /// # Errors
    /// [`SceneError::Settings`] where the method or its settings are wrong.
    pub fn growth(&self, index: usize, problem: &Arc<Problem>, start: &[f64]) -> Result<Growth, SceneError> {
        let spec = &self.methods[index];
        let origin = spec.lineage().last().unwrap_or(spec);
        let objective: Arc<dyn Objective> = Arc::<Problem>::clone(problem);
        let run = Run::new(objective, self.setup_of(origin, self.stream(index), problem, start)?)?;
        let mut forks = Vec::new();
        for spec in spec.lineage() {
            if let Some(fork) = &spec.fork {
                forks.push(Fork {
                    step: fork.step,
                    method: method(&spec.id)?,
                    settings: spec.settings.clone(),
                    moved: fork.moved.clone(),
                });
            }
        }
        forks.reverse();
        Ok(Growth::new(run, forks)?)
    }
}
