//! The sensitivity to the step size: where each method ends, for steps from a thousandth to a thousand times its default.

use super::outcome::Grid;
use super::quantile::Summary;
use super::{Clock, Entrant, Landmarks, Progress, Race};
use crate::optim::{Method, Parameter, Setting, Settings, SettingsError};
use crate::problem::Objective;
use serde::Serialize;
use std::sync::Arc;

/// Step lengths a decade.
const PER_DECADE: i32 = 4;
/// Decades below and above the default.
const DECADES: i32 = 3;

/// Final values against step sizes.
pub struct Sweep {
    race: Race,
    names: Vec<String>,
    points: Vec<Place>,
}

/// Which step length an entrant of the inner race has.
struct Place {
    entrant: usize,
    parameter: &'static Parameter,
    factor: f64,
    value: f64,
}

/// Final values of one method.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepCurve {
    /// Its place among the entrants.
    #[serde(skip)]
    pub entrant: usize,
    /// Its name.
    pub name: String,
    /// The parameter that is its step length.
    pub parameter: &'static str,
    /// In ascending order of the step length.
    pub points: Vec<SweepPoint>,
}

/// The ends of the runs with one step length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The step length over its default.
    pub factor: f64,
    /// The step length.
    pub value: f64,
    /// f at the ends.
    pub f: Summary,
    /// Runs that have ended.
    pub runs: usize,
    /// Of these, diverged.
    pub diverged: usize,
}

/// The declared parameter that is the length of a method's steps: `step_size`, or else `radius`, its own or that of the inner method.
pub fn step_parameter(method: &Method, settings: &Settings) -> Option<&'static Parameter> {
    let declared = method.declared(settings);
    ["step_size", "inner_step_size", "radius", "inner_radius"].iter().find_map(|name| declared.iter().find(|p| p.name == *name))
}

impl Sweep {
    /// The sweep of `entrants` over 10⁻³ to 10³ times the default of their step length on their landscape, four to a decade,
    /// as far as the parameter's span reaches. Methods without a step length are left out.
    ///
    /// # Errors
    /// As [`Race::new`].
    pub fn new(
        objective: Arc<dyn Objective>,
        entrants: &[Entrant],
        seeds: usize,
        landmarks: Landmarks,
        clock: Clock,
    ) -> Result<Self, SettingsError> {
        let mut points = Vec::new();
        let mut varied = Vec::new();
        for (place, entrant) in entrants.iter().enumerate() {
            let Some(parameter) = step_parameter(entrant.setup.method, &entrant.setup.settings) else { continue };
            let (min, max) = parameter.span.limits();
            let default = parameter.default_number(entrant.setup.scales);
            for k in -DECADES * PER_DECADE..=DECADES * PER_DECADE {
                let factor = libm::pow(10.0, f64::from(k) / f64::from(PER_DECADE));
                let value = default * factor;
                if !(min..=max).contains(&value) {
                    continue;
                }
                let mut setup = entrant.setup.clone();
                setup.settings.insert(parameter.name.to_owned(), Setting::Number(value));
                points.push(Place { entrant: place, parameter, factor, value });
                varied.push(Entrant { name: entrant.name.clone(), setup });
            }
        }
        let race = Race::on(objective, varied, seeds, landmarks, Grid::ENDS, false, clock)?;
        Ok(Self { race, names: entrants.iter().map(|e| e.name.clone()).collect(), points })
    }

    /// One sentence that names the methods without a step length, which are left out; none where there are none.
    pub fn left_out(&self) -> Option<String> {
        let kept = |place: usize| self.points.iter().any(|point| point.entrant == place);
        let names: Vec<&str> = self.names.iter().enumerate().filter(|(i, _)| !kept(*i)).map(|(_, name)| name.as_str()).collect();
        let verb = if names.len() == 1 { "has no step length and is" } else { "have no step length and are" };
        (!names.is_empty()).then(|| format!("{} {verb} left out of the sweep.", names.join(", ")))
    }

    /// As [`Race::work`].
    pub fn work(&mut self, until: f64) -> Progress {
        self.race.work(until)
    }

    /// As [`Race::spawn`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn spawn(&mut self, threads: usize) {
        self.race.spawn(threads);
    }

    /// As [`Race::finish`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn finish(&mut self, threads: usize) {
        self.race.finish(threads);
    }

    /// As [`Race::cancel`].
    pub fn cancel(&mut self) {
        self.race.cancel();
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.race.progress()
    }

    /// As [`Race::floor`], over all step lengths.
    pub fn floor(&self) -> Option<f64> {
        self.race.floor()
    }

    /// The curve of every method with a step length, in their order, as far as it is known.
    pub fn curves(&self) -> Vec<SweepCurve> {
        let mut curves: Vec<SweepCurve> = Vec::new();
        for (place, point) in self.points.iter().enumerate() {
            if curves.last().is_none_or(|curve| curve.entrant != point.entrant) {
                let (entrant, name) = (point.entrant, self.names[point.entrant].clone());
                curves.push(SweepCurve { entrant, name, parameter: point.parameter.name, points: Vec::new() });
            }
            let runs = self.race.outcomes(place);
            let count = runs.clone().count();
            if let (Some(curve), 1..) = (curves.last_mut(), count) {
                curve.points.push(SweepPoint {
                    factor: point.factor,
                    value: point.value,
                    f: Summary::of(runs.clone().map(|run| if run.has_diverged() { f64::INFINITY } else { run.f })),
                    runs: count,
                    diverged: runs.filter(|run| run.has_diverged()).count(),
                });
            }
        }
        curves
    }
}
