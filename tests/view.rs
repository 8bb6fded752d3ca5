//! Contracts of the view: cameras, ticks, scales, colours, geometry, the colour of a pixel.

use proptest::prelude::*;
use saddlescope::linalg::{Metric, dot};
use saddlescope::view::{
    Camera, ColorMap, Ellipse, Field, Frame, Jet, MapStyle, Sample, ScaleKind, Shading, Sketch, Surface, Theme, Tint, ValueScale,
    Viewport, contour, log_ticks, model_contours, rectangle_values, series_dash, shade, ticks,
};

const WINDOW: Viewport = Viewport { min_px: [40.0, 20.0], size_px: [800.0, 500.0] };

struct Closure<F: Fn(f64, f64) -> Jet + Sync>(F);

impl<F: Fn(f64, f64) -> Jet + Sync> Surface for Closure<F> {
    fn value(&self, u: f64, v: f64) -> f64 {
        (self.0)(u, v).value
    }
    fn jet(&self, u: f64, v: f64) -> Jet {
        (self.0)(u, v)
    }
}

fn rosenbrock(x: f64, y: f64) -> Jet {
    let r = y - x * x;
    Jet {
        value: (1.0 - x) * (1.0 - x) + 100.0 * r * r,
        gradient: [-2.0 * (1.0 - x) - 400.0 * x * r, 200.0 * r],
        hessian: [2.0 - 400.0 * (r - 2.0 * x * x), -400.0 * x, 200.0],
    }
}

proptest! {
    #[test]
    fn cameras_never_leave_the_numbers(
        center in prop::array::uniform2(prop::num::f64::ANY),
        half in prop::array::uniform2(prop::num::f64::ANY),
        size in prop::array::uniform2(prop::num::f64::ANY),
        pointer in prop::array::uniform2(-1e4..1e4),
        factors in prop::collection::vec(prop::num::f64::ANY, 0..20),
        equal in any::<bool>(),
    ) {
        let window = Viewport { min_px: [0.0, 0.0], size_px: size };
        let mut camera = Camera::new(center, half, equal);
        for factor in factors {
            camera.zoom_at(window, pointer, factor);
            camera.pan(window, pointer);
        }
        let view = camera.view(window);
        prop_assert!(view.bounds().iter().flatten().all(|v| v.is_finite()));
        prop_assert!(view.world_per_px.iter().all(|v| *v > 0.0 && v.is_finite()));
        prop_assert!(view.px_from_world(view.center).iter().all(|v| v.is_finite()));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer(px in (50.0..800.0, 30.0..500.0), factor in 0.05..20.0) {
        let pointer = [px.0, px.1];
        let mut camera = Camera::fit([[-2.0, 2.0], [-1.0, 3.0]], true);
        let before = camera.view(WINDOW).world_from_px(pointer);
        camera.zoom_at(WINDOW, pointer, factor);
        let view = camera.view(WINDOW);
        let after = view.world_from_px(pointer);
        prop_assert!((0..2).all(|i| (before[i] - after[i]).abs() < 1e-12));
        let back = view.px_from_world(after);
        prop_assert!((0..2).all(|i| (back[i] - pointer[i]).abs() < 1e-9));
    }

    #[test]
    fn ticks_are_inside_and_read_back(center in -1e6..1e6, exponent in -9.0..9.0, count in 2usize..12) {
        let half = libm::pow(10.0, exponent);
        let (low, high) = (center - half, center + half);
        let marks = ticks(low, high, count);
        prop_assert!(marks.ticks.len() >= count / 3 && marks.ticks.len() <= count + 1, "{} ticks of {count}", marks.ticks.len());
        for tick in &marks.ticks {
            prop_assert!(tick.value >= low - 1e-9 * marks.step && tick.value <= high + 1e-9 * marks.step);
            if marks.offset.is_empty() {
                let read: f64 = tick.label.replace('−', "-").parse().unwrap();
                prop_assert!((read - tick.value).abs() <= 1e-6 * marks.step, "{} for {}", tick.label, tick.value);
            }
        }
        let labels: std::collections::HashSet<_> = marks.ticks.iter().map(|t| &t.label).collect();
        prop_assert_eq!(labels.len(), marks.ticks.len());
    }

    #[test]
    fn a_sketched_path_stays_within_its_tolerance(points in prop::collection::vec(prop::array::uniform2(-2.0..2.0), 2..200)) {
        let view = Camera::fit([[-2.0, 2.0], [-2.0, 2.0]], true).view(WINDOW);
        let mut sketch = Sketch::new(view, 0.5, 6.0);
        points.iter().for_each(|point| sketch.push(*point));
        for point in points {
            let px = view.px_from_world(point);
            prop_assert!(sketch.crosses(px.map(|v| v - 1.0), px.map(|v| v + 1.0)), "{px:?}");
        }
    }
}

#[test]
fn equal_scales_show_the_whole_box_and_fill_stretches_it() {
    let domain = [[-2.0, 2.0], [-0.6, 1.2]];
    let view = Camera::fit(domain, true).view(WINDOW);
    assert_eq!(view.world_per_px[0], view.world_per_px[1]);
    let bounds = view.bounds();
    assert!((0..2).all(|i| bounds[i][0] <= domain[i][0] + 1e-12 && bounds[i][1] >= domain[i][1] - 1e-12));
    let filled = Camera::fit(domain, false).view(WINDOW).bounds();
    assert!((0..2).all(|i| (0..2).all(|j| (filled[i][j] - domain[i][j]).abs() < 1e-12)));
}

#[test]
fn a_camera_is_read_from_json_whatever_it_says() {
    let camera: Camera = serde_json::from_str(r#"{"center": [1.0, 1e300], "half": [-3.0, 0.0]}"#).unwrap();
    assert_eq!(camera.half()[0], 1.0);
    let again: Camera = serde_json::from_str(&serde_json::to_string(&camera).unwrap()).unwrap();
    assert_eq!(again, camera);
}

#[test]
fn tick_labels_have_the_digits_they_need() {
    let labels = |low, high, n| {
        let t = ticks(low, high, n);
        (t.ticks.into_iter().map(|t| t.label).collect::<Vec<_>>(), t.offset)
    };
    assert_eq!(labels(-1.0, 1.0, 5).0, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    assert_eq!(labels(0.0, 2500.0, 5).0, ["0", "500", "1000", "1500", "2000", "2500"]);
    assert_eq!(labels(0.0, 4e-7, 4), (vec!["0".into(), "1".into(), "2".into(), "3".into(), "4".into()], "×10⁻⁷".into()));
    let (deep, offset) = labels(1.25 - 2.1e-9, 1.25 + 2.1e-9, 5);
    assert_eq!(
        (deep, offset.as_str()),
        (vec!["−2".into(), "−1".into(), "0".into(), "1".into(), "2".into()], "×10⁻⁹ +1.25000000")
    );
    assert!(ticks(1.0, 1.0, 5).ticks.is_empty() && ticks(f64::NAN, 1.0, 5).ticks.is_empty());
    let log: Vec<String> = log_ticks(1e-8, 10.0, 5).ticks.into_iter().map(|t| t.label).collect();
    assert_eq!(log, ["10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01", "1"]);
    assert!(log_ticks(0.0, 1.0, 5).ticks.is_empty());
}

#[test]
fn scales_are_monotone_invertible_and_robust() {
    let grid = rectangle_values(&Closure(rosenbrock), [[-2.0, 2.0], [-1.0, 3.0]], 64);
    let automatic = ValueScale::from_values(&grid, None);
    assert_eq!(automatic.kind, ScaleKind::Log);
    for kind in [ScaleKind::Linear, ScaleKind::Log, ScaleKind::Clip] {
        let scale = ValueScale::from_values(&grid, Some(kind));
        assert!(scale.position(scale.low) == 0.0 && (scale.position(scale.high) - 1.0).abs() < 1e-12);
        let positions: Vec<f64> = (-5..3000).map(|f| scale.position(f64::from(f))).collect();
        assert!(positions.windows(2).all(|w| w[0] < w[1]));
        for f in [-3.0, 0.25, 17.0, 900.0] {
            assert!((scale.value(scale.position(f)) - f).abs() < 1e-9 * f.abs().max(1.0));
            for df in [-4.0, -1e-9, 1e-12, 0.5] {
                let plain = scale.level_coordinate(f + df) - scale.level_coordinate(f);
                assert!((scale.warp_difference(f, df) * scale.level_gain() - plain).abs() < 1e-10, "{kind:?} {f} {df}");
            }
        }
        let bar = scale.bar_ticks(7);
        let ends = [bar[0].value, bar[bar.len() - 1].value];
        assert!(ends[0] < 0.25 && ends[1] > 0.75, "{kind:?}: {ends:?}");
        assert!(bar.len() >= 3 && bar.len() <= 9 && bar.iter().all(|t| (-1e-9..=1.0 + 1e-9).contains(&t.value)), "{bar:?}");
    }
    // Losses of networks: far from 0, and of one decade or less.
    for (low, high, knee) in [(0.21, 2.4, 0.05), (0.63, 1.05, 0.1), (0.6911, 0.6925, 1e-4), (2.3, 3.4, 0.01), (-0.4, 12.0, 0.3)] {
        let scale = ValueScale { kind: ScaleKind::Log, low, high, knee };
        for count in [2, 3, 5, 7] {
            let bar = scale.bar_ticks(count);
            let case = format!("{low} {high} {count}: {bar:?}");
            let steps = || bar.windows(2).map(|pair| pair[1].value - pair[0].value);
            assert!(bar[0].value < 0.1 || bar[0].label == "0", "{case}");
            assert!(bar[bar.len() - 1].value > 0.9 && bar.len() >= 3, "{case}");
            assert!(low >= 0.0 || bar.iter().any(|tick| tick.label == "0"), "{case}");
            assert!(steps().all(|step| step > 0.99 / count.max(3) as f64 && step < 2.4 / count.max(3) as f64), "{case}");
            for tick in &bar {
                let told: f64 = tick.label.replace('−', "-").parse().unwrap();
                assert!((scale.position(told) - tick.value).abs() < 1e-9, "{case}");
            }
        }
    }
    for values in [vec![], vec![f64::NAN; 5], vec![3.0; 9], vec![f64::INFINITY, -1.0], vec![-1e308, 1e308]] {
        let scale = ValueScale::from_values(&values, None);
        assert!(scale.high > scale.low && scale.position(scale.low).is_finite() && scale.knee > 0.0);
    }
}

#[test]
fn levels_are_halved_only_where_the_view_is_small() {
    let surface = Closure(rosenbrock);
    let scale = ValueScale::from_values(&rectangle_values(&surface, [[-2.0, 2.0], [-1.0, 3.0]], 64), None);
    let levels = |half: f64| Frame::new(&surface, &Camera::new([0.3, 0.7], [half; 2], true).view(WINDOW), &scale).levels;
    assert_eq!((levels(1.5).halvings, levels(1.5).blend), (0, 0.0));
    let fineness = |half: f64| f64::from(levels(half).halvings) + levels(half).blend;
    // Where f is linear a view half as wide needs one halving more.
    assert!((fineness(1e-6) - fineness(2e-6) - 1.0).abs() < 0.01);
    assert!(fineness(1e-12) > 30.0);
}

fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    oklab_linear(rgb.map(|v| {
        let c = f64::from(v) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
    }))
}

fn oklab_linear([r, g, b]: [f64; 3]) -> [f64; 3] {
    let l = libm::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    let m = libm::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    let s = libm::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    [
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    ]
}

fn difference(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|k| (a[k] - b[k]) * (a[k] - b[k])).sum::<f64>().sqrt()
}

/// Colour as seen with no red or no green cones: Machado, Oliveira, Fernandes 2009, severity 1, in linear RGB.
fn dichromat(rgb: [u8; 3], matrix: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = rgb.map(|v| {
        let c = f64::from(v) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
    });
    oklab_linear([0, 1, 2].map(|i| dot(&matrix[i], &linear).clamp(0.0, 1.0)))
}

const PROTAN: [[f64; 3]; 3] = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
const DEUTAN: [[f64; 3]; 3] = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];

#[test]
fn colour_maps_are_perceptually_even() {
    for theme in [Theme::Light, Theme::Dark] {
        for map in ColorMap::ALL {
            let lab: Vec<[f64; 3]> = (0..=32).map(|i| oklab(map.color(theme, f64::from(i) / 32.0))).collect();
            let steps: Vec<f64> = lab.windows(2).map(|w| difference(w[0], w[1])).collect();
            let mean = steps.iter().sum::<f64>() / steps.len() as f64;
            assert!(steps.iter().all(|s| *s > 0.5 * mean && *s < 1.7 * mean), "{map:?} {theme:?}: {steps:?}");
            if map != ColorMap::Diverging {
                assert!(lab.windows(2).all(|w| w[1][0] > w[0][0] - 2e-3), "{map:?}: lightness falls");
            }
            assert_eq!(map.texels(theme)[255][..3], map.color(theme, 1.0));
            assert_eq!(map.color(theme, f64::NAN), map.color(theme, 0.0));
        }
    }
}

#[test]
fn series_differ_for_every_eye_and_stand_out_from_their_casing() {
    for theme in [Theme::Light, Theme::Dark] {
        for i in 0..24 {
            let lightness = |rgb| oklab(rgb)[0];
            assert!((lightness(theme.series(i)) - lightness(theme.casing())).abs() > 0.35, "{theme:?} series {i}");
            for j in 0..i {
                if series_dash(i) == series_dash(j) {
                    let (a, b) = (theme.series(i), theme.series(j));
                    let seen = [
                        difference(oklab(a), oklab(b)),
                        difference(dichromat(a, &PROTAN), dichromat(b, &PROTAN)),
                        difference(dichromat(a, &DEUTAN), dichromat(b, &DEUTAN)),
                    ];
                    assert!(seen.iter().all(|d| *d > 0.06), "{theme:?} {i} and {j}: {seen:?}");
                }
            }
        }
    }
}

#[test]
fn ellipses_are_the_level_sets_of_their_metric() {
    let m = [3.0, -1.2, 0.9];
    let metric = Metric::Full([m[0], m[1], m[1], m[2]].as_slice().into());
    let ellipse = Ellipse::new([0.5, -2.0], m, 0.7).unwrap();
    for p in ellipse.polygon(64) {
        assert!((metric.norm(&[p[0] - 0.5, p[1] + 2.0]) - 0.7).abs() < 1e-13);
    }
    assert!(Ellipse::new([0.0; 2], [1.0, 2.0, 1.0], 1.0).is_none());
    assert!(Ellipse::new([0.0; 2], [f64::NAN, 0.0, 1.0], 1.0).is_none());
    let contours = model_contours(&ellipse, [1.0, -0.4], [2.0, 0.3, -1.0], 6);
    assert_eq!(contours.len(), 6);
    for (level, segments) in contours {
        assert!(!segments.is_empty());
        for p in segments.into_iter().flatten() {
            let s = [p[0] - 0.5, p[1] + 2.0];
            let model = s[0] - 0.4 * s[1] + 0.5 * (2.0 * s[0] * s[0] + 0.6 * s[0] * s[1] - s[1] * s[1]);
            assert!(metric.norm(&s) < 0.7 + 1e-9 && (model - level).abs() < 0.01, "{model} at level {level}");
        }
    }
}

#[test]
fn marching_squares_find_the_circle() {
    let n = 81;
    let values: Vec<f64> =
        (0..n * n).map(|i| (i % n, i / n)).map(|(i, j)| libm::hypot(i as f64 - 40.0, j as f64 - 40.0)).collect();
    let segments = contour::contours(n, n, &values, 25.0);
    let length: f64 = segments.iter().map(|[p, q]| libm::hypot(p[0] - q[0], p[1] - q[1])).sum();
    assert!((length / (50.0 * std::f64::consts::PI) - 1.0).abs() < 1e-3);
    assert!(segments.iter().flatten().all(|p| (libm::hypot(p[0] - 40.0, p[1] - 40.0) - 25.0).abs() < 0.01));
    assert!(contour::contours(2, 2, &[f64::NAN, 0.0, 1.0, 1.0], 0.5).is_empty());
}

/// The darkest line coverage along a row of pixels across a plane f = u, as a share of full ink.
fn ink_profile(half: f64, offset: f64) -> Vec<f32> {
    let surface = Closure(|u: f64, _: f64| Jet { value: 1e3 + u, gradient: [1.0, 0.0], hessian: [0.0; 3] });
    let scale = ValueScale { kind: ScaleKind::Linear, low: 1e3 - 1.0, high: 1e3 + 1.0, knee: 2.0 };
    let view = Camera::new([offset, 0.0], [half; 2], false).view(Viewport { min_px: [0.0; 2], size_px: [400.0, 1.0] });
    let frame = Frame::new(&surface, &view, &scale);
    let style = MapStyle { relief: false, ..MapStyle::default() };
    let bare = MapStyle { contours: false, ..style };
    let texels = style.colors.texels(style.theme);
    let shading = |style| frame.shading(&view, &scale, style, [1.0, 1.0], false);
    (0..400)
        .map(|i| {
            let [u, v] = view.world_from_px([f64::from(i) + 0.5, 0.5]);
            let sample = frame.sample(&surface, u, v);
            let (with, without) = (shade(&sample, &shading(&style), &texels), shade(&sample, &shading(&bare), &texels));
            without[0] - with[0]
        })
        .collect()
}

#[test]
fn contour_lines_are_as_crisp_at_any_zoom() {
    for (half, offset) in [(1.0, 0.0), (1e-3, 0.3), (1e-7, 0.3), (1e-9, -0.7)] {
        let ink = ink_profile(half, offset);
        let darkest = ink.iter().fold(0.0_f32, |m, v| m.max(*v));
        assert!(darkest > 0.1, "no line in a view of half width {half}");
        let lines: Vec<f32> =
            ink.split(|v| *v < 1e-4).filter(|run| !run.is_empty()).map(|run| run.iter().sum::<f32>() / darkest).collect();
        assert!((5..40).contains(&lines.len()), "{} lines at {half}", lines.len());
        assert!(ink.split(|v| *v < 1e-4).all(|run| run.len() <= 3), "a line wider than three pixels at {half}");
    }
}

#[test]
fn fields_interpolate_value_gradient_and_hessian() {
    let surface = Closure(rosenbrock);
    let scale = ValueScale::default();
    for half in [1e-9, 1e-3, 0.5] {
        let view = Camera::new([0.3, 0.7], [half; 2], false).view(WINDOW);
        let frame = Frame::new(&surface, &view, &scale);
        let field = Field::sample(&surface, &view, &frame);
        let nodes = if half > 0.1 { (201, 126) } else { (49, 49) };
        assert!(
            (field.columns, field.rows) == nodes && field.slopes.len() == nodes.0 * nodes.1,
            "{} nodes at {half}",
            field.slopes.len()
        );
        let size = |pick: fn(&Sample) -> f32| field_points().map(|at| pick(&field.at(at)).abs()).fold(0.0, f32::max);
        let (value, slope, curvature) = (size(|s| s.difference), size(|s| s.gradient[0]), size(|s| s.hessian[0]));
        for at in field_points() {
            let [u, v] = [0.3 + f64::from(at[0]) * half, 0.7 + f64::from(at[1]) * half];
            let (exact, found) = (frame.sample(&surface, u, v), field.at(at));
            assert!((exact.difference - found.difference).abs() < 1e-5 * value, "{exact:?} {found:?} at {half}");
            // Doubles themselves place the point of the exact sample to 1e-16 / half of the view only.
            let placed = 1e-4_f32.max((1e-15 / half) as f32);
            assert!((exact.gradient[0] - found.gradient[0]).abs() < placed * slope, "{exact:?} {found:?} at {half}");
            assert!((exact.hessian[0] - found.hessian[0]).abs() < 1e-3 * curvature);
        }
    }
}

fn field_points() -> impl Iterator<Item = [f32; 2]> {
    (0..400).map(|i| [(i % 20) as f32 * 0.1 - 0.97, (i / 20) as f32 * 0.1 - 0.93])
}

#[test]
fn plateaus_and_dense_levels_carry_no_lines() {
    let style = MapStyle { relief: false, ..MapStyle::default() };
    let texels = style.colors.texels(style.theme);
    let shading =
        Shading { position: [0.5, 0.1, 0.0, 1.0], lengths: [1.0; 4], lines: [0.5, 0.5, 0.0, 0.0], ..Shading::default() };
    let plain = |difference| shade(&Sample { difference, gradient: [0.0; 2], hessian: [0.0; 3] }, &shading, &texels);
    let bare = Shading { lines: [0.0; 4], ..shading };
    assert_eq!(plain(0.0), shade(&Sample::default(), &bare, &texels), "a plateau on a level is not painted over");
    let dense = Sample { difference: 0.0, gradient: [5.0, 0.0], hessian: [0.0; 3] };
    assert_eq!(shade(&dense, &shading, &texels), shade(&dense, &bare, &texels));
    let void =
        shade(&Sample { difference: f32::NAN, ..Sample::default() }, &Shading { void: [0.1, 0.2, 0.3, 1.0], ..shading }, &texels);
    assert_eq!(void, [0.1, 0.2, 0.3]);
}

#[test]
fn the_tint_tells_the_four_signs_apart() {
    let style = MapStyle { contours: false, relief: false, tint: Tint::Curvature, ..MapStyle::default() };
    let texels = style.colors.texels(style.theme);
    let view = Camera::default().view(WINDOW);
    let scale = ValueScale::default();
    let shading = Shading::new(&view, &scale, saddlescope::view::Levels::default(), &style, 0.5, 0.0, [1.0; 2]);
    let color = |hessian| shade(&Sample { hessian, ..Sample::default() }, &shading, &texels);
    let four = [color([2.0, 0.5, 1.0]), color([2.0, 0.0, -1.0]), color([-2.0, 0.1, -1.0]), color([2.0, 0.0, 0.001])];
    for (i, a) in four.iter().enumerate() {
        assert!(four[..i].iter().all(|b| (0..3).any(|k| (a[k] - b[k]).abs() > 0.08)), "{four:?}");
    }
    assert_eq!(color([0.0; 3]), four[3]);
}
