//! Initial weights.

use super::Architecture;
use crate::linalg::{Rng, Vector, axpy, dot, norm};
use serde::{Deserialize, Serialize};

/// How weights are drawn; biases start at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    #[default]
    /// N(0, 2/(inputs + outputs)) (Glorot, Bengio 2010).
    Xavier,
    /// N(0, 2/inputs) (He, Zhang, Ren, Sun 2015).
    He,
    /// N(0, scale²/inputs).
    Normal(f64),
    /// Zero: the saddle of symmetric units.
    Zeros,
    /// Orthonormal rows or columns (Saxe, McClelland, Ganguli 2014).
    Orthogonal,
}

/// Why weights cannot be drawn or read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// No such rule.
    #[error("\"{0}\" is no initialization; take xavier, he, normal:SCALE, zeros, orthogonal or a file of weights")]
    UnknownInit(String),
    /// No JSON of weights.
    #[error("this is no file of weights: {0}")]
    Unreadable(String),
    /// Weights of another network.
    #[error("layer {layer} of the file has {given}; the network has {expected}")]
    BadShape {
        /// From 1 on.
        layer: usize,
        /// What the file has.
        given: String,
        /// What the network has.
        expected: String,
    },
}

impl Init {
    /// From text: `xavier`, `he`, `normal:SCALE`, `zeros`, `orthogonal`.
    ///
    /// # Errors
    /// [`WeightsError::UnknownInit`].
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let scale = |text: &str| text.strip_prefix("normal:")?.parse().ok().filter(|s: &f64| s.is_finite() && *s >= 0.0);
        match text {
            "xavier" => Ok(Self::Xavier),
            "he" => Ok(Self::He),
            "zeros" => Ok(Self::Zeros),
            "orthogonal" => Ok(Self::Orthogonal),
            _ => scale(text).map(Self::Normal).ok_or_else(|| WeightsError::UnknownInit(text.chars().take(60).collect())),
        }
    }

    /// The parameters of a network, in its order.
    pub fn draw(self, architecture: &Architecture, rng: &mut Rng) -> Vec<f64> {
        let mut w = vec![0.0; architecture.parameters()];
        for layer in architecture.layers() {
            let (inputs, outputs) = (layer.inputs as f64, layer.outputs as f64);
            let weights = &mut w[layer.weights.clone()];
            let deviation = match self {
                Self::Xavier => (2.0 / (inputs + outputs)).sqrt(),
                Self::He => (2.0 / inputs).sqrt(),
                Self::Normal(scale) => scale / inputs.sqrt(),
                Self::Zeros => continue,
                Self::Orthogonal => {
                    orthogonal(weights, layer.inputs, layer.outputs, rng);
                    continue;
                }
            };
            rng.fill_normal(weights);
            weights.iter_mut().for_each(|w| *w *= deviation);
        }
        w
    }
}

/// Gram-Schmidt, twice, on normal vectors: the rows where there are fewer outputs than inputs, else the columns.
fn orthogonal(weights: &mut [f64], inputs: usize, outputs: usize, rng: &mut Rng) {
    let (count, length) = if outputs <= inputs { (outputs, inputs) } else { (inputs, outputs) };
    let mut basis: Vec<Vector> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut v = Vector::from_elem(0.0, length);
        rng.fill_normal(&mut v);
        for _ in 0..2 {
            for b in &basis {
                let along = dot(b, &v);
                axpy(-along, b, &mut v);
            }
        }
        let size = norm(&v);
        if size > 1e-8 {
            v.iter_mut().for_each(|x| *x /= size);
            basis.push(v);
        }
    }
    for (i, b) in basis.iter().enumerate() {
        for (j, value) in b.iter().enumerate() {
            let (row, column) = if outputs <= inputs { (i, j) } else { (j, i) };
            weights[row * inputs + column] = *value;
        }
    }
}

/// What a file of weights is, in a sentence.
const SHAPE: &str = "{\"layers\": [{\"weights\": [[one row for each output]], \"bias\": […]}, …]}";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightsFile {
    layers: Vec<LayerWeights>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerWeights {
    weights: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

/// Whether a text is meant as a file of weights: an object with `layers`, which no scene has.
pub fn is_weights_file(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Outline {
        #[allow(dead_code, reason = "asked for, not looked at")]
        layers: serde::de::IgnoredAny,
    }
    text.trim_start().starts_with('{') && serde_json::from_str::<Outline>(text).is_ok()
}

/// The parameters in a file `{"layers":[{"weights":[[one row an output]],"bias":[..]},…]}`.
///
/// # Errors
/// [`WeightsError`] for broken JSON and for weights of another shape.
pub fn weights_from_json(text: &str, architecture: &Architecture) -> Result<Vec<f64>, WeightsError> {
    let file: WeightsFile = serde_json::from_str(text).map_err(|error| {
        // JSON, but of something else.
        let other = error.is_data().then(|| format!("it must be {SHAPE}; line {}, column {}", error.line(), error.column()));
        WeightsError::Unreadable(other.unwrap_or_else(|| error.to_string()))
    })?;
    if file.layers.len() != architecture.depth() {
        return Err(WeightsError::Unreadable(format!(
            "it has {} layers, and the network {}",
            file.layers.len(),
            architecture.depth()
        )));
    }
    let mut w = Vec::with_capacity(architecture.parameters());
    for (index, (given, layer)) in file.layers.into_iter().zip(architecture.layers()).enumerate() {
        let fits = given.weights.len() == layer.outputs
            && given.weights.iter().all(|row| row.len() == layer.inputs)
            && given.bias.len() == layer.outputs;
        if !fits {
            let columns = given.weights.first().map_or(0, Vec::len);
            let given = format!("{} rows of {columns} weights and {} biases", given.weights.len(), given.bias.len());
            let expected = format!("{} rows of {} weights and as many biases as rows", layer.outputs, layer.inputs);
            return Err(WeightsError::BadShape { layer: index + 1, given, expected });
        }
        w.extend(given.weights.concat());
        w.extend(given.bias);
    }
    Ok(w)
}

/// The file that [`weights_from_json`] reads back to the same numbers.
pub fn weights_to_json(w: &[f64], architecture: &Architecture) -> String {
    let layers = architecture.layers().map(|layer| LayerWeights {
        weights: w[layer.weights.clone()].chunks_exact(layer.inputs).map(<[f64]>::to_vec).collect(),
        bias: w[layer.bias.clone()].to_vec(),
    });
    // Vectors of numbers: serialization cannot fail.
    serde_json::to_string(&WeightsFile { layers: layers.collect() }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_their_variances() {
        let net = Architecture::parse("200-100-50", "tanh").unwrap();
        for (init, variance) in
            [(Init::Xavier, 2.0 / 300.0), (Init::He, 0.01), (Init::Normal(3.0), 9.0 / 200.0), (Init::Zeros, 0.0)]
        {
            let w = init.draw(&net, &mut Rng::new(1));
            let first = &w[..20_000];
            let mean = first.iter().map(|w| w * w).sum::<f64>() / 20_000.0;
            // The mean of 20,000 squares has a relative standard deviation of √(2/20,000) = 1 %.
            assert!((mean - variance).abs() <= 0.04 * variance, "{init:?}: {mean}");
            assert!(w[20_000..20_100].iter().all(|b| *b == 0.0), "{init:?}");
        }
    }

    #[test]
    fn orthogonal_layers_keep_lengths() {
        for shape in ["6-4", "4-6"] {
            let net = Architecture::parse(shape, "identity").unwrap();
            let w = Init::Orthogonal.draw(&net, &mut Rng::new(2));
            let (inputs, outputs) = (net.widths()[0], net.widths()[1]);
            let entry = |o: usize, i: usize| w[o * inputs + i];
            let small = inputs.min(outputs);
            for a in 0..small {
                for b in 0..small {
                    let product: f64 = if outputs <= inputs {
                        (0..inputs).map(|k| entry(a, k) * entry(b, k)).sum()
                    } else {
                        (0..outputs).map(|k| entry(k, a) * entry(k, b)).sum()
                    };
                    assert!((product - f64::from(u8::from(a == b))).abs() < 1e-14, "{shape}");
                }
            }
        }
    }

    #[test]
    fn weights_survive_their_file_and_broken_files_get_a_sentence() {
        let net = Architecture::parse("3-4-2", "relu").unwrap();
        let w = Init::He.draw(&net, &mut Rng::new(3));
        let text = weights_to_json(&w, &net);
        assert_eq!(weights_from_json(&text, &net).unwrap(), w);
        for end in 0..text.len() {
            assert!(weights_from_json(&text[..end], &net).is_err());
        }
        assert!(is_weights_file(&text) && !is_weights_file("{\"version\": 3}") && !is_weights_file("[]"));
        for other in ["[]", "3", "{\"layers\": [[]]}", "{\"version\": 3}"] {
            let message = weights_from_json(other, &net).unwrap_err().to_string();
            assert!(message.starts_with("this is no file of weights: it must be {\"layers\""), "{message}");
        }
        let other = Architecture::parse("3-5-2", "relu").unwrap();
        let message = weights_from_json(&text, &other).unwrap_err().to_string();
        assert!(message.contains("layer 1 of the file has 4 rows of 3 weights"), "{message}");
        assert!(Init::parse("normal:-1").is_err() && Init::parse("normal:0.5") == Ok(Init::Normal(0.5)));
    }
}
