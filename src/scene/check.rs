//! The bounds of a scene's numbers, at one place.

use super::{ProblemSpec, Scene, SceneError};
use crate::optim::Setting;

/// Steps that a run may have.
const MOST_STEPS: u64 = 10_000_000;
/// Methods that may race.
const MOST_METHODS: usize = 64;

/// Forks of forks.
const MOST_FORKS: usize = 16;

/// Largest standard deviation of gradient noise.
pub(super) const MOST_NOISE: f64 = 1e9;

/// Largest size of a coordinate of the start.
pub const MOST_COORDINATE: f64 = 1e9;
/// Smallest and largest length across the map's shorter side.
pub const CAMERA_EXTENT: [f64; 2] = [1e-12, 1e9];

impl Scene {
    /// Checks every number that serde cannot: finite, in range, of a sane size.
    ///
    /// # Errors
    /// [`SceneError::BadNumber`] names the first one that is not.
    pub fn validate(&self) -> Result<(), SceneError> {
        if let Some(start) = &self.start
            && let Some(v) = start.iter().find(|v| !v.is_finite() || v.abs() > MOST_COORDINATE)
        {
            return bad("start", format!("{v:e}"), "finite numbers up to 1e9 in size");
        }
        if self.steps == 0 || self.steps > MOST_STEPS {
            return bad("number of steps", self.steps.to_string(), "from 1 to 10,000,000");
        }
        if let Some(noise) = &self.noise
            && !(0.0..=MOST_NOISE).contains(&noise.strength)
        {
            return bad("noise strength", format!("{:e}", noise.strength), "from 0 to 1e9");
        }
        if self.methods.len() > MOST_METHODS {
            return bad("number of methods", self.methods.len().to_string(), "at most 64");
        }
        for spec in &self.methods {
            let forks = || spec.lineage().filter_map(|spec| spec.fork.as_ref());
            if forks().count() > MOST_FORKS {
                return bad("number of forks in one method", forks().count().to_string(), "at most 16");
            }
            let settings = spec.lineage().flat_map(|spec| &spec.settings);
            let infinite = |setting: &Setting| matches!(setting, Setting::Number(v) if !v.is_finite());
            if let Some((name, _)) = settings.into_iter().find(|(_, setting)| infinite(setting)) {
                return bad(&format!("{name} of {}", spec.id), "not finite".to_owned(), "a finite number");
            }
            if let Some((_, v)) = forks().flat_map(|fork| &fork.moved).find(|(_, v)| !v.is_finite() || v.abs() > 1e9) {
                return bad("moved coordinate of a fork", format!("{v:e}"), "a finite number up to 1e9 in size");
            }
            if let Some(fork) = forks().find(|fork| fork.step > MOST_STEPS || fork.stream > MOST_STEPS) {
                return bad("step of a fork", fork.step.max(fork.stream).to_string(), "from 0 to 10,000,000");
            }
        }
        self.validate_look()?;
        if let Some(subproblem) = &self.view.subproblem
            && subproblem.bounded() != *subproblem
        {
            return bad(
                "subproblem",
                format!("{subproblem:?}"),
                "of numbers up to 1e9 in size, with radius and metric from 1e-9 on",
            );
        }
        if !(0.0..=1e6).contains(&self.stop.gradient) {
            return bad("gradient tolerance", self.stop.gradient.to_string(), "from 0 to 1e6");
        }
        if !(1.0..=1e100).contains(&self.stop.far) {
            return bad("distance of divergence", self.stop.far.to_string(), "from 1 to 1e100");
        }
        if let ProblemSpec::Network(spec) = &self.problem
            && !(spec.l2 >= 0.0 && spec.l2 <= 1e9)
        {
            return bad("l2", spec.l2.to_string(), "from 0 to 1e9");
        }
        if let ProblemSpec::Landscape { parameters, .. } | ProblemSpec::Formula { parameters, .. } = &self.problem
            && let Some((name, v)) = parameters.iter().find(|(_, v)| !v.is_finite())
        {
            return bad(&format!("parameter {name}"), v.to_string(), "a finite number");
        }
        if let ProblemSpec::Formula { domain: d, ranges, .. } = &self.problem {
            let sane = |v: &f64| v.is_finite() && v.abs() <= 1e9;
            if !(d.iter().all(sane) && d[0] < d[1] && d[2] < d[3]) {
                return bad("domain", format!("{d:?}"), "[x0, x1, y0, y1] with x0 < x1 and y0 < y1");
            }
            if let Some((name, range)) = ranges.iter().find(|(_, [low, high])| !(sane(low) && sane(high) && low < high)) {
                return bad(&format!("range of {name}"), format!("{range:?}"), "[min, max] with min < max");
            }
        }
        Ok(())
    }

    /// Checks the numbers of the camera and of the playback, which change from frame to frame.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub fn validate_look(&self) -> Result<(), SceneError> {
        if let Some(camera) = &self.view.camera {
            if !camera.center.iter().all(|v| v.is_finite() && v.abs() <= 1e9) {
                return bad("camera centre", format!("{:?}", camera.center), "two finite numbers up to 1e9 in size");
            }
            if !(CAMERA_EXTENT[0]..=CAMERA_EXTENT[1]).contains(&camera.extent) {
                return bad("camera extent", format!("{:e}", camera.extent), "from 1e-12 to 1e9");
            }
        }
        if !(0.01..=1e5).contains(&self.playback.speed) {
            return bad("playback speed", self.playback.speed.to_string(), "from 0.01 to 100,000 steps a second");
        }
        Ok(())
    }
}

fn bad(what: &str, given: String, allowed: &'static str) -> Result<(), SceneError> {
    Err(SceneError::BadNumber { what: what.to_owned(), given, allowed })
}
