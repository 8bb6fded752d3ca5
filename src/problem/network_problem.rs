//! A network on a data set, with its initial weights: everything that training begins with.

use super::data::{Data, DataError, DataSpec, Targets};
use super::network::{Activation, Architecture, ArchitectureError, Init, Loss, Network, NetworkError, Rows, WeightsError};
use super::{Cut, FiniteSum, GaussNewton, Objective, Plane, Scales};
use crate::linalg::{Rng, Vector, norm};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Products from which the largest curvature at the start is estimated.
const POWER_STEPS: usize = 8;
/// Parameters times samples that such a product may cost.
const MOST_LOOKED_AT: usize = 1_000_000;
/// A length in weights that is neither tiny nor large: a tenth of a weight of a layer with few inputs.
const RADIUS: f64 = 0.1;

/// A network, its data and its initial weights, as they stand in a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Units of each layer, the input first.
    pub layers: Vec<usize>,
    /// One activation for all hidden layers, or one for each layer.
    pub activations: Vec<Activation>,
    /// The loss of a sample.
    pub loss: Loss,
    /// ½ l2 ‖w‖² is added over weights and biases.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub l2: f64,
    /// The samples.
    pub data: DataSpec,
    /// Whether the inputs are the targets: an autoencoder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reconstruct: bool,
    /// How the initial weights are drawn.
    #[serde(default)]
    pub init: Init,
    /// Seed of the initial weights.
    #[serde(default)]
    pub seed: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if takes a reference")]
fn is_zero(v: &f64) -> bool {
    *v == 0.0
}

/// Why there is no such network problem; each message is one sentence for the user.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkProblemError {
    /// The shape.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// The samples.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The network on the samples.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The initial weights.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The first layer does not take what a sample has.
    #[error("a sample of this data has {features} numbers, and the first layer takes {inputs}: begin the layers with {features}")]
    BadInputs {
        /// What a sample has.
        features: usize,
        /// What the layer takes.
        inputs: usize,
    },
}

/// f(w): the training loss of a network, with what else the laboratory shows of it.
#[derive(Clone, Debug)]
pub struct NetworkProblem {
    spec: NetworkSpec,
    network: Arc<Network>,
    test: [Rows; 2],
    data: Data,
    start: Vec<f64>,
    scales: Scales,
}

/// The loss and the share of right answers on a part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// Mean loss, without the l2 term.
    pub loss: f64,
    /// The share of samples that are classified right; `None` for a regression.
    pub accuracy: Option<f64>,
}

impl NetworkSpec {
    /// The network with one activation in its hidden layers on a set of the registry.
    pub fn on_set(layers: &[usize], activation: Activation, loss: Loss, set: &str) -> Self {
        Self {
            layers: layers.to_vec(),
            activations: vec![activation],
            loss,
            l2: 0.0,
            data: DataSpec::set(set),
            reconstruct: false,
            init: Init::default(),
            seed: 0,
        }
    }

    /// The shape.
    ///
    /// # Errors
    /// [`ArchitectureError`].
    pub fn architecture(&self) -> Result<Architecture, ArchitectureError> {
        Architecture::new(&self.layers, &self.activations)
    }

    /// In a few words: the shape, the activation and the data.
    pub fn title(&self) -> String {
        let widths: Vec<String> = self.layers.iter().map(ToString::to_string).collect();
        let mut activations: Vec<&str> = self.activations.iter().map(|a| a.name()).collect();
        activations.dedup();
        let on = if self.reconstruct { "reconstructing" } else { "on" };
        format!("{} {} {on} {}", widths.join("-"), activations.join(","), self.data.title())
    }
}

impl NetworkProblem {
    /// Draws the data and the initial weights.
    ///
    /// # Errors
    /// [`NetworkProblemError`] in one sentence.
    pub fn new(spec: &NetworkSpec) -> Result<Self, NetworkProblemError> {
        let architecture = spec.architecture()?;
        let [inputs, .., outputs] = *architecture.widths() else {
            return Err(ArchitectureError::BadLayers(String::new()).into());
        };
        let mut data = spec.data.load_for(spec.loss, outputs)?;
        if data.inputs.width != inputs {
            return Err(NetworkProblemError::BadInputs { features: data.inputs.width, inputs });
        }
        if spec.reconstruct {
            data.targets = Targets::Values(data.inputs.clone());
        }
        if data.is_of_one_class() {
            return Err(DataError::OneClass(spec.data.id().to_owned()).into());
        }
        let targets = data.targets_for(spec.loss, outputs)?;
        let [train_x, test_x] = data.parts(&data.inputs);
        let [train_y, test_y] = data.parts(&targets);
        let start = spec.init.draw(&architecture, &mut Rng::new(spec.seed));
        let network = Arc::new(Network::new(architecture, spec.loss, spec.l2, train_x, train_y)?);
        let scales = scales(&network, &start);
        Ok(Self { spec: spec.clone(), network, test: [test_x, test_y], data, start, scales })
    }

    /// What it was made of.
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// The network on its training samples.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// Every sample, the training samples first.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// Inputs and targets of the test samples, which may be none.
    pub fn test(&self) -> &[Rows; 2] {
        &self.test
    }

    /// The initial weights.
    pub fn start(&self) -> &[f64] {
        &self.start
    }

    /// A step size and a length for methods.
    pub fn scales(&self) -> Scales {
        self.scales
    }

    /// How good the weights `w` are on the test samples; `None` where there are none.
    pub fn test_quality(&self, w: &[f64]) -> Option<Quality> {
        let [inputs, targets] = &self.test;
        (!inputs.is_empty()).then(|| self.network.quality(w, [inputs, targets], self.has_classes()))
    }

    /// How good the weights `w` are on the training samples.
    pub fn train_quality(&self, w: &[f64]) -> Quality {
        self.network.quality(w, [self.network.inputs(), self.network.targets()], self.has_classes())
    }

    /// Whether the targets stand for classes, which outputs tell right or wrong.
    pub fn has_classes(&self) -> bool {
        matches!(self.data.targets, Targets::Classes { .. })
    }

    /// A plane through the initial weights along two random directions, each filter as long as that of the weights
    /// (Li, Xu, Taylor, Studer, Goldstein 2018), as far as the weights are long.
    pub fn cut(&self) -> Cut {
        self.network.random_cut(&self.start, self.spec.seed)
    }
}

impl Network {
    /// How good the weights `w` are on these samples, whose targets may stand for `classes`.
    pub fn quality(&self, w: &[f64], [inputs, targets]: [&Rows; 2], classes: bool) -> Quality {
        let (outputs, loss) = self.answers(w, [inputs, targets]);
        let mut right = Some(0_usize);
        for i in 0..targets.len() {
            right = right.zip(self.loss().is_right(outputs.row(i), targets.row(i), classes)).map(|(n, ok)| n + usize::from(ok));
        }
        let count = targets.len().max(1) as f64;
        Quality { loss: loss / count, accuracy: right.map(|n| n as f64 / count) }
    }

    /// The plane through `w` along two random directions whose filters (a unit's incoming weights, or its bias) are as long as
    /// those of `w` (Li et al. 2018), and the box that reaches as far as the first of them.
    pub fn random_cut(&self, w: &[f64], seed: u64) -> Cut {
        let mut rng = Rng::new(seed ^ 0x5eed_0f51_1ce5);
        let [first, second] = [(); 2].map(|()| self.filter_normalized(w, &mut rng));
        let reach = norm(&first).clamp(1e-3, 1e3);
        let plane = Plane::spanned(w, &first, &second).unwrap_or_else(|| Plane::coordinates(w.len()).through(w));
        Cut { plane, domain: [-reach, reach, -reach, reach] }
    }

    /// A normal direction, each filter scaled to the length of that of `w`; a filter of zeros counts as one of length 0.1.
    fn filter_normalized(&self, w: &[f64], rng: &mut Rng) -> Vector {
        let mut direction = Vector::from_elem(0.0, w.len());
        rng.fill_normal(&mut direction);
        for layer in self.architecture().layers() {
            for row in 0..layer.outputs {
                let weights = layer.weights.start + row * layer.inputs..layer.weights.start + (row + 1) * layer.inputs;
                let bias = layer.bias.start + row..layer.bias.start + row + 1;
                for filter in [weights, bias] {
                    let (wanted, drawn) = (norm(&w[filter.clone()]), norm(&direction[filter.clone()]));
                    let wanted = if wanted > 0.0 { wanted } else { 0.1 };
                    let scale = if drawn > 0.0 { wanted / drawn } else { 0.0 };
                    direction[filter].iter_mut().for_each(|d| *d *= scale);
                }
            }
        }
        direction
    }
}

/// η = 1/ℓ with ℓ the largest curvature at the start, by the power method on a part of the samples.
fn scales(network: &Network, start: &[f64]) -> Scales {
    let n = start.len();
    let count = (MOST_LOOKED_AT / n).clamp(8, 512).min(network.samples());
    let stride = network.samples() / count;
    let batch: Vec<usize> = (0..count).map(|i| i * stride).collect();
    let (mut v, mut product) = (vec![0.0; n], vec![0.0; n]);
    Rng::new(1).fill_normal(&mut v);
    let mut curvature = 0.0;
    for _ in 0..POWER_STEPS {
        let length = norm(&v);
        if !(length > 0.0 && length.is_finite()) {
            break;
        }
        v.iter_mut().for_each(|v| *v /= length);
        network.batch_hessian_vector(start, &batch, &v, &mut product);
        curvature = norm(&product);
        std::mem::swap(&mut v, &mut product);
    }
    let step_size = if curvature > 1e-9 && curvature.is_finite() { 1.0 / curvature } else { 1.0 };
    Scales { step_size: step_size.clamp(1e-9, 1e9), radius: RADIUS }
}

impl Objective for NetworkProblem {
    fn dim(&self) -> usize {
        self.network.dim()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.network.value(x)
    }

    fn value_gradient(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.network.value_gradient(x, gradient)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.network.hessian_vector(x, v, product);
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) {
        self.network.hessian(x, hessian);
    }

    fn qualities(&self, x: &[f64]) -> [Option<Quality>; 2] {
        [Some(self.train_quality(x)), self.test_quality(x)]
    }

    fn gauss_newton(&self) -> Option<&dyn GaussNewton> {
        self.network.gauss_newton()
    }

    fn finite_sum(&self) -> Option<&dyn FiniteSum> {
        self.network.finite_sum()
    }
}
