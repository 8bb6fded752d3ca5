//! What is asked of a network again and again allocates nothing after the first time.
#![allow(missing_docs, reason = "a test")]

mod counting;

use saddlescope::optim::Setting;
use saddlescope::problem::NetworkSpec;
use saddlescope::problem::network::{Activation, Loss};
use saddlescope::scene::{MethodSpec, ProblemSpec, Scene};
use saddlescope_network_bench::{CASES, Work};

#[test]
fn gradients_and_products_allocate_nothing() {
    for case in CASES.iter().filter(|case| case.network().1.len() < 10_000) {
        for work in [Work::Loop, Work::Gradient, Work::Product, Work::NewProduct] {
            let count = counting::allocations(&mut *case.prepare(work));
            assert!(count == 0.0, "{} {work:?}: {count} allocations", case.layers);
        }
    }
}

/// 10,501 parameters, so that the trace soon keeps every second iterate only, then every fourth.
#[test]
fn a_driven_step_that_is_not_kept_allocates_nothing() {
    for sampling in ["replacement", "reshuffle"] {
        let mut method = MethodSpec::new("sgd");
        method.settings.insert("batch_size".to_owned(), Setting::Number(25.0));
        method.settings.insert("sampling".to_owned(), Setting::Name(sampling.to_owned()));
        let mut spec = NetworkSpec::on_set(&[2, 100, 100, 1], Activation::Tanh, Loss::Mse, "moons");
        spec.data.samples = Some(100);
        let scene = Scene { methods: vec![method], steps: 700, ..Scene::bare(ProblemSpec::Network(Box::new(spec))) };
        let Some(mut run) = scene.open().ok().and_then(|stage| stage.runs.into_iter().flatten().next()) else {
            panic!("the scene opens")
        };
        let (mut made, mut before) = (Vec::with_capacity(1000), counting::count_so_far());
        run.advance_watched(700, |_, _| {
            let now = counting::count_so_far();
            made.push(now - before);
            before = now;
        });
        assert!(run.trace().stride() >= 4, "{}", run.trace().stride());
        // Step k is made.at(k - 1); keyframes are kept every 64 steps or less often.
        let odd = made.iter().zip(1_u64..).filter(|(_, k)| *k > 520 && k % 4 != 0 && (k - 1) % 64 != 0);
        let busy: Vec<_> = odd.filter(|(count, _)| **count > 0).collect();
        assert!(busy.is_empty(), "{sampling}: {busy:?}");
    }
}
