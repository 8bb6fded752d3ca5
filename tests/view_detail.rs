//! What a view is drawn from: fields in parts, the precision that it needs, paths reduced to it and moved with it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use saddlescope::problem::{FormulaProblem, Problem, landscape, landscapes};
use saddlescope::view::{Camera, Field, Frame, Sampling, Sketch, Slice, Viewport, plot_box, problem_scale};
use std::collections::BTreeMap;

const WINDOW: Viewport = Viewport { min_px: [40.0, 20.0], size_px: [800.0, 500.0] };

#[test]
fn single_precision_serves_whole_landscapes_and_no_deep_zoom() {
    for entry in landscapes() {
        let problem = Problem::from(FormulaProblem::from_landscape(entry, &BTreeMap::new(), None).unwrap());
        let cut = problem.cut();
        let surface = Slice { objective: &problem, plane: &cut.plane };
        let scale = problem_scale(&problem, &cut);
        let frame = |camera: Camera| Frame::new(&surface, &camera.view(WINDOW), &scale);
        assert!(frame(Camera::fit(plot_box(&cut), true)).single_precision, "{}", entry.id);
    }
    let problem =
        Problem::from(FormulaProblem::from_landscape(landscape("rosenbrock").unwrap(), &BTreeMap::new(), None).unwrap());
    let cut = problem.cut();
    let surface = Slice { objective: &problem, plane: &cut.plane };
    let scale = problem_scale(&problem, &cut);
    for (half, single) in [(1.0, true), (1e-2, true), (1e-8, false), (1e-11, false)] {
        let frame = Frame::new(&surface, &Camera::new([0.3, 0.7], [half; 2], true).view(WINDOW), &scale);
        assert_eq!(frame.single_precision, single, "{half}");
    }
}

#[test]
fn a_field_is_refined_to_the_one_that_is_sampled_at_once() {
    let problem =
        Problem::from(FormulaProblem::from_landscape(landscape("himmelblau").unwrap(), &BTreeMap::new(), None).unwrap());
    let cut = problem.cut();
    let surface = Slice { objective: &problem, plane: &cut.plane };
    let scale = problem_scale(&problem, &cut);
    let view = Camera::fit(plot_box(&cut), true).view(WINDOW);
    let (frame, coarse) = Frame::with_field(&surface, &view, &scale);
    assert_eq!(frame, Frame::new(&surface, &view, &scale));
    let whole = Field::sample(&surface, &view, &frame);
    let mut sampling = Sampling::new(&view, &frame);
    let mut fields = vec![coarse];
    while !sampling.is_done() {
        fields.extend(sampling.advance(&surface, 100));
    }
    assert!(fields.is_sorted_by_key(|field| field.columns) && fields.len() == 3);
    assert_eq!(fields.last(), Some(&whole));
    // The coarse ones have the right values at their corners, and err less and less in between.
    let error = |field: &Field| {
        let at = [0.31_f32, -0.17];
        let [hx, hy] = view.half();
        let [u, v] = [view.center[0] + f64::from(at[0]) * hx, view.center[1] + f64::from(at[1]) * hy];
        (f64::from(field.at(at).difference) - f64::from(frame.sample(&surface, u, v).difference)).abs()
    };
    assert!(error(&fields[0]) >= error(&fields[2]) && fields[0].at([-1.0, -1.0]).difference == whole.at([-1.0, -1.0]).difference);
}

#[test]
fn what_was_drawn_moves_with_the_camera() {
    let viewport = Viewport { min_px: [30.0, 20.0], size_px: [640.0, 480.0] };
    let mut camera = Camera::new([1.0, -2.0], [0.5, 0.5], true);
    let before = camera.view(viewport);
    camera.pan(viewport, [37.5, -12.25]);
    let panned = camera.view(viewport).motion_from(&before).unwrap();
    assert!(panned.scale == 1.0 && (panned.shift_px[0] - 37.5).abs() < 1e-9 && (panned.shift_px[1] + 12.25).abs() < 1e-9);
    camera.zoom_at(viewport, [200.0, 90.0], 1.7);
    let view = camera.view(viewport);
    let motion = view.motion_from(&before).unwrap();
    for world in [[0.9, -2.2], [1.3, -1.75]] {
        let there = motion.apply(before.px_from_world(world).map(|v| v as f32));
        let px = view.px_from_world(world);
        let back = motion.inverse(px);
        assert!((0..2).all(|i| (f64::from(there[i]) - px[i]).abs() < 1e-3), "{there:?} {px:?}");
        assert!((0..2).all(|i| (back[i] - before.px_from_world(world)[i]).abs() < 1e-9));
    }
    let stretched = Camera::new([1.0, -2.0], [0.5, 2.0], false).view(viewport);
    assert!(stretched.motion_from(&before).is_none());
    let wide = before.widened(50.0);
    assert_eq!((wide.px_from_world([1.1, -2.0]), wide.viewport.size_px), (before.px_from_world([1.1, -2.0]), [740.0, 580.0]));
}

#[test]
fn a_zigzag_of_a_million_points_is_a_few_lines() {
    let view = Camera::fit([[-2.0, 2.0], [-2.0, 2.0]], true).view(WINDOW);
    let points: Vec<[f64; 2]> = (0..1_000_000).map(|i| [if i % 2 == 0 { -1.0 } else { 1.0 }, 1e-9 * f64::from(i)]).collect();
    let sketch = |points: &[[f64; 2]]| {
        let mut sketch = Sketch::new(view, 0.5, 6.0);
        points.iter().for_each(|point| sketch.push(*point));
        sketch
    };
    let zigzag = sketch(&points);
    assert!(zigzag.lines().iter().map(Vec::len).sum::<usize>() < 20);
    assert!(zigzag.spots().len() == 2);
    assert_eq!(sketch(&[[0.0, 0.0], [f64::NAN, 0.0], [1.0, 0.0], [1.5, 0.0]]).lines().len(), 1);
}
