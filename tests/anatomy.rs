//! Subproblems taken apart: points lie on the curves on which they should, and the words fit the case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::linalg::{Metric, Rng, Vector, dot, norm};
use saddlescope::optim::subproblem::{Solver, exact};
use saddlescope::optim::{Exit, Geometry};
use saddlescope::scene::{ProblemSpec, SUBPROBLEM_PRESETS, Scene, SubproblemSpec, from_link, to_link};
use saddlescope::view::Viewport;
use saddlescope::view::anatomy::{Anatomy, AnatomyError, Case, Directions, Nature, Subproblem};
use serde_json::Value;

fn numbers(v: &Value) -> Vector {
    v.as_array()
        .unwrap()
        .iter()
        .flat_map(|e| if e.is_array() { numbers(e).to_vec() } else { vec![e.as_f64().unwrap()] })
        .collect()
}

fn reference() -> Vec<(String, Anatomy)> {
    let file: Value = serde_json::from_str(include_str!("reference/tr_subproblems.json")).unwrap();
    let rows = file["subproblems"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            let problem = Subproblem {
                gradient: numbers(&row["g"]),
                hessian: numbers(&row["H"]),
                metric: Metric::Diagonal(numbers(&row["M_diag"])),
                radius: row["delta"].as_f64().unwrap(),
            };
            (row["name"].as_str().unwrap().to_owned(), Anatomy::new(problem).unwrap())
        })
        .collect()
}

fn random(rng: &mut Rng, n: usize) -> Subproblem {
    let mut hessian = Vector::from_elem(0.0, n * n);
    for i in 0..n {
        for j in 0..=i {
            hessian[i * n + j] = rng.normal();
            hessian[j * n + i] = hessian[i * n + j];
        }
    }
    let mut gradient = Vector::from_elem(0.0, n);
    rng.fill_normal(&mut gradient);
    let metric = Metric::Diagonal((0..n).map(|_| libm::pow(10.0, 2.0 * rng.uniform() - 1.0)).collect());
    Subproblem { gradient, hessian, metric, radius: libm::pow(10.0, 2.0 * rng.uniform() - 1.0) }
}

#[track_caller]
fn close(label: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= tolerance * (1.0 + theirs.abs()), "{label}: {ours} against {theirs}");
}

#[test]
fn the_words_fit_the_case() {
    let table = [
        ("interior_2d", Case::Interior, "is inside (Δ = 5): it is the solution"),
        ("boundary_pd_2d", Case::Boundary, "too long, 0.51 > Δ = 0.2"),
        ("boundary_pd_ellipsoid_2d", Case::Boundary, "too long, 0.406 > Δ = 0.2"),
        ("indefinite_easy_2d", Case::Indefinite, "λ = 2.52 > −λ₁ = 2"),
        ("indefinite_easy_ellipsoid_2d", Case::Indefinite, "λ = 9 > −λ₁ = 8"),
        ("near_saddle_2d", Case::NearHard, "‖s(−λ₁)‖ = 0.0005 < Δ = 0.5"),
        ("hard_2d", Case::Hard, "λ₁ = −2: ‖s(−λ₁)‖ = 0.333 < Δ = 1, so a step along v₁ is added"),
        ("hard_ellipsoid_2d", Case::Hard, "λ₁ = −0.5: ‖s(−λ₁)‖ = 0.667 < Δ = 1, so a step along v₁ is added"),
        ("at_saddle_zero_gradient_2d", Case::AtSaddle, "g = 0, but λ₁ = −1 < 0"),
        ("hard_singular_psd_2d", Case::Flat, "every point of the chord"),
        ("almost_hard_2d", Case::NearHard, "its part there is 1×10⁻⁸ of 1"),
        ("boundary_hardlike_2d", Case::OrthogonalBoundary, "‖s(−λ₁)‖ = 3.33 ≥ Δ = 1"),
        ("hard_3d_rotated", Case::Hard, "two solutions"),
        ("negative_definite_2d", Case::Indefinite, "maximizer of the model"),
        ("linear_model_ellipsoid_2d", Case::Linear, "λ = ‖g‖/Δ = 6.57"),
        ("linear_model_sphere_2d", Case::Linear, "λ = ‖g‖/Δ = 10"),
    ];
    let cases = reference();
    for (name, case, phrase) in table {
        let (_, anatomy) = cases.iter().find(|(n, _)| n == name).unwrap();
        assert_eq!(anatomy.case, case, "{name}");
        let words = anatomy.words().join(" ");
        assert!(words.contains(phrase), "{name}: {words}");
    }
    for (name, anatomy) in &cases {
        if anatomy.problem.gradient.len() == 2 {
            assert!(table.iter().any(|row| row.0 == name), "{name} is not in the table");
        }
    }
}

#[test]
fn a_model_without_minimum_says_what_newtons_point_is() {
    for (name, nature) in [("indefinite_easy_2d", Nature::Saddle), ("negative_definite_2d", Nature::Maximizer)] {
        let (_, anatomy) = reference().into_iter().find(|(n, _)| n == name).unwrap();
        assert_eq!(anatomy.newton.as_ref().unwrap().nature, nature);
        assert_eq!(anatomy.dogleg, [[0.0; 2]], "{name}: no second leg");
        assert!(anatomy.words().iter().any(|w| w.starts_with("Newton's point")), "{name}");
    }
}

#[test]
fn the_secular_root_is_the_exact_multiplier() {
    let mut rng = Rng::new(5);
    let random = (0..300).map(|k| (k.to_string(), Anatomy::new(random(&mut rng, 2 + k % 5)).unwrap()));
    let mut climbed = 0;
    for (name, anatomy) in reference().into_iter().chain(random) {
        let (secular, solution) = (&anatomy.secular, &anatomy.exact().solution);
        assert_eq!(secular.root, solution.multiplier, "{name}");
        match solution.exit {
            Exit::Boundary => {
                if anatomy.case != Case::NearHard {
                    close(&name, secular.norm(secular.root), anatomy.problem.radius, 1e-9);
                    close(&name, anatomy.problem.radius * secular.reciprocal(secular.root), 0.0, 1e-9);
                }
                assert_eq!(secular.iterates.last(), Some(&secular.root), "{name}");
                assert!(secular.iterates.is_sorted(), "{name}: {:?}", secular.iterates);
                climbed += usize::from(secular.iterates.len() > 2);
            }
            Exit::Interior => {
                assert!(secular.norm(0.0) <= anatomy.problem.radius * (1.0 + 1e-12), "{name}");
                assert!(secular.iterates.is_empty(), "{name}");
            }
            _ => {
                assert!(secular.iterates.is_empty() && secular.is_orthogonal(), "{name}");
                assert!(secular.norm_beside() <= anatomy.problem.radius, "{name}");
                assert_eq!(secular.root, secular.least(), "{name}");
            }
        }
        // s(λ) solves (H + λM)s = −g wherever it is asked.
        let n = anatomy.problem.gradient.len();
        let lambda = secular.least() + 0.7;
        let s = secular.step(lambda);
        let (mut image, mut scaled) = (vec![0.0; n], vec![0.0; n]);
        saddlescope::linalg::mat_vec(&anatomy.problem.hessian, &s, &mut image);
        anatomy.problem.metric.apply(&s, &mut scaled);
        for i in 0..n {
            close(&name, image[i] + lambda * scaled[i], -anatomy.problem.gradient[i], 1e-11);
        }
        close(&name, anatomy.problem.metric.norm(&s), secular.norm(lambda), 1e-11);
    }
    assert!(climbed > 100, "{climbed} roots took more than one step");
}

#[test]
fn poles_are_where_the_norm_has_no_bound() {
    for (name, anatomy) in reference() {
        let poles = anatomy.secular.poles();
        assert!(poles.windows(2).all(|p| p[0].at < p[1].at), "{name}");
        for pole in poles {
            let nearby = anatomy.secular.norm(pole.at + 1e-12 * (1.0 + pole.at.abs()));
            assert_eq!(pole.real, nearby > 1e3, "{name}: {nearby} at {}", pole.at);
        }
    }
}

/// The trajectory passes through the exact solution of every radius.
#[test]
fn the_trajectory_is_made_of_solutions() {
    let mut rng = Rng::new(17);
    let random = (0..100).map(|k| (k.to_string(), Anatomy::new(random(&mut rng, 2)).unwrap()));
    for (name, anatomy) in reference().into_iter().filter(|(_, a)| a.problem.gradient.len() == 2).chain(random) {
        let Subproblem { gradient, hessian, metric, radius } = &anatomy.problem;
        for factor in [0.01, 0.1, 0.4, 1.0, 1.9] {
            let wanted = factor * radius;
            let solution = exact(gradient, hessian, metric, wanted);
            if anatomy.case == Case::Flat && solution.exit == Exit::HardCase {
                continue;
            }
            let at = anatomy.section.coordinates(&solution.step);
            let nearest =
                anatomy.trajectory.iter().flat_map(|c| c.windows(2)).map(|w| distance(at, w[0], w[1])).fold(f64::MAX, f64::min);
            let size = anatomy.picture().region().unwrap().axes[0];
            assert!(nearest <= 4e-3 * norm(&size) * factor.max(1.0), "{name}: Δ = {wanted}, {nearest} away");
        }
        let forks = anatomy.trajectory.len();
        assert_eq!(
            forks,
            if anatomy.mirror.is_some() {
                3
            } else if anatomy.case == Case::OrthogonalBoundary {
                forks
            } else {
                1
            },
            "{name}"
        );
    }
}

fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let q = [p[0] - a[0], p[1] - a[1]];
    let t = (dot(&d, &q) / dot(&d, &d).max(1e-300)).clamp(0.0, 1.0);
    norm(&[q[0] - t * d[0], q[1] - t * d[1]])
}

#[test]
fn both_solutions_of_the_hard_case_are_as_good() {
    for (name, anatomy) in reference() {
        let Some(mirror) = anatomy.mirror else { continue };
        let picture = anatomy.picture();
        let best = anatomy.exact().solution.model_decrease;
        for place in [anatomy.exact().place, mirror] {
            close(&name, place.away, 0.0, 1e-7);
            close(&name, -picture.value(place.at), best, 1e-9);
            assert!(
                picture.contains(place.at.map(|v| v * (1.0 - 1e-9))) && !picture.contains(place.at.map(|v| v * 1.001)),
                "{name}"
            );
        }
    }
}

#[test]
fn everything_drawn_is_where_it_belongs() {
    let mut rng = Rng::new(23);
    for k in 0..200 {
        let n = 2 + k % 4;
        let anatomy = Anatomy::new(random(&mut rng, n)).unwrap();
        assert_eq!(anatomy.section.directions == Directions::Coordinates, n == 2);
        let picture = anatomy.picture();
        // The plane holds 0, Cauchy's point and the solution; the picture's model is the model there.
        for solver in [Solver::Exact, Solver::Cauchy] {
            let answer = anatomy.answers.iter().find(|a| a.solver == solver).unwrap();
            assert!(answer.place.away <= 1e-9 * norm(&answer.solution.step), "{solver:?} is {} away", answer.place.away);
            close(solver.name(), -picture.value(answer.place.at), answer.solution.model_decrease, 1e-8);
        }
        for answer in &anatomy.answers {
            assert_eq!(answer.path.last().copied(), Some(answer.place.at), "{:?}", answer.solver);
            assert!(answer.path.iter().all(|p| picture.contains(p.map(|v| v * (1.0 - 1e-9)))));
        }
        let camera = anatomy.camera();
        let view = camera.view(Viewport { min_px: [10.0, 20.0], size_px: [400.0, 300.0] });
        let [x, y] = view.bounds();
        for p in picture.region().unwrap().polygon(40) {
            assert!(p[0] > x[0] && p[0] < x[1] && p[1] > y[0] && p[1] < y[1], "the region is in the picture");
        }
        let contours = picture.contours(&view);
        assert!(contours.len() >= 4, "{} contours", contours.len());
        assert!(contours.iter().any(|c| c.level == 0.0));
        let span = contours.last().unwrap().level - contours[0].level;
        for contour in &contours {
            for p in contour.inside.iter().chain(&contour.outside).flatten() {
                assert!(
                    (picture.value(*p) - contour.level).abs() <= 0.02 * span,
                    "{} on the contour {}",
                    picture.value(*p),
                    contour.level
                );
            }
        }
    }
}

#[test]
fn the_dogleg_bends_at_cauchys_point_and_ends_at_newtons() {
    let (_, anatomy) = reference().into_iter().find(|(name, _)| name == "interior_2d").unwrap();
    let newton = anatomy.newton.as_ref().unwrap();
    assert_eq!(anatomy.dogleg.len(), 3);
    assert_eq!(anatomy.dogleg[0], [0.0; 2]);
    let cauchy = anatomy.answers.iter().find(|a| a.solver == Solver::Cauchy).unwrap();
    assert_eq!(anatomy.dogleg[1], cauchy.place.at);
    assert!(distance(newton.place.at, anatomy.dogleg[2], anatomy.dogleg[2]) < 1e-12);
}

#[test]
fn presets_show_what_they_are_named_after() {
    let cases = [Case::Interior, Case::Boundary, Case::Indefinite, Case::Hard, Case::NearHard, Case::Flat, Case::AtSaddle];
    for (preset, case) in SUBPROBLEM_PRESETS.iter().zip(cases) {
        let anatomy = Anatomy::new(Subproblem::by_hand(&preset.spec)).unwrap();
        assert_eq!(anatomy.case, case, "{}", preset.name);
        let mut scene = Scene::bare(ProblemSpec::landscape("rosenbrock"));
        scene.view.subproblem = Some(preset.spec);
        assert_eq!(from_link(&to_link(&scene)).unwrap(), scene);
    }
    let hard = Anatomy::new(Subproblem::by_hand(&SUBPROBLEM_PRESETS[3].spec)).unwrap();
    let words = hard.words().join(" ");
    assert!(words.contains("eigenvector of λ₁ = −1: ‖s(−λ₁)‖ = 0.4 < Δ = 1, so a step along v₁ is added"), "{words}");
}

#[test]
fn numbers_of_a_hand_are_kept_in_bounds() {
    let spec = SubproblemSpec::from_parts([f64::NAN, 1e300], [1.0, 0.5, -2.0], [4.0, 0.0, 1.0], 0.0);
    assert_eq!(spec, spec.bounded());
    let anatomy = Anatomy::new(Subproblem::by_hand(&spec)).unwrap();
    let [a, b, d] = [0, 1, 3].map(|i| anatomy.problem.hessian[i]);
    assert!((a - 1.0).abs() < 1e-14 && (b - 0.5).abs() < 1e-14 && (d + 2.0).abs() < 1e-14);
    let mut scene = Scene::default();
    scene.view.subproblem = Some(SubproblemSpec { radius: -1.0, ..spec });
    assert!(Scene::from_json(&scene.to_json()).unwrap_err().to_string().contains("subproblem"));
}

#[test]
fn a_cubic_model_by_hand_is_minimized_on_its_own_ball() {
    for preset in &SUBPROBLEM_PRESETS {
        for sigma in [0.01, 0.7, 30.0] {
            let spec = SubproblemSpec { sigma: Some(sigma), ..preset.spec };
            assert_eq!(spec, spec.bounded());
            let anatomy = Anatomy::new(Subproblem::by_hand(&spec)).unwrap();
            let cubic = anatomy.cubic(sigma);
            let length = norm(&cubic.solution.step);
            close("λ = σ‖s‖", sigma * length, cubic.solution.multiplier, 1e-8);
            let model = |s: &[f64]| anatomy.problem.model(s) + sigma / 3.0 * norm(s) * norm(s) * norm(s);
            let best = anatomy.answers.iter().map(|answer| model(&answer.solution.step)).fold(0.0, f64::min);
            assert!(-cubic.decrease <= best + 1e-12, "{}, σ = {sigma}: {} above {best}", preset.name, -cubic.decrease);
        }
    }
    let mut scene = Scene::default();
    scene.view.subproblem = Some(SUBPROBLEM_PRESETS[0].spec);
    assert!(!scene.to_json().contains("sigma"), "an older program reads it");
    scene.view.subproblem = Some(SubproblemSpec { sigma: Some(-1.0), ..SUBPROBLEM_PRESETS[0].spec });
    assert!(Scene::from_json(&scene.to_json()).is_err());
}

#[test]
fn steps_with_a_region_are_taken_apart_and_others_say_why_not() {
    let scene = Scene::default();
    let (mut regions, mut without) = (0, 0);
    for mut run in scene.open().unwrap().runs.into_iter().flatten() {
        run.advance(200);
        for k in 1..=run.len() {
            let (step, _) = run.record(k).unwrap();
            match Anatomy::of_step(&step, &**run.objective()) {
                Ok((anatomy, taken)) => {
                    let Geometry::TrustRegion(region) = &step.geometry else { panic!("a region") };
                    regions += 1;
                    assert!(taken.same_model, "{} step {k}", run.setup().method.id);
                    assert_eq!(taken.place.at, anatomy.section.coordinates(&region.step));
                    assert_eq!(anatomy.problem.is_linear(), !region.second_order);
                    // Lemma 1: the step of a first-order method is the solution.
                    if !region.second_order {
                        let size = norm(&region.step);
                        assert!(distance(taken.place.at, anatomy.exact().place.at, anatomy.exact().place.at) <= 1e-9 * size);
                    }
                }
                Err(AnatomyError::NoRegion(_)) => without += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(regions > 100 && without >= 1, "{regions} with a region, {without} without");
}

#[test]
fn bad_subproblems_get_a_sentence() {
    let good = Subproblem::by_hand(&SUBPROBLEM_PRESETS[0].spec);
    let bad = |change: fn(&mut Subproblem)| {
        let mut problem = good.clone();
        change(&mut problem);
        Anatomy::new(problem).unwrap_err()
    };
    assert_eq!(bad(|p| p.gradient[0] = f64::NAN), AnatomyError::NotFinite);
    assert_eq!(bad(|p| p.radius = 0.0), AnatomyError::NotFinite);
    assert!(matches!(bad(|p| p.metric = Metric::Diagonal(Vector::from_slice(&[1.0, -1.0]))), AnatomyError::Metric(_)));
    assert_eq!(bad(|p| p.gradient = Vector::from_slice(&[1.0])), AnatomyError::Dimension(1));
    for scale in [1e-150, 1e-12, 1e12, 1e150] {
        let scaled = |v: &Vector| v.iter().map(|e| e * scale).collect();
        let problem = Subproblem { gradient: scaled(&good.gradient), hessian: scaled(&good.hessian), ..good.clone() };
        assert_eq!(Anatomy::new(problem).unwrap().case, Case::Interior, "{scale}");
        let anatomy = Anatomy::new(Subproblem { radius: scale, ..good.clone() }).unwrap();
        assert!(anatomy.trajectory.iter().flatten().flatten().all(|v| v.is_finite()));
    }
}

/// A cubic step is the solution of the quadratic part in the ball on which it lies.
#[test]
fn cubic_steps_are_taken_apart_in_their_ball() {
    let mut scene = Scene::default();
    scene.methods = vec![saddlescope::scene::MethodSpec::new("arc")];
    let mut run = scene.open().unwrap().runs.remove(0).unwrap();
    run.advance(40);
    let mut seen = 0;
    for k in 1..=run.len() {
        let (step, _) = run.record(k).unwrap();
        let Ok((anatomy, taken)) = Anatomy::of_step(&step, &**run.objective()) else { continue };
        let Geometry::Cubic(cubic) = &step.geometry else { panic!("a cubic model") };
        assert!(taken.same_model && taken.sigma == Some(cubic.sigma), "step {k}");
        let (ours, theirs) = (anatomy.exact().solution.model_decrease, -anatomy.problem.model(&cubic.step));
        close("decrease", theirs, ours, 1e-8);
        seen += 1;
    }
    assert!(seen >= 3, "{seen} cubic steps");
}
