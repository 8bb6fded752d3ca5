//! Networks and their data as words of the command line.

use super::CliError;
use super::values::numbers;
use crate::problem::data::{DataSource, DataSpec, Targets, data_set, is_gzip, is_idx};
use crate::problem::network::{Activation, Architecture, ArchitectureError, Init, Loss, weights_from_json};
use crate::problem::{NetworkProblemError, NetworkSpec, Problem};
use crate::scene::{ProblemSpec, Scene, SceneError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use std::path::Path;

/// A network with its data, instead of a landscape or a formula.
#[derive(Debug, Args)]
pub struct NetworkArgs {
    /// Units of each layer, the input first, such as 2-8-8-1.
    #[arg(long, value_name = "2-8-8-1", conflicts_with_all = ["landscape", "formula", "table", "dim", "domain", "parameters"])]
    pub layers: Option<String>,
    /// One activation for all hidden layers (the last one is then linear), or one for each layer, separated by commas: identity,
    /// tanh, sigmoid, relu, leaky_relu, softplus, gelu.
    #[arg(long, requires = "layers", default_value = "tanh", value_name = "NAME[,NAME…]")]
    pub activation: String,
    /// The loss: mse, bce or cross_entropy. Without: mse for numbers and autoencoders, bce for two classes and one output, else
    /// cross_entropy. With it, whole numbers of a CSV file are classes for cross_entropy, the lower of two numbers is 0 and the higher 1
    /// for bce, and labels from 0 to 2 or more are numbers for mse and one output.
    #[arg(long, requires = "layers", value_parser = loss)]
    pub loss: Option<Loss>,
    /// The weight of ½ ‖w‖², over weights and biases, in the objective.
    #[arg(long, requires = "layers", default_value_t = 0.0, allow_hyphen_values = true)]
    pub l2: f64,
    /// A data set, a CSV file, or an IDX file of images, whose labels are looked for beside it: x-images.idx3-ubyte, x-labels.idx1-ubyte. Without
    /// labels the images are their own targets.
    #[arg(long, requires = "layers", value_name = "ID|FILE")]
    pub data: Option<String>,
    /// The column of a CSV file that is to be learned, by its name in the first line; the last one without.
    #[arg(long, requires = "data", value_name = "NAME")]
    pub label: Option<String>,
    /// Training samples; the set's own number without, or all that a file has beside its test samples.
    #[arg(long, requires = "data")]
    pub samples: Option<usize>,
    /// Standard deviation of a drawn set's noise.
    #[arg(long, requires = "data", allow_hyphen_values = true)]
    pub data_noise: Option<f64>,
    /// Seed of the data and of its split into training and test samples.
    #[arg(long, requires = "data", default_value_t = 0)]
    pub data_seed: u64,
    /// Test samples as a share of all, from 0 to 0.9, of a set without test samples of its own; without: 0.5 of a drawn set, 0.2 of a file.
    #[arg(long, requires = "data", allow_hyphen_values = true)]
    pub test: Option<f64>,
    /// Shift and scale every feature to mean 0 and variance 1.
    #[arg(long, requires = "data")]
    pub standardize: bool,
    /// An autoencoder: the inputs are the targets. --layers 100-32-8 are then the encoder and become 100-32-8-32-100, with a linear
    /// code where one activation is named; layers that end as they begin are taken as they are.
    #[arg(long, requires = "data")]
    pub autoencoder: bool,
    /// Initial weights: xavier, he, normal:SCALE, zeros, orthogonal, or a file of weights.
    #[arg(long, requires = "layers", value_name = "RULE|FILE.json")]
    pub init: Option<String>,
    /// Seed of the initial weights.
    #[arg(long, requires = "layers", default_value_t = 0)]
    pub init_seed: u64,
}

fn loss(name: &str) -> Result<Loss, String> {
    let names = || Loss::ALL.map(Loss::name).join(", ");
    Loss::ALL.into_iter().find(|l| l.name() == name).ok_or_else(|| format!("the losses are {}", names()))
}

impl NetworkArgs {
    /// The network as a scene with no method; its start is set where a file of weights was named.
    pub(super) fn scene(&self, layers: &str) -> Result<Scene, CliError> {
        let refused = |error: NetworkProblemError| CliError::from(SceneError::from(error));
        let architecture = self.architecture(layers).map_err(|e| refused(e.into()))?;
        let activations: Vec<Activation> = architecture.layers().map(|layer| layer.activation).collect();
        let Some(named) = &self.data else {
            return Err(CliError::Usage("a network needs samples: name them with --data ID or --data FILE".to_owned()));
        };
        let data = DataSpec {
            source: source(named, self.label.as_deref())?,
            samples: self.samples,
            noise: self.data_noise,
            test: self.test,
            seed: self.data_seed,
            standardize: self.standardize,
        };
        self.check(&data.source)?;
        if let (Some(samples), DataSource::Table { .. } | DataSource::Images { .. }) = (self.samples, &data.source) {
            let whole = DataSpec { samples: None, ..data.clone() }.load().map_err(|e| refused(e.into()))?;
            if samples > whole.train {
                let (name, all, test) = (data.id(), whole.len(), whole.len() - whole.train);
                return Err(CliError::Usage(format!(
                    "--samples is {samples}; {name} has {all}, {test} of them for testing (--test {}): take up to {}",
                    data.test_share(),
                    whole.train
                )));
            }
        }
        let suited = || -> Result<Loss, CliError> {
            let targets = data.load().map_err(|e| refused(e.into()))?.targets;
            match (targets, architecture.widths().last()) {
                _ if self.autoencoder => Ok(Loss::Mse),
                (Targets::Values(_), _) => Ok(Loss::Mse),
                (Targets::Classes { count: 2, .. }, Some(1)) => Ok(Loss::Bce),
                (Targets::Classes { count, .. }, Some(outputs)) if count != *outputs => {
                    let or = if count == 2 { ", or 1," } else { "" };
                    let name = data.id();
                    Err(CliError::Usage(format!(
                        "{name} has {count} classes, which need {count} outputs{or} and not {outputs}: end --layers with {count}"
                    )))
                }
                (Targets::Classes { .. }, _) => Ok(Loss::CrossEntropy),
            }
        };
        if self.autoencoder && self.loss == Some(Loss::CrossEntropy) {
            return Err(CliError::Usage("an autoencoder has no classes for cross_entropy: take --loss mse or bce".to_owned()));
        }
        let (init, weights) = self.initial(&architecture)?;
        let spec = NetworkSpec {
            layers: architecture.widths().to_vec(),
            activations,
            loss: match self.loss {
                Some(loss) => loss,
                None => suited()?,
            },
            l2: self.l2,
            data,
            reconstruct: self.autoencoder,
            init,
            seed: self.init_seed,
        };
        Ok(Scene { start: weights, ..Scene::bare(ProblemSpec::Network(Box::new(spec))) })
    }

    fn architecture(&self, layers: &str) -> Result<Architecture, ArchitectureError> {
        if !self.autoencoder {
            return Architecture::parse(layers, &self.activation);
        }
        // The activations are checked against the mirrored layers.
        let encoder = Architecture::parse(layers, "identity")?;
        let mirrored = Architecture::mirrored(encoder.widths());
        let text = mirrored.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
        let all = Architecture::parse(&text, &self.activation)?;
        if mirrored == encoder.widths() || self.activation.contains(',') {
            return Ok(all);
        }
        let hidden = all.layers().next().map_or(Activation::Identity, |layer| layer.activation);
        Architecture::autoencoder(encoder.widths(), hidden)
    }

    /// What would be left aside is refused.
    fn check(&self, source: &DataSource) -> Result<(), CliError> {
        let refused = |what: &str| Err(CliError::Usage(what.to_owned()));
        if self.samples == Some(0) {
            return refused("--samples is 0; a network needs at least one training sample");
        }
        match source {
            DataSource::Set(id) if self.test.is_some() && data_set(id).is_ok_and(|set| set.own_test) => {
                refused(&format!("{id} has test samples of its own: leave --test out"))
            }
            DataSource::Table { .. } | DataSource::Images { .. } if self.data_noise.is_some() => {
                refused("--data-noise is that of a drawn set; a file has the samples that it has")
            }
            DataSource::Set(_) | DataSource::Images { .. } if self.label.is_some() => {
                refused("--label names a column of a CSV file, and --data is none")
            }
            _ => Ok(()),
        }
    }

    fn initial(&self, architecture: &Architecture) -> Result<(Init, Option<Vec<f64>>), CliError> {
        let Some(text) = &self.init else { return Ok((Init::default(), None)) };
        match Init::parse(text) {
            Ok(init) => Ok((init, None)),
            Err(_) if Path::new(text).exists() => Ok((Init::default(), Some(weights(text, architecture)?))),
            Err(_) if text.ends_with(".json") => Err(CliError::Usage(format!("there is no file {text} of initial weights"))),
            Err(unknown) => Err(SceneError::from(NetworkProblemError::from(unknown)).into()),
        }
    }
}

/// A point of a problem: numbers, or a file of weights where it is a network.
pub(super) fn point(text: &str, problem: &Problem) -> Result<Vec<f64>, CliError> {
    let Some(network) = problem.network() else { return numbers(text, "--at") };
    match numbers(text, "--at") {
        Err(_) if text.ends_with(".json") || Path::new(text).is_file() => weights(text, network.network().architecture()),
        Err(_) => Err(CliError::Usage(format!("--at takes a file of weights, or numbers such as 1,2: \"{text}\" is neither"))),
        point => point,
    }
}

/// The weights in a file.
fn weights(path: &str, architecture: &Architecture) -> Result<Vec<f64>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| CliError::File { path: path.to_owned(), error })?;
    weights_from_json(&text, architecture).map_err(|error| CliError::Usage(format!("{path}: {error}")))
}

/// A set of the registry, or a file: IDX by its first bytes or its name, else a table.
fn source(named: &str, label: Option<&str>) -> Result<DataSource, CliError> {
    let file = Path::new(named);
    let name = file.file_name().map_or_else(|| named.to_owned(), |name| name.to_string_lossy().into_owned());
    let read = |path: &Path| std::fs::read(path).map_err(|error| CliError::File { path: path.display().to_string(), error });
    let called = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let images = called(&["-ubyte", ".idx"]) || name.contains(".idx3");
    if data_set(named).is_ok() || !(images || called(&[".csv"]) || file.exists()) {
        return Ok(DataSource::Set(named.to_owned()));
    }
    let bytes = read(file)?;
    if is_gzip(&bytes) {
        return Err(CliError::Usage(format!("{named} is compressed with gzip: unpack it first")));
    }
    if images || is_idx(&bytes) {
        // The folder keeps its name.
        let beside = file.with_file_name(name.replace("images", "labels").replace("idx3", "idx1"));
        let labels = if beside != file && beside.exists() { Some(STANDARD.encode(read(&beside)?).into()) } else { None };
        return Ok(DataSource::Images { name, images: STANDARD.encode(bytes).into(), labels });
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| CliError::Usage(format!("{named} is neither a table (UTF-8 text) nor an IDX file")))?;
    Ok(DataSource::Table { name, text: text.into(), label: label.map(str::to_owned) })
}
