//! The shape of a network and the order of its parameters.

use crate::Activation;
use std::ops::Range;

/// Most parameters of a network.
pub const MOST_PARAMETERS: usize = 500_000;

/// A multilayer perceptron aₗ = σₗ(Wₗ aₗ₋₁ + bₗ), l = 1 … L.
///
/// Its parameters stand in one vector: W₁ by rows (outputs × inputs), b₁, W₂, b₂, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    widths: Vec<usize>,
    activations: Vec<Activation>,
}

/// Why there is no such network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchitectureError {
    /// The text of the layers cannot be read.
    #[error("layers are widths such as 2-8-8-1, at least two and each from 1 on, not \"{0}\"")]
    BadLayers(String),
    /// Too large.
    #[error("this network has {0} parameters; at most {MOST_PARAMETERS} are allowed")]
    TooLarge(usize),
    /// No such activation.
    #[error("there is no activation \"{0}\"; the activations are {list}", list = Activation::ALL.map(Activation::name).join(", "))]
    UnknownActivation(String),
    /// As many activations as layers, or one for all hidden layers.
    #[error("{given} activations are given; name one for all hidden layers, or one for each of the {layers} layers")]
    BadActivations {
        /// How many were given.
        given: usize,
        /// L.
        layers: usize,
    },
}

/// One layer: where its numbers stand in the parameter vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Units of the layer before.
    pub inputs: usize,
    /// Units.
    pub outputs: usize,
    /// W, outputs × inputs by rows.
    pub weights: Range<usize>,
    /// b.
    pub bias: Range<usize>,
    /// σ.
    pub activation: Activation,
}

impl Architecture {
    /// Layers of these widths, the first that of the input; `activations` has one entry for all hidden layers (the last layer
    /// is then linear), or one for each layer.
    ///
    /// # Errors
    /// [`ArchitectureError`].
    pub fn new(widths: &[usize], activations: &[Activation]) -> Result<Self, ArchitectureError> {
        let layers = widths.len().saturating_sub(1);
        if layers == 0 || widths.contains(&0) {
            let text = widths.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
            return Err(ArchitectureError::BadLayers(text));
        }
        let activations = match activations {
            [hidden] if layers > 1 => {
                let mut all = vec![*hidden; layers];
                all[layers - 1] = Activation::Identity;
                all
            }
            [_] => vec![Activation::Identity],
            all if all.len() == layers => all.to_vec(),
            all => return Err(ArchitectureError::BadActivations { given: all.len(), layers }),
        };
        let parameters = widths.windows(2).try_fold(0_usize, |sum, w| sum.checked_add(w[1].checked_mul(w[0].checked_add(1)?)?));
        match parameters {
            Some(count) if count <= MOST_PARAMETERS => Ok(Self { widths: widths.to_vec(), activations }),
            count => Err(ArchitectureError::TooLarge(count.unwrap_or(usize::MAX))),
        }
    }

    /// From text: layers such as `2-8-8-1` and activations such as `tanh` or `tanh,relu,identity`.
    ///
    /// # Errors
    /// [`ArchitectureError`].
    pub fn parse(layers: &str, activations: &str) -> Result<Self, ArchitectureError> {
        let width = |text: &str| text.trim().parse::<usize>().ok().filter(|w| *w > 0);
        let widths: Option<Vec<usize>> = layers.split('-').map(width).collect();
        let widths = widths.ok_or_else(|| ArchitectureError::BadLayers(layers.chars().take(60).collect()))?;
        let known = |name: &str| {
            let name = name.trim();
            let found = Activation::ALL.into_iter().find(|a| a.name() == name);
            found.ok_or_else(|| ArchitectureError::UnknownActivation(name.chars().take(60).collect()))
        };
        let activations: Vec<Activation> = activations.split(',').map(known).collect::<Result<_, _>>()?;
        Self::new(&widths, &activations)
    }

    /// The mirrored network of an autoencoder: `encoder` and back, 100-32-8 becoming 100-32-8-32-100, its layers with
    /// `activation` but the code and the output, which are linear.
    ///
    /// # Errors
    /// [`ArchitectureError`].
    pub fn autoencoder(encoder: &[usize], activation: Activation) -> Result<Self, ArchitectureError> {
        let widths = Self::mirrored(encoder);
        let mut activations = vec![activation; widths.len().saturating_sub(1)];
        for linear in [(widths.len() / 2).checked_sub(1), activations.len().checked_sub(1)].into_iter().flatten() {
            if let Some(place) = activations.get_mut(linear) {
                *place = Activation::Identity;
            }
        }
        Self::new(&widths, &activations)
    }

    /// The widths of an encoder and back: 100-32-8 becomes 100-32-8-32-100. Those that end as they begin are whole already.
    pub fn mirrored(widths: &[usize]) -> Vec<usize> {
        let back = if widths.first() == widths.last() { 0 } else { widths.len() };
        widths.iter().chain(widths.iter().rev().skip(1).take(back)).copied().collect()
    }

    /// Units of each layer, the input first.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// L.
    pub fn depth(&self) -> usize {
        self.activations.len()
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.widths.windows(2).map(|w| w[1] * (w[0] + 1)).sum()
    }

    /// The layers in order.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = Layer> + ExactSizeIterator + '_ {
        let starts: Vec<usize> = self
            .widths
            .windows(2)
            .scan(0, |next, w| {
                let start = *next;
                *next += w[1] * (w[0] + 1);
                Some(start)
            })
            .collect();
        (0..self.depth()).map(move |l| {
            let (inputs, outputs, start) = (self.widths[l], self.widths[l + 1], starts[l]);
            let bias = start + inputs * outputs;
            Layer { inputs, outputs, weights: start..bias, bias: bias..bias + outputs, activation: self.activations[l] }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_and_counted() {
        let net = Architecture::parse("2-8-8-1", "tanh").unwrap();
        assert_eq!((net.parameters(), net.depth()), (105, 3));
        let last = net.layers().next_back().unwrap();
        assert_eq!((last.weights.clone(), last.bias.clone(), last.activation), (96..104, 104..105, Activation::Identity));
        let mirror = Architecture::autoencoder(&[100, 32, 8], Activation::Sigmoid).unwrap();
        assert_eq!(mirror.widths(), [100, 32, 8, 32, 100]);
        let names: Vec<_> = mirror.layers().map(|l| l.activation.name()).collect();
        assert_eq!(names, ["sigmoid", "identity", "sigmoid", "identity"]);
    }

    #[test]
    fn bad_shapes_get_a_sentence() {
        for (layers, activation, word) in [
            ("", "tanh", "2-8-8-1"),
            ("5", "tanh", "2-8-8-1"),
            ("2-0-1", "tanh", "2-8-8-1"),
            ("2-x-1", "tanh", "2-8-8-1"),
            ("99999999-99999999", "tanh", "at most 500000"),
            ("2-3-1", "tan", "leaky_relu"),
            ("2-3-1", "tanh,tanh,tanh", "each of the 2 layers"),
        ] {
            let message = Architecture::parse(layers, activation).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
