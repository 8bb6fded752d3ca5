//! Methods that draw random numbers: sampled gradients and kicks that leave saddles.
//!
//! May import `linalg`, the contract of `optim` and the plain step of `first_order`. One method a file. Every random
//! number comes from the oracle's stream.

mod cnc_pgd;
mod cnc_sgd;
mod noisy_sgd;
mod parameters;
mod pgd;
mod saddle_ngd;
mod scsg;
mod sgd;
mod sgld;
mod snapshot;
mod svrg;
mod trial;

use super::Method;

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[
    sgd::SGD,
    noisy_sgd::NOISY_SGD,
    cnc_sgd::CNC_SGD,
    sgld::SGLD,
    saddle_ngd::SADDLE_NGD,
    pgd::PGD,
    cnc_pgd::CNC_PGD,
    svrg::SVRG,
    scsg::SCSG,
];
