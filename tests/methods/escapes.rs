//! Methods that are proven to leave strict saddles do.

use crate::objectives::{NOISE, SADDLE_BOUNDED};
use saddlescope::linalg::Rng;
use saddlescope::optim::{Counts, Family, Oracle, Scales, Settings, methods};
use saddlescope::problem::Objective;

/// From (1, 0), on the stable manifold of the saddle at 0, with the landscape's scales; the minima are (0, ±1).
#[test]
fn methods_that_escape_leave_the_saddle_from_its_stable_manifold() {
    let scales = Scales { step_size: 0.1, radius: 0.3 };
    for m in methods().iter().filter(|m| m.escapes && m.family == Family::Stochastic) {
        let seeds = 20;
        let left = (0..seeds).filter(|seed| {
            let mut machine = m.start(&Settings::new(), Some(scales), &[1.0, 0.0]).unwrap();
            let mut oracle = Oracle::new(&SADDLE_BOUNDED, Rng::new(*seed), Counts::default()).with_noise(NOISE);
            for _ in 0..1000 {
                if machine.step(&mut oracle).is_err() {
                    break;
                }
            }
            SADDLE_BOUNDED.value(machine.position()) < -0.1
        });
        let left = left.count() as u64;
        // Each is proven with a probability of failure: one in twenty is granted.
        assert!(left >= seeds - 1, "{}: {left} of {seeds} runs leave the saddle", m.id);
    }
}
