//! `--preset`: the parameters of a method's paper.

use super::CliError;
use super::values::{number, pairs};
use crate::measure::assumptions;
use crate::optim::{ASSUMPTIONS, Assumption, Assumptions, method, methods};
use crate::problem::Objective;
use crate::scene::Scene;

/// Most variables of a problem whose Hessians are surveyed.
const MOST_VARIABLES: usize = 400;

/// Gives the methods of `scene` the parameters that their papers compute from the assumptions in `text`
/// ("epsilon=0.1,gamma=0.01"), the rest estimated on the scene's problem; what is set already stays. Says on standard error
/// what was assumed.
pub(super) fn apply(scene: &mut Scene, text: &str) -> Result<(), CliError> {
    let problem = scene.problem.open()?;
    let n = problem.dim();
    if n > MOST_VARIABLES {
        return Err(CliError::Usage(format!(
            "--preset estimates what it assumes in up to {MOST_VARIABLES} variables; this problem has {n}"
        )));
    }
    let start = scene.start_for(&problem)?;
    let mut assumed = assumptions(&problem, &problem.bounds(), &start, scene.noise_on(problem.scales()));
    set(&mut assumed, text)?;
    for spec in &mut scene.methods {
        let method = method(&spec.id).map_err(crate::scene::SceneError::from)?;
        let Some(settings) = method.preset_settings(&spec.settings, &assumed) else {
            let known: Vec<&str> = methods().iter().filter(|m| m.preset.is_some()).map(|m| m.id).collect();
            return Err(CliError::Usage(format!(
                "no paper's parameters are known for {}; there are some for {}",
                spec.id,
                known.join(", ")
            )));
        };
        for (name, value) in settings {
            spec.settings.entry(name).or_insert(value);
        }
    }
    let said: Vec<String> = ASSUMPTIONS.iter().map(|a| format!("{} = {:.3e}", a.symbol, (a.get)(&assumed))).collect();
    eprintln!("assuming {}", said.join(", "));
    Ok(())
}

fn set(assumed: &mut Assumptions, text: &str) -> Result<(), CliError> {
    let words: Vec<String> = text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect();
    for (name, value) in pairs(&words, "--preset")? {
        let Some(assumption) = Assumption::named(&name) else {
            let known: Vec<&str> = ASSUMPTIONS.iter().map(|a| a.name).collect();
            return Err(CliError::Usage(format!("--preset knows no \"{name}\"; it takes {}", known.join(", "))));
        };
        let value = number(&value, &format!("--preset {name}"))?;
        if !assumption.accepts(value) {
            let allowed = if name == "failure" { "between 0 and 1" } else { "positive" };
            return Err(CliError::Usage(format!("--preset {name} is {value}; it must be {allowed}")));
        }
        (assumption.set)(assumed, value);
    }
    Ok(())
}
