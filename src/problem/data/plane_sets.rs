//! Sets in the plane, as far as the eye can judge them: two classes, or values over a square.

use super::{Data, Draw, Targets};
use crate::linalg::Rng;
use crate::problem::network::Rows;
use std::f64::consts::PI;

/// The radius of the pictures: points lie about in [−6, 6]².
const RADIUS: f64 = 5.0;

/// A disk in a ring: class 1 within half the radius.
pub(super) fn circles(draw: &Draw) -> Data {
    classes(draw, |i, n, rng| {
        let label = usize::from(i < n / 2);
        let [low, high] = if label == 1 { [0.0, 0.5] } else { [0.7, 1.0] };
        let (r, angle) = (RADIUS * between(rng, low, high), between(rng, 0.0, 2.0 * PI));
        ([r * libm::sin(angle), r * libm::cos(angle)], label)
    })
}

/// Class 1 where x y > 0, with a gap along the axes.
pub(super) fn xor(draw: &Draw) -> Data {
    let gap = 0.3;
    classes(draw, |_, _, rng| {
        let mut point = [between(rng, -RADIUS, RADIUS), between(rng, -RADIUS, RADIUS)];
        point.iter_mut().for_each(|v| *v += if *v > 0.0 { gap } else { -gap });
        (point, usize::from(point[0] * point[1] > 0.0))
    })
}

/// Two normal clouds around (2, 2) and (−2, −2).
pub(super) fn gaussians(draw: &Draw) -> Data {
    classes(draw, |i, n, rng| {
        let label = usize::from(i < n / 2);
        let center = if label == 1 { 2.0 } else { -2.0 };
        ([center + rng.normal(), center + rng.normal()], label)
    })
}

/// Two arms of an Archimedean spiral, one and three quarters of a turn each.
pub(super) fn spirals(draw: &Draw) -> Data {
    classes(draw, |i, n, _| {
        let half = (n / 2).max(1);
        let label = usize::from(i < half);
        let t = (i % half) as f64 / half as f64;
        let angle = 1.75 * t * 2.0 * PI + if label == 1 { 0.0 } else { PI };
        ([RADIUS * t * libm::sin(angle), RADIUS * t * libm::cos(angle)], label)
    })
}

/// Two half circles that hold each other.
pub(super) fn moons(draw: &Draw) -> Data {
    classes(draw, |i, n, _| {
        let half = (n / 2).max(1);
        let label = usize::from(i < half);
        let angle = PI * (i % half) as f64 / half.saturating_sub(1).max(1) as f64;
        let (x, y) = (libm::cos(angle), libm::sin(angle));
        let [u, v] = if label == 1 { [x - 0.5, y - 0.25] } else { [0.5 - x, 0.25 - y] };
        ([3.0 * u, 3.0 * v], label)
    })
}

/// (x + y)/10 over the square: what a linear network learns.
pub(super) fn plane(draw: &Draw) -> Data {
    values(draw, |[x, y]| 0.1 * (x + y))
}

/// Six bumps and hollows over the square.
pub(super) fn bumps(draw: &Draw) -> Data {
    const BUMPS: [[f64; 3]; 6] =
        [[-4.0, 2.5, 1.0], [0.0, 2.5, -1.0], [4.0, 2.5, 1.0], [-4.0, -2.5, -1.0], [0.0, -2.5, 1.0], [4.0, -2.5, -1.0]];
    values(draw, |[x, y]| {
        let height = |[a, b, sign]: &[f64; 3]| {
            let distance = ((x - a) * (x - a) + (y - b) * (y - b)).sqrt();
            sign * (1.0 - 0.5 * distance).max(0.0)
        };
        BUMPS.iter().map(height).fold(0.0, |top: f64, v| if v.abs() > top.abs() { v } else { top })
    })
}

fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + rng.uniform() * (high - low)
}

fn classes(draw: &Draw, point: impl Fn(usize, usize, &mut Rng) -> ([f64; 2], usize)) -> Data {
    let mut rng = Rng::new(draw.seed);
    let (mut inputs, mut labels) = (Vec::with_capacity(2 * draw.samples), Vec::with_capacity(draw.samples));
    for i in 0..draw.samples {
        let (at, label) = point(i, draw.samples, &mut rng);
        inputs.extend(at.map(|v| v + draw.noise * rng.normal()));
        labels.push(label);
    }
    whole(inputs, Targets::Classes { labels, count: 2 })
}

fn values(draw: &Draw, f: impl Fn([f64; 2]) -> f64) -> Data {
    let mut rng = Rng::new(draw.seed);
    let (mut inputs, mut targets) = (Vec::with_capacity(2 * draw.samples), Vec::with_capacity(draw.samples));
    for _ in 0..draw.samples {
        let at = [between(&mut rng, -6.0, 6.0), between(&mut rng, -6.0, 6.0)];
        targets.push(f(at) + draw.noise * rng.normal());
        inputs.extend(at);
    }
    whole(inputs, Targets::Values(Rows { width: 1, values: targets }))
}

fn whole(inputs: Vec<f64>, targets: Targets) -> Data {
    let train = inputs.len() / 2;
    Data { inputs: Rows { width: 2, values: inputs }, targets, train, image: None }
}
