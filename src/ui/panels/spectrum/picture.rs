//! What is drawn of the spectra at a step: bars, smooth densities and ticks on one axis, made anew only when something came in.

use super::work::{AllFound, Found};
use crate::measure::spectrum::{MatrixKind, SpectralDensity};
use crate::view::{Bins, SpectralAxis};

/// Bins of the histogram.
const BINS: usize = 90;
/// Points of a smooth curve.
const POINTS: usize = 320;

/// One matrix.
pub struct Drawn {
    /// Which.
    pub kind: MatrixKind,
    /// Eigenvalues in each bin; none where not all of them are known.
    pub bars: Vec<f64>,
    /// Eigenvalues in a bin about each point of the grid.
    pub curve: Vec<f64>,
    /// Its standard error; empty where it has none.
    pub error: Vec<f64>,
    /// The known eigenvalues, ascending, with their residuals; NaN where each has none of its own.
    pub ticks: Vec<(f64, f64)>,
}

/// Everything at a step.
pub struct Picture {
    /// Eigenvalues.
    pub axis: SpectralAxis,
    /// Of the bars.
    pub bins: Bins,
    /// The abscissae of the curves.
    pub grid: Vec<f64>,
    /// The matrices, the first in the foreground.
    pub drawn: Vec<Drawn>,
    /// The largest number of eigenvalues in a bin.
    pub top: f64,
}

impl Picture {
    /// Of what is known of the matrices `kinds`; `None` before anything finite is.
    pub fn of(found: &AllFound, kinds: &[MatrixKind], log: bool) -> Option<Self> {
        let known: Vec<&(MatrixKind, Found)> = kinds.iter().filter_map(|kind| found.iter().find(|(of, _)| of == kind)).collect();
        let values = known.iter().flat_map(|(_, found)| found.values());
        if !values.clone().any(f64::is_finite) {
            return None;
        }
        let axis = SpectralAxis::around(values, log);
        let bins = axis.bins(BINS);
        let [low, high] = axis.range;
        let grid: Vec<f64> = (0..=POINTS).map(|i| low + (high - low) * i as f64 / POINTS as f64).collect();
        let drawn: Vec<Drawn> = known.iter().map(|(kind, found)| drawn(*kind, found, &axis, &bins, &grid)).collect();
        let top = drawn.iter().flat_map(|d| d.bars.iter().chain(&d.curve)).copied().fold(1.0, f64::max);
        Some(Self { axis, bins, grid, drawn, top })
    }
}

fn drawn(kind: MatrixKind, found: &Found, axis: &SpectralAxis, bins: &Bins, grid: &[f64]) -> Drawn {
    match found {
        Found::Exact(spectrum) => {
            let places: Vec<(f64, f64, f64)> = spectrum.values.iter().map(|v| (axis.coordinate(*v), 1.0, 0.0)).collect();
            Drawn {
                kind,
                bars: bins.counts(places.iter().map(|(c, ..)| *c)),
                curve: bins.smooth(&places, grid),
                error: Vec::new(),
                ticks: spectrum.values.iter().enumerate().map(|(k, v)| (*v, spectrum.residuals.of(k))).collect(),
            }
        }
        Found::Large(ends, density) => {
            let mut ticks: Vec<(f64, f64)> =
                ends.bottom.iter().chain(&ends.top).map(|pair| (pair.value, pair.residual)).collect();
            ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (curve, error) = density.as_ref().map(|density| smooth(density, axis, bins, grid)).unwrap_or_default();
            Drawn { kind, bars: Vec::new(), curve, error, ticks }
        }
    }
}

/// The density in eigenvalues per bin of the axis, with its standard error over the probes; no finer than the nodes are.
pub(super) fn smooth(density: &SpectralDensity, axis: &SpectralAxis, bins: &Bins, grid: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let n = density.dim as f64;
    let of_probe = |probe: &crate::measure::spectrum::Quadrature| {
        let nodes: Vec<f64> = probe.nodes.iter().map(|node| axis.coordinate(*node)).collect();
        let last = nodes.len().saturating_sub(1);
        // A node stands for the eigenvalues half the way to its neighbours; the outermost ones are single eigenvalues, and nothing is beyond.
        let reach = |k: usize| {
            if k == 0 || k == last {
                return 0.0;
            }
            (0.25 * (nodes[k + 1] - nodes[k - 1])).min(0.5 * (nodes[k] - nodes[0])).min(0.5 * (nodes[last] - nodes[k]))
        };
        let places: Vec<(f64, f64, f64)> =
            probe.weights.iter().enumerate().map(|(k, weight)| (nodes[k], n * weight, reach(k))).collect();
        bins.smooth(&places, grid)
    };
    let curves: Vec<Vec<f64>> = density.probes.iter().map(of_probe).collect();
    let k = curves.len() as f64;
    let at = |i: usize| {
        let mean = curves.iter().map(|curve| curve[i]).sum::<f64>() / k;
        let square: f64 = curves.iter().map(|curve| (curve[i] - mean) * (curve[i] - mean)).sum();
        (mean, if k > 1.0 { (square / (k * (k - 1.0))).sqrt() } else { 0.0 })
    };
    (0..grid.len()).map(at).unzip()
}
