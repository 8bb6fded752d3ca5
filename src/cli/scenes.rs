//! Scenes from words, files and links: methods with their settings on a problem.

use super::CliError;
use super::arguments::{FieldArgs, RunArgs};
use super::values::{noise, numbers, pairs, whole};
use crate::optim::{Noise, Setting};
use crate::problem::Objective;
use crate::scene::{MethodSpec, ProblemSpec, Scene, SceneError, from_link};
use clap::Args;

/// Start, steps and seed of runs.
#[derive(Debug, Args)]
pub struct Trials {
    /// The start point; the landscape's own without.
    #[arg(long, allow_hyphen_values = true, value_name = "X,Y")]
    pub start: Option<String>,
    /// Trials.
    #[arg(long, value_parser = whole)]
    pub steps: Option<u64>,
    /// Seed of the random stream.
    #[arg(long, value_parser = whole)]
    pub seed: Option<u64>,
    /// Noise of the stochastic gradients of a problem without samples: isotropic:STRENGTH or curvature:STRENGTH.
    #[arg(long, value_name = "SHAPE:STRENGTH", value_parser = noise)]
    pub noise: Option<Noise>,
}

impl RunArgs {
    /// The scene that is to run.
    pub(super) fn scene(&self) -> Result<Scene, CliError> {
        if let Some(source) = &self.scene {
            return load(source);
        }
        let mut scene = self.problem.scene()?;
        scene.methods = vec![method(self.method.as_deref().unwrap_or_default(), &self.settings, "--set")?];
        self.trials.apply(&mut scene, self.problem.batch)?;
        if let Some(assumed) = &self.preset {
            super::preset::apply(&mut scene, assumed)?;
        }
        Ok(scene)
    }
}

impl FieldArgs {
    /// The scene whose methods race.
    pub(super) fn scene(&self) -> Result<Scene, CliError> {
        if let Some(source) = &self.scene {
            return load(source);
        }
        let mut scene = self.problem.scene()?;
        for text in &self.method {
            scene.methods.push(method_with(text, "--method")?);
        }
        self.trials.apply(&mut scene, self.problem.batch)?;
        Ok(scene)
    }
}

impl Trials {
    /// Gives them to a scene.
    pub(super) fn apply(&self, scene: &mut Scene, samples: Option<u32>) -> Result<(), CliError> {
        if let Some(start) = &self.start {
            scene.start = Some(numbers(start, "--start")?);
        }
        scene.steps = self.steps.unwrap_or(scene.steps);
        scene.seed = self.seed.unwrap_or(scene.seed);
        let sampled = || match &scene.problem {
            ProblemSpec::Network(_) => true,
            other => other.open().is_ok_and(|problem| problem.finite_sum().is_some()),
        };
        if self.noise.is_some() && sampled() {
            return Err(CliError::Usage(
                "--noise is for functions without samples; the noise of this one is that of its batches: take --batch".to_owned(),
            ));
        }
        scene.noise = self.noise;
        if let Some(size) = samples {
            for spec in &mut scene.methods {
                batch(spec, size)?;
            }
        }
        Ok(())
    }
}

/// Gives a method its batch, under the name that it has there.
fn batch(spec: &mut MethodSpec, size: u32) -> Result<(), CliError> {
    let Some(name) = crate::optim::method(&spec.id)?.batch_name(&spec.settings) else {
        return Err(CliError::Usage(format!("{} takes no --batch: it asks for the whole sum, or says its own sizes", spec.id)));
    };
    spec.settings.entry(name.to_owned()).or_insert(Setting::Number(f64::from(size)));
    Ok(())
}

/// A method with its settings, "name=value" each.
fn method(id: &str, settings: &[String], what: &str) -> Result<MethodSpec, CliError> {
    let mut method = MethodSpec::new(id);
    for (name, text) in pairs(settings, what)? {
        method.settings.insert(name, text.parse().map_or_else(|_| Setting::Name(text.clone()), Setting::Number));
    }
    Ok(method)
}

/// A method as one word, "id:name=value,…".
pub(super) fn method_with(text: &str, what: &str) -> Result<MethodSpec, CliError> {
    let (id, settings) = text.split_once(':').unwrap_or((text, ""));
    let settings: Vec<String> = settings.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    method(id, &settings, what)
}

/// Why a scene's methods are not started.
pub(super) const NOTHING_RUNS: &str = "the scene has no method that runs";

/// The scene in a file, or of a link.
///
/// # Errors
/// [`CliError`] in one sentence.
pub(super) fn load(source: &str) -> Result<Scene, CliError> {
    if source.contains("://") || source.starts_with('#') || source.contains("#s=") {
        return Ok(from_link(source)?);
    }
    let text = std::fs::read_to_string(source).map_err(|error| CliError::File { path: source.to_owned(), error })?;
    Scene::from_json(&text).map_err(|e| match e {
        SceneError::Unreadable(why) => CliError::Usage(format!("{source} is no scene: {why}")),
        other => other.into(),
    })
}
