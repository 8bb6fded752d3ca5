//! What the units of a network say, for those who look at it: no method asks for it.

use super::{Network, Rows};
use crate::linalg::dot;

impl Network {
    /// The activations of every unit for a table of inputs: for each layer, from the first one after the input on, a row a
    /// sample. The last of them are the outputs.
    pub fn activations(&self, w: &[f64], inputs: &Rows) -> Vec<Rows> {
        let mut layers: Vec<Rows> = Vec::new();
        for layer in self.architecture().layers() {
            let before = layers.last().unwrap_or(inputs);
            let (weights, bias) = (&w[layer.weights], &w[layer.bias]);
            let mut values = Vec::with_capacity(before.len() * layer.outputs);
            for sample in before.values.chunks_exact(layer.inputs) {
                values.extend(weights.chunks_exact(layer.inputs).zip(bias).map(|(row, b)| dot(row, sample) + b));
            }
            let mut slopes = vec![0.0; values.len()];
            layer.activation.apply(&mut values, &mut slopes);
            layers.push(Rows { width: layer.outputs, values });
        }
        layers
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use crate::linalg::Rng;
    use crate::problem::network::{Activation, Architecture, Loss, Network, Rows};

    #[test]
    fn the_last_activations_are_the_outputs() {
        let mut rng = Rng::new(5);
        for activation in Activation::ALL {
            let shape = Architecture::new(&[3, 7, 5, 2], &[activation]).unwrap();
            let inputs = Rows { width: 3, values: (0..3 * 150).map(|_| rng.normal()).collect() };
            let targets = Rows { width: 2, values: vec![0.0; 2 * 150] };
            let w: Vec<f64> = (0..shape.parameters()).map(|_| rng.normal()).collect();
            let network = Network::new(shape, Loss::Mse, 0.0, inputs.clone(), targets).unwrap();
            let layers = network.activations(&w, &inputs);
            assert_eq!(layers.iter().map(|rows| (rows.width, rows.len())).collect::<Vec<_>>(), [(7, 150), (5, 150), (2, 150)]);
            let outputs = network.outputs(&w, &inputs);
            for (a, b) in layers[2].values.iter().zip(&outputs.values) {
                assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{activation:?}: {a} against {b}");
            }
            // A hidden unit by hand.
            let row = inputs.row(149);
            let mut unit = [w[21 + 2] + (0..3).map(|k| w[2 * 3 + k] * row[k]).sum::<f64>()];
            activation.apply(&mut unit, &mut [0.0]);
            assert!((layers[0].row(149)[2] - unit[0]).abs() < 1e-12, "{activation:?}");
        }
    }
}
