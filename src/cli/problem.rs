//! The problem as words of the command line.

use super::CliError;
use super::network::NetworkArgs;
use super::values::{domain, number, pairs};
use crate::problem::{Objective, Problem};
use crate::scene::Scene;
use clap::Args;
use std::collections::BTreeMap;

/// A problem, named the same way in every command.
#[derive(Debug, Args)]
pub struct ProblemArgs {
    /// An entry of the catalogue.
    #[arg(long, conflicts_with = "formula")]
    pub landscape: Option<String>,
    /// A formula in x, y or x1..xn.
    #[arg(long, allow_hyphen_values = true)]
    pub formula: Option<String>,
    /// The catalogue's entry over whose samples the formula's mean(…) runs.
    #[arg(long, value_name = "ID", conflicts_with = "landscape")]
    pub table: Option<String>,
    /// The number of variables.
    #[arg(long)]
    pub dim: Option<usize>,
    /// A parameter of the landscape or formula; as often as needed.
    #[arg(long = "param", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub parameters: Vec<String>,
    /// Samples of a stochastic gradient, for noise and the methods that take batches. Values and matrices are those of all samples.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub batch: Option<u32>,
    /// The box of a formula's picture, or where to look for critical points.
    #[arg(long, allow_hyphen_values = true, value_name = "X0:X1,Y0:Y1")]
    pub domain: Option<String>,
    /// A network instead.
    #[command(flatten)]
    pub network: NetworkArgs,
}

impl ProblemArgs {
    /// The problem as a scene with no method.
    pub(super) fn scene(&self) -> Result<Scene, CliError> {
        if let Some(layers) = &self.network.layers {
            return self.network.scene(layers);
        }
        let parameters = pairs(&self.parameters, "--param")?;
        let mut numbers = BTreeMap::new();
        for (name, text) in parameters {
            let value = number(&text, &format!("--param {name}"))?;
            numbers.insert(name, value);
        }
        let domain = self.domain.as_deref().map(|text| domain(text, "--domain", ["x", "y"])).transpose()?;
        Ok(Scene::bare(match (&self.landscape, &self.formula) {
            (Some(id), None) => crate::scene::ProblemSpec::Landscape { id: id.clone(), parameters: numbers, dim: self.dim },
            (None, Some(text)) => crate::scene::ProblemSpec::Formula {
                text: text.clone(),
                parameters: numbers,
                ranges: BTreeMap::new(),
                table: self.table.clone(),
                dim: self.dim.unwrap_or(2),
                domain: domain.unwrap_or([-3.0, 3.0, -3.0, 3.0]),
            },
            _ => {
                let wanted = "name the problem with --landscape ID, --formula TEXT or --layers 2-8-8-1 --data ID";
                return Err(CliError::Usage(wanted.to_owned()));
            }
        }))
    }

    /// The problem itself.
    pub(super) fn open(&self) -> Result<Problem, CliError> {
        Ok(self.scene()?.problem.open()?)
    }

    /// The box in which to search: what was asked for, or the problem's own.
    pub(super) fn bounds_of(&self, problem: &Problem) -> Result<Vec<[f64; 2]>, CliError> {
        let Some(text) = &self.domain else { return Ok(problem.bounds()) };
        let [x0, x1, y0, y1] = domain(text, "--domain", ["x", "y"])?;
        Ok([[x0, x1], [y0, y1]].into_iter().cycle().take(problem.dim()).collect())
    }
}
