//! Races: the same runs as alone, whatever the threads; honest quantiles; and who leaves a strict saddle.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use saddlescope::measure::critical_points;
use saddlescope::measure::race::{Axis, Column, Entrant, Outcome, QUANTILES, Quantity, Race, Sample, Sweep, sort};
use saddlescope::optim::{Setting, methods};
use saddlescope::problem::Objective;
use saddlescope::run::Status;
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A clock that stands still: nothing here depends on time.
fn still() -> f64 {
    0.0
}

fn scene(problem: ProblemSpec, start: [f64; 2], steps: u64, ids: &[&str]) -> Scene {
    let methods = ids.iter().map(|id| MethodSpec::new(id)).collect();
    Scene { start: Some(start.to_vec()), steps, methods, ..Scene::bare(problem) }
}

fn race(scene: &Scene, seeds: usize) -> Race {
    let stage = scene.open().unwrap();
    let points = critical_points(&*stage.problem, &stage.problem.bounds());
    let landmarks = stage.landmarks(&points);
    Race::new(objective(&stage), entrants(scene, &stage), seeds, landmarks, still).unwrap()
}

fn objective(stage: &Stage) -> Arc<dyn Objective> {
    Arc::clone(&stage.problem) as Arc<dyn Objective>
}

fn entrants(scene: &Scene, stage: &Stage) -> Vec<Entrant> {
    stage.entrants(&scene.method_names())
}

/// Everything that a race found, but for the time of a step.
fn found(race: &Race) -> String {
    let outcomes: Vec<Vec<&Outcome>> = (0..race.entrants().len()).map(|i| race.outcomes(i).collect()).collect();
    format!("{outcomes:?}")
}

/// Every method that runs on the landscape.
fn all_methods(problem: &ProblemSpec) -> Vec<&'static str> {
    let opened = problem.open().unwrap();
    methods().iter().filter(|m| m.requires.check(&opened).is_ok()).map(|m| m.id).collect()
}

#[test]
fn neither_threads_nor_slices_change_a_result() {
    let problem = ProblemSpec::landscape("saddle_bounded");
    let ids = all_methods(&problem);
    let scene = scene(problem, [1.0, 0.1], 200, &ids);
    let on_threads = |threads| {
        let mut race = race(&scene, 3);
        race.finish(threads);
        assert!(race.progress().is_done());
        found(&race)
    };
    let mut sliced = race(&scene, 3);
    let mut shares = vec![sliced.progress().share];
    while !sliced.work(still()).is_done() {
        shares.push(sliced.progress().share);
    }
    assert!(shares.len() > 3 * ids.len() && shares.is_sorted() && shares[0] == 0.0);
    assert_eq!(sliced.progress().share, 1.0);
    let one = on_threads(1);
    assert_eq!(one, on_threads(5));
    assert_eq!(one, found(&sliced));
}

#[test]
fn a_race_that_is_cancelled_keeps_what_it_has() {
    let scene = scene(ProblemSpec::landscape("saddle_bounded"), [1.0, 0.1], 200, &["gd", "sgd", "pgd"]);
    let mut whole = race(&scene, 50);
    whole.finish(1);
    let mut sliced = race(&scene, 50);
    while sliced.progress().finished < 5 {
        sliced.work(still());
    }
    let before = found(&sliced);
    sliced.cancel();
    assert_eq!(sliced.work(f64::INFINITY).finished, 5);
    assert_eq!(found(&sliced), before);
    assert_eq!(sliced.outcomes(1).next(), whole.outcomes(1).next());
    let mut threaded = race(&scene, 50);
    threaded.spawn(2);
    threaded.cancel();
    let finished = threaded.work(still()).finished;
    assert_eq!(threaded.work(still()).finished, finished);
}

#[test]
fn a_race_runs_what_a_run_runs() {
    let problem = ProblemSpec::landscape("mueller_brown");
    let scene = scene(problem.clone(), [-0.8, 0.6], 300, &all_methods(&problem));
    let mut race = race(&scene, 2);
    race.finish(2);
    let objective = Arc::clone(race.objective());
    let mut gradient = [0.0; 2];
    for (place, entrant) in race.entrants().iter().enumerate() {
        let id = entrant.setup.method.id;
        let outcomes: Vec<&Outcome> = race.outcomes(place).collect();
        assert_eq!(outcomes.len(), if outcomes[0].random { 2 } else { 1 }, "{id}");
        assert!(entrant.setup.method.random || !outcomes[0].random, "{id}");
        for (repetition, outcome) in outcomes.into_iter().enumerate() {
            let mut run = entrant.run(&objective, repetition).unwrap();
            run.advance(u64::MAX);
            assert_eq!(outcome.x.as_slice(), run.position(), "{id}");
            assert_eq!((&outcome.status, u64::from(outcome.cost.steps)), (run.status(), run.len()), "{id}");
            assert_eq!(u64::from(outcome.cost.backpropagations), run.counts().backpropagations, "{id}");
            assert_eq!(outcome.samples.first().unwrap().cost.steps, 0);
            assert_eq!(outcome.samples.last().unwrap().cost, outcome.cost);
            for sample in &outcome.samples {
                let x = run.iterate(sample.cost.steps.into());
                assert_eq!(sample.f.to_bits(), objective.value_gradient(&x, &mut gradient).to_bits(), "{id}");
                let backpropagations = run.record(sample.cost.steps.into()).map_or(0, |(_, counts)| counts.backpropagations);
                assert_eq!(u64::from(sample.cost.backpropagations), backpropagations, "{id}");
            }
        }
    }
}

/// The q-quantile as it is defined: at place q(n − 1) of the sorted values, linear in between.
fn naive_quantile(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = q * (values.len() - 1) as f64;
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    if low == high || high.is_infinite() {
        if place.fract() == 0.0 { low } else { high }
    } else {
        low + place.fract() * (high - low)
    }
}

#[test]
fn bands_are_the_quantiles_of_step_functions() {
    // From the saddle of the cubic about half of the seeds fall to −∞.
    let problem = ProblemSpec::formula("x^3/3 - x + y^2");
    let scene = scene(problem, [-1.0, 0.5], 500, &["sgd", "gd", "pgd"]);
    let mut race = race(&scene, 11);
    race.finish(2);
    let diverged = race.outcomes(0).filter(|run| run.has_diverged()).count();
    assert!((1..11).contains(&diverged), "{diverged} of 11 diverged");
    let floor = race.floor().unwrap_or(0.0);
    for place in 0..race.entrants().len() {
        for axis in [Axis::Steps, Axis::Gradients, Axis::Backpropagations] {
            for quantity in [Quantity::Gap, Quantity::Gradient] {
                let band = race.band(place, quantity, axis);
                assert!(band.len() > 3 && band.len() <= 400 && band.is_sorted_by(|a, b| a.at < b.at));
                for point in &band {
                    let cost = |sample: &Sample| axis.of(&sample.cost, 0.0);
                    let values: Vec<f64> = race
                        .outcomes(place)
                        .map(|run| {
                            let sample = run.samples.iter().rfind(|s| cost(s) <= point.at).unwrap();
                            let gone = run.has_diverged() && cost(sample) == cost(run.samples.last().unwrap());
                            let value = match quantity {
                                _ if gone => f64::INFINITY,
                                Quantity::Gap => sample.f - floor,
                                _ => sample.gradient_norm.into(),
                            };
                            if value.is_nan() { f64::INFINITY } else { value }
                        })
                        .collect();
                    let naive = QUANTILES.map(|q| naive_quantile(values.clone(), q));
                    assert_eq!(point.over_seeds.quantiles(), naive, "{axis:?} {quantity:?} at {}", point.at);
                }
            }
        }
    }
}

#[test]
fn escape_times_and_costs_to_the_target_are_those_of_the_records() {
    let problem = ProblemSpec::landscape("saddle_bounded");
    let scene = scene(problem, [1.0, 1e-3], 600, &["gd", "sgd", "pgd", "adam", "tr"]);
    let mut race = race(&scene, 5);
    race.finish(2);
    let gate = race.landmarks().gate.clone().unwrap();
    let target = race.landmarks().target.unwrap();
    assert_eq!((gate.value, gate.lambda_min), (0.0, -1.0));
    let f_start = race.objective().value(&[1.0, 1e-3]);
    assert!(gate.level < 0.0 && gate.level >= -0.125 && (target + 0.25 - 1e-3 * (f_start + 0.25)).abs() < 1e-12);
    let histograms = race.escapes(10);
    for (place, entrant) in race.entrants().iter().enumerate() {
        for (repetition, outcome) in race.outcomes(place).enumerate() {
            let mut run = entrant.run(race.objective(), repetition).unwrap();
            run.advance(u64::MAX);
            let values: Vec<f64> = (0..=run.len()).map(|k| race.objective().value(&run.iterate(k))).collect();
            let above = values.iter().rposition(|f| *f >= gate.level).unwrap() + 1;
            let escaped = (above < values.len()).then_some(above as u32);
            assert_eq!(outcome.escaped, escaped, "{}", entrant.name);
            let reached = values.iter().position(|f| *f <= target).map(|k| k as u32);
            assert_eq!(outcome.reached.map(|cost| cost.steps), reached, "{}", entrant.name);
        }
        let histogram = &histograms[place];
        assert_eq!(histogram.counts.iter().sum::<usize>() + histogram.never, race.outcomes(place).count());
        assert_eq!(histogram.edges.len(), 11);
        for (bin, count) in histogram.counts.iter().enumerate() {
            let inside = |run: &&Outcome| {
                run.escaped.is_some_and(|k| (histogram.edges[bin]..histogram.edges[bin + 1]).contains(&f64::from(k)))
            };
            assert_eq!(race.outcomes(place).filter(inside).count(), *count);
        }
    }
}

/// On x²/2 − y²/2 + y⁴/4 the line y = 0 is the stable manifold of the saddle. From (1, 0) a method that is proven to escape
/// does. Any other that draws no random number is caught and told to be: it comes to rest at the saddle or, where its steps do not
/// go to zero with the gradient, hovers over it.
#[test]
fn who_is_proven_to_escape_does_and_the_others_rest_at_the_saddle() {
    let problem = ProblemSpec::landscape("saddle_bounded");
    let scene = scene(problem.clone(), [1.0, 0.0], 4000, &all_methods(&problem));
    let mut race = race(&scene, 40);
    race.finish(2);
    let mut faults = Vec::new();
    for (place, (entrant, row)) in race.entrants().iter().zip(race.standings()).enumerate() {
        let method = entrant.setup.method;
        let escaped = row.escaped.unwrap();
        let enough = if method.random { row.runs * 95 } else { row.runs * 100 };
        let hovers = ["ngd", "rmsprop", "rmsprop_full", "adadelta"].contains(&method.id);
        let caught = |run: &Outcome| {
            let Status::StrictSaddle { lambda_min, hovers: length } = run.status else { return false };
            lambda_min == -1.0 && run.escaped.is_none() && length.is_some() == hovers
        };
        if method.escapes && escaped * 100 < enough {
            faults
                .push(format!("{} is proven to escape and does in {escaped} of {} runs: {:?}", method.id, row.runs, row.states));
        }
        if !method.escapes && !method.random && !race.outcomes(place).all(caught) {
            faults.push(format!("{} is not proven to escape and is not caught at the saddle: {:?}", method.id, row.states));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_sorts_by_every_column_with_unknown_numbers_last() {
    let problem = ProblemSpec::landscape("saddle_bounded");
    let scene = scene(problem, [1.0, 0.0], 300, &["gd", "sgd", "pgd", "adam", "tr"]);
    let mut race = race(&scene, 4);
    race.finish(2);
    let rows = race.standings();
    assert_eq!(rows.len(), 5);
    for column in Column::ALL {
        for descending in [false, true] {
            let mut sorted = rows.clone();
            sort(&mut sorted, column, descending);
            let keys: Vec<f64> = sorted.iter().map(|row| column.of(row)).collect();
            let finite = keys.iter().take_while(|v| v.is_finite()).count();
            assert!(keys[finite..].iter().all(|v| !v.is_finite()), "{column:?} {keys:?}");
            let ordered = keys[..finite].is_sorted_by(|a, b| if descending { a >= b } else { a <= b });
            assert!(ordered, "{column:?} {keys:?}");
        }
    }
    let escape_times: Vec<f64> = rows.iter().map(|row| Column::EscapeTime.of(row)).collect();
    assert!(escape_times[0].is_infinite() && escape_times[2].is_finite(), "{escape_times:?}");
}

/// Gradient descent on ½(x² + 10y²) converges for η < 2/10 and diverges beyond.
#[test]
fn a_sweep_finds_the_largest_stable_step() {
    let mut scene = scene(ProblemSpec::formula("(x^2 + 10*y^2)/2"), [1.0, 1.0], 2000, &["gd", "tr"]);
    scene.methods[1].settings = BTreeMap::from([("metric".to_owned(), Setting::Name("rmsprop".to_owned()))]);
    let stage = scene.open().unwrap();
    let landmarks = stage.landmarks(&critical_points(&*stage.problem, &stage.problem.bounds()));
    let mut sweep = Sweep::new(objective(&stage), &entrants(&scene, &stage), 3, landmarks, still).unwrap();
    sweep.finish(2);
    assert!(sweep.progress().is_done());
    let curves = sweep.curves();
    assert_eq!(curves.iter().map(|c| c.parameter).collect::<Vec<_>>(), ["step_size", "radius"]);
    let gd = &curves[0].points;
    assert_eq!(gd.len(), 25);
    assert!((gd[0].factor - 1e-3).abs() < 1e-15 && (gd[24].factor - 1e3).abs() < 1e-9);
    for point in gd {
        assert_eq!(point.runs, 1);
        assert_eq!(point.diverged, usize::from(point.value > 0.2), "η = {}", point.value);
        assert_eq!(point.f.median.is_finite(), point.diverged == 0);
    }
    assert!(curves[1].points.iter().all(|p| p.diverged == 0));
}
