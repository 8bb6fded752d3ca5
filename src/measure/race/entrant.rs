//! Who races.

use crate::optim::SettingsError;
use crate::problem::Objective;
use crate::run::{Run, Setup};
use std::sync::Arc;

/// Seeds that a method may have.
pub const MOST_SEEDS: usize = 1000;
/// Distance of a method's seeds: more than there are methods in a scene, whose seeds follow each other.
const SEED_STRIDE: u64 = 64;

/// A method in a race.
#[derive(Clone)]
pub struct Entrant {
    /// A name that no other entrant has.
    pub name: String,
    /// Everything that determines its first run.
    pub setup: Setup,
}

impl Entrant {
    /// Runs that it makes when random methods get `seeds`: one where its method never draws a random number.
    pub fn repetitions(&self, seeds: usize) -> usize {
        if self.setup.method.draws(&self.setup.settings) { seeds.clamp(1, MOST_SEEDS) } else { 1 }
    }

    /// The seed of a repetition: that of the setup for the first, and 64 more for each that follows.
    pub fn seed(&self, repetition: usize) -> u64 {
        self.setup.seed.wrapping_add(SEED_STRIDE.wrapping_mul(repetition as u64))
    }

    /// A repetition at its start.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings do not fit the method, or the method not the objective.
    pub fn run(&self, objective: &Arc<dyn Objective>, repetition: usize) -> Result<Run, SettingsError> {
        let setup = Setup { seed: self.seed(repetition), ..self.setup.clone() };
        Run::new(Arc::clone(objective), setup)
    }
}
