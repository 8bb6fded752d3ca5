//! The phases of a run as bands along an axis.

use crate::optim::Phase;

/// Rows `first..=last` that show `phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseBand {
    /// What the method was doing, never [`Phase::Descent`].
    pub phase: Phase,
    /// The first row.
    pub first: usize,
    /// The last row.
    pub last: usize,
}

/// The bands of everything but descent, at most `most` of them (1 and more): rows are taken together, 2, 4, 8 …, until so few are left,
/// and a row of several shows the rarest kind that it has: a kick before a certification, a search, a snapshot.
pub fn phase_bands(phases: &[Phase], most: usize) -> Vec<PhaseBand> {
    let mut together = 1;
    loop {
        let bands = bands(phases, together);
        if bands.len() <= most.max(1) || together >= phases.len() {
            return bands;
        }
        together *= 2;
    }
}

fn bands(phases: &[Phase], together: usize) -> Vec<PhaseBand> {
    let mut found: Vec<PhaseBand> = Vec::new();
    for (i, rows) in phases.chunks(together).enumerate() {
        let Some(phase) = rows.iter().copied().max_by_key(|phase| rarity(*phase)).filter(|phase| *phase != Phase::Descent) else {
            continue;
        };
        let (first, last) = (i * together, i * together + rows.len() - 1);
        match found.last_mut() {
            Some(band) if band.phase == phase && band.last + 1 == first => band.last = last,
            _ => found.push(PhaseBand { phase, first, last }),
        }
    }
    found
}

fn rarity(phase: Phase) -> u8 {
    match phase {
        Phase::Descent => 0,
        Phase::Snapshot => 1,
        Phase::Search => 2,
        Phase::Certification => 3,
        Phase::Perturbation => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Phase::{Certification, Descent, Perturbation, Search};

    #[test]
    fn runs_of_one_phase_are_one_band() {
        let phases = [Descent, Search, Search, Certification, Descent, Perturbation];
        let band = |phase, first, last| PhaseBand { phase, first, last };
        assert_eq!(phase_bands(&phases, 9), [band(Search, 1, 2), band(Certification, 3, 3), band(Perturbation, 5, 5)]);
        assert_eq!(phase_bands(&[Descent; 5], 9), []);
        assert_eq!(phase_bands(&[], 9), []);
    }

    #[test]
    fn many_bands_become_few_and_none_is_lost_from_sight() {
        let phases: Vec<Phase> = (0..10_000).map(|i| if i % 20 == 19 { Perturbation } else { Descent }).collect();
        let bands = phase_bands(&phases, 100);
        assert!(!bands.is_empty() && bands.len() <= 100);
        assert!(bands.windows(2).all(|w| w[0].last < w[1].first) && bands.last().is_some_and(|b| b.last <= 9_999));
        assert!((0..10_000).filter(|i| i % 20 == 19).all(|i| bands.iter().any(|b| (b.first..=b.last).contains(&i))));
    }
}
