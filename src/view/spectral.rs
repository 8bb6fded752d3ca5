//! Spectra as pictures: a signed logarithmic axis, and what of a set of eigenvalues is drawn on it.

use super::ticks;

/// Decades below the largest eigenvalue that are told apart on either side of 0.
const DECADES: i32 = 4;
/// Eigenvalues beyond are not shown.
const FARTHEST: f64 = 1e300;
/// The share of the axis beyond the outermost eigenvalue.
const MARGIN: f64 = 0.04;

/// An axis of eigenvalues: sign(λ) log₁₀ |λ| but for the least ones, which are linear through 0; or linear everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectralAxis {
    /// c(λ) = asinh(λ/2u)/ln 10 with this u; linear where there is none.
    unit: Option<f64>,
    /// The coordinates that are shown.
    pub range: [f64; 2],
}

/// Eigenvalues by bins of the axis; one bin is centred at 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// The coordinate at which the first bin begins.
    pub low: f64,
    /// Of a bin, in coordinates.
    pub width: f64,
    /// How many there are.
    pub count: usize,
}

impl SpectralAxis {
    /// An axis that shows `values`, those that are not finite left out; it shows 0.
    pub fn around(values: impl Iterator<Item = f64>, log: bool) -> Self {
        let (low, high) = values.filter(|v| v.is_finite()).fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
        // The width of the axis has to be a number, too.
        let (low, high) = (low.max(-FARTHEST), high.min(FARTHEST));
        let largest = high.max(-low);
        let (low, high) = if largest > 0.0 { (low, high) } else { (-1.0, 1.0) };
        let largest = largest.max(f64::MIN_POSITIVE);
        let unit = log.then(|| libm::pow(10.0, libm::floor(libm::log10(largest)) - f64::from(DECADES)).max(1e-300));
        let mut axis = Self { unit, range: [0.0, 1.0] };
        let (low, high) = (axis.coordinate(low), axis.coordinate(high));
        let margin = MARGIN * (high - low);
        axis.range = [low - margin, high + margin];
        axis
    }

    /// Where an eigenvalue is.
    pub fn coordinate(&self, value: f64) -> f64 {
        match self.unit {
            Some(unit) => libm::asinh(0.5 * value / unit) / std::f64::consts::LN_10,
            None => value,
        }
    }

    /// Which eigenvalue is at a coordinate.
    pub fn value(&self, coordinate: f64) -> f64 {
        match self.unit {
            Some(unit) => 2.0 * unit * libm::sinh(coordinate * std::f64::consts::LN_10),
            None => coordinate,
        }
    }

    /// Marks: coordinates with the eigenvalues there, about `count` of them. 0 is one of them.
    pub fn marks(&self, count: usize) -> Vec<(f64, f64)> {
        let [low, high] = self.range;
        let Some(unit) = self.unit else {
            return ticks(low, high, count).ticks.iter().map(|tick| (tick.value, tick.value)).collect();
        };
        let every = libm::ceil((high - low) / count.max(1) as f64).max(1.0);
        let mut marks = vec![(0.0, 0.0)];
        for sign in [-1.0, 1.0] {
            let mut decade = every;
            while decade < 40.0 {
                let value = sign * unit * libm::pow(10.0, decade);
                let at = self.coordinate(value);
                if at < low || at > high {
                    break;
                }
                marks.push((at, value));
                decade += every;
            }
        }
        marks
    }

    /// `count` bins or one more over what is shown.
    pub fn bins(&self, count: usize) -> Bins {
        let [low, high] = self.range;
        let width = (high - low) / count.max(1) as f64;
        let first = libm::floor(low / width - 0.5) + 0.5;
        Bins { low: first * width, width, count: libm::ceil((high - first * width) / width).max(1.0) as usize }
    }
}

impl Bins {
    /// The coordinate of the middle of bin `i`.
    pub fn middle(&self, i: usize) -> f64 {
        self.low + (i as f64 + 0.5) * self.width
    }

    /// −1, 0 or 1: on which side of 0 bin `i` is; the bin of 0 is on neither.
    pub fn sign(&self, i: usize) -> f64 {
        let middle = self.middle(i);
        if middle.abs() < 0.25 * self.width { 0.0 } else { middle.signum() }
    }

    /// How many of the coordinates are in each bin.
    pub fn counts(&self, coordinates: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut counts = vec![0.0; self.count];
        for c in coordinates {
            let place = (c - self.low) / self.width;
            if place >= 0.0 && (place as usize) < self.count {
                counts[place as usize] += 1.0;
            }
        }
        counts
    }

    /// Σ weight · N(c; place, σ²) · width at each c of `grid`, of `places` with their weights and σ, at least a bin's width: how many
    /// there are in a bin around c, seen through Gaussians.
    pub fn smooth(&self, places: &[(f64, f64, f64)], grid: &[f64]) -> Vec<f64> {
        let scale = 1.0 / (2.0 * std::f64::consts::PI).sqrt();
        let at = |c: f64| {
            let near = |(place, weight, deviation): &(f64, f64, f64)| {
                let deviation = deviation.max(self.width);
                let z = (c - place) / deviation;
                if z.abs() < 6.0 { weight * scale * (self.width / deviation) * libm::exp(-0.5 * z * z) } else { 0.0 }
            };
            places.iter().map(near).sum()
        };
        grid.iter().map(|c| at(*c)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_goes_there_and_back() {
        for log in [true, false] {
            let axis = SpectralAxis::around([-0.03, 4.0, f64::NAN].into_iter(), log);
            for value in [-0.03, -1e-5, 0.0, 2e-3, 1.0, 4.0] {
                let c = axis.coordinate(value);
                assert!((axis.value(c) - value).abs() <= 1e-12, "{value}");
                assert!(axis.range[0] < c && c < axis.range[1]);
            }
            let marks = axis.marks(8);
            assert!(marks.iter().any(|(_, value)| *value == 0.0) && marks.len() > 2 && marks.len() < 20, "{marks:?}");
        }
        let axis = SpectralAxis::around([-0.03, 4.0].into_iter(), true);
        assert!((axis.coordinate(4.0) - axis.coordinate(0.4) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_and_zeros_have_an_axis() {
        for values in [vec![], vec![0.0, 0.0], vec![f64::NAN], vec![f64::MAX, -f64::MAX]] {
            for log in [true, false] {
                let axis = SpectralAxis::around(values.iter().copied(), log);
                assert!(axis.range[0] < axis.range[1]);
                let bins = axis.bins(50);
                assert!(bins.count >= 50 && bins.count < 60);
                assert!(bins.counts(values.iter().map(|v| axis.coordinate(*v))).len() == bins.count);
            }
        }
    }

    #[test]
    fn bins_hold_what_there_is_and_one_is_about_zero() {
        let values = [-2.0, -0.5, 0.0, 1e-9, 0.5, 3.0];
        let axis = SpectralAxis::around(values.into_iter(), true);
        let bins = axis.bins(60);
        let counts = bins.counts(values.iter().map(|v| axis.coordinate(*v)));
        assert_eq!(counts.iter().sum::<f64>(), 6.0);
        let zero = (0..bins.count).find(|i| bins.sign(*i) == 0.0).unwrap();
        assert_eq!(counts[zero], 2.0);
        let grid: Vec<f64> = (0..2000).map(|i| axis.range[0] - 1.0 + i as f64 * 0.01).collect();
        let places: Vec<(f64, f64, f64)> = values.iter().map(|v| (axis.coordinate(*v), 1.0, 0.2)).collect();
        let mass = bins.smooth(&places, &grid).iter().sum::<f64>() * 0.01 / bins.width;
        assert!((mass - 6.0).abs() < 0.05, "{mass}");
    }
}
