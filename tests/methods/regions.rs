//! The region that a first-order step reports is the one that its step minimizes in (Lemma 1).

use crate::objectives::{Cloud, PLANES, start};
use saddlescope::linalg::{Rng, Vector, dot, norm};
use saddlescope::optim::{Counts, Geometry, Oracle, Settings, Verdict, methods};
use saddlescope::problem::Objective;

#[test]
fn first_order_steps_minimize_their_linear_term_in_their_region() {
    let cloud = Cloud::new(7);
    let mut objectives: Vec<(&dyn Objective, Vec<f64>)> = vec![(&cloud, vec![0.5, -1.0, 2.0])];
    objectives.extend(PLANES.iter().map(|p| (p as &dyn Objective, p.start.to_vec())));
    let mut checked = 0;
    for method in methods() {
        for (f, x) in &objectives {
            let mut machine = start(method.id, &Settings::new(), x);
            let mut oracle = Oracle::new(*f, Rng::new(2), Counts::default());
            let mut rng = Rng::new(9);
            for k in 0..30 {
                let Ok(step) = machine.step(&mut oracle) else { break };
                let Geometry::TrustRegion(region) = &step.geometry else { continue };
                if region.second_order || region.radius == 0.0 {
                    continue;
                }
                // A diverging run ends where squares in this test would overflow.
                if norm(&region.linear) > 1e100 {
                    break;
                }
                let (n, s, l) = (x.len(), &region.step, &region.linear);
                let label = format!("{} step {k} in dimension {n}", method.id);
                assert_eq!(region.metric.validate(n), Ok(()), "{label}");
                // M s = −(Δ/‖l‖_{M⁻¹}) l, with ‖l‖_{M⁻¹} = −⟨l, s⟩/Δ.
                let dual = -dot(l, s) / region.radius;
                let mut ms = vec![0.0; n];
                region.metric.apply(s, &mut ms);
                let residual: Vector = ms.iter().zip(l).map(|(m, li)| m + region.radius / dual * li).collect();
                assert!(norm(&residual) <= 1e-12 * norm(l) * region.radius / dual, "{label}: residual {:e}", norm(&residual));
                assert!((region.metric.norm(s) / region.radius - 1.0).abs() <= 1e-12, "{label}: not on the boundary");
                for _ in 0..50 {
                    let mut u = vec![0.0; n];
                    rng.fill_normal(&mut u);
                    let scale = region.radius / region.metric.norm(&u);
                    let other: f64 = u.iter().zip(l).map(|(ui, li)| scale * ui * li).sum();
                    assert!(dot(l, s) <= other + 1e-12 * other.abs(), "{label}: {other} is lower");
                }
                if step.verdict == Verdict::Rejected {
                    continue;
                }
                let moved = region.center.iter().zip(s).map(|(a, b)| a + b);
                assert!(step.x.iter().zip(moved).all(|(a, b)| *a == b), "{label}");
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}
