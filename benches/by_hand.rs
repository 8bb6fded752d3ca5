//! Landscapes of the catalogue written by hand in Rust, for peers and floors.

use super::rosenbrock;

/// A function of two variables with its gradient.
pub trait ByHand: Copy {
    /// The catalogue's identifier.
    const ID: &'static str;
    /// f(x, y).
    fn value(x: f64, y: f64) -> f64;
    /// ∇f(x, y).
    fn gradient(x: f64, y: f64) -> [f64; 2];
}

/// (1 − x)² + 100 (y − x²)².
#[derive(Clone, Copy)]
pub struct Rosenbrock;

impl ByHand for Rosenbrock {
    const ID: &'static str = "rosenbrock";
    fn value(x: f64, y: f64) -> f64 {
        rosenbrock::value(x, y)
    }
    fn gradient(x: f64, y: f64) -> [f64; 2] {
        rosenbrock::gradient(x, y)
    }
}

/// Σ A exp(a(x − x₀)² + b(x − x₀)(y − y₀) + c(y − y₀)²) over four rows A, a, b, c, x₀, y₀ (Müller, Brown 1979).
#[derive(Clone, Copy)]
pub struct MuellerBrown;

const ROWS: [[f64; 6]; 4] = [
    [-200.0, -1.0, 0.0, -10.0, 1.0, 0.0],
    [-100.0, -1.0, 0.0, -10.0, 0.0, 0.5],
    [-170.0, -6.5, 11.0, -6.5, -0.5, 1.5],
    [15.0, 0.7, 0.6, 0.7, -1.0, 1.0],
];

impl ByHand for MuellerBrown {
    const ID: &'static str = "mueller_brown";
    fn value(x: f64, y: f64) -> f64 {
        let term = |[size, a, b, c, x0, y0]: [f64; 6]| {
            let (u, v) = (x - x0, y - y0);
            size * (a * u * u + b * u * v + c * v * v).exp()
        };
        ROWS.into_iter().map(term).sum()
    }
    fn gradient(x: f64, y: f64) -> [f64; 2] {
        ROWS.into_iter().fold([0.0; 2], |g, [size, a, b, c, x0, y0]| {
            let (u, v) = (x - x0, y - y0);
            let e = size * (a * u * u + b * u * v + c * v * v).exp();
            [g[0] + e * (2.0 * a * u + b * v), g[1] + e * (b * u + 2.0 * c * v)]
        })
    }
}

/// 3(1 − x)² exp(−x² − (y + 1)²) − 10(x/5 − x³ − y⁵) exp(−x² − y²) − exp(−(x + 1)² − y²)/3.
#[derive(Clone, Copy)]
pub struct Peaks;

impl Peaks {
    /// The three exponentials and the polynomial x/5 − x³ − y⁵.
    fn parts(x: f64, y: f64) -> ([f64; 3], f64) {
        let (square, above, right) = (x * x, y + 1.0, x + 1.0);
        let e = [(-square - above * above).exp(), (-square - y * y).exp(), (-right * right - y * y).exp()];
        (e, 0.2 * x - square * x - y.powi(5))
    }
}

impl ByHand for Peaks {
    const ID: &'static str = "peaks";
    fn value(x: f64, y: f64) -> f64 {
        let ([a, b, c], p) = Self::parts(x, y);
        3.0 * (1.0 - x) * (1.0 - x) * a - 10.0 * p * b - c / 3.0
    }
    fn gradient(x: f64, y: f64) -> [f64; 2] {
        let ([a, b, c], p) = Self::parts(x, y);
        let u = 1.0 - x;
        [
            -6.0 * u * a * (1.0 + x * u) - 10.0 * b * (0.2 - 3.0 * x * x - 2.0 * x * p) + 2.0 / 3.0 * (x + 1.0) * c,
            -6.0 * (y + 1.0) * u * u * a + 10.0 * b * (5.0 * y.powi(4) + 2.0 * y * p) + 2.0 / 3.0 * y * c,
        ]
    }
}
