//! Methods that draw random numbers: sampled gradients, kicks that leave saddles, searches for negative curvature.
//!
//! May import `linalg`, the contract of `optim` and the plain step of `first_order`. One method a file; beside them the
//! trials of which they are made (`trial`), the estimator of variance reduction (`snapshot`), the frame of a search
//! (`search`) and [`Oja`]'s. Every random number comes from the oracle's stream.

mod cnc_pgd;
mod cnc_sgd;
mod natasha;
mod natasha15;
mod natasha2;
mod neon;
mod neon2;
mod neon2_online;
mod noisy_sgd;
mod oja;
mod pagd;
mod parameters;
mod pgd;
mod reservoir;
mod saddle_ngd;
mod scsg;
mod search;
mod sgd;
mod sgld;
mod snapshot;
mod svrg;
mod trial;

pub use oja::{Eigenpair, Oja, OjaLook};

use super::Method;

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[
    sgd::SGD,
    noisy_sgd::NOISY_SGD,
    cnc_sgd::CNC_SGD,
    sgld::SGLD,
    saddle_ngd::SADDLE_NGD,
    pgd::PGD,
    pagd::PAGD,
    cnc_pgd::CNC_PGD,
    neon::NEON,
    neon2::NEON2,
    neon2_online::NEON2_ONLINE,
    svrg::SVRG,
    scsg::SCSG,
    natasha15::NATASHA15,
    natasha2::NATASHA2,
];
