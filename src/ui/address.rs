//! When the page writes the scene into its address: a moment after the last change, and not while the playback runs.

use crate::scene::Scene;

/// How long nothing must have changed, in seconds.
const QUIET_SECS: f64 = 0.5;

/// What is to be done in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// Nothing.
    Stay,
    /// Look again after so many seconds.
    Wait(f64),
    /// The scene belongs into the address now.
    Write,
}

/// The scene of the last frame, and since when it is another than the address says.
pub struct Address {
    seen: Scene,
    since: Option<f64>,
}

impl Address {
    /// An address that is left alone until this scene changes.
    pub fn new(scene: &Scene) -> Self {
        Self { seen: scene.clone(), since: None }
    }

    /// A frame at `now` seconds.
    pub fn follow(&mut self, scene: &Scene, playing: bool, now: f64) -> Wish {
        if self.seen != *scene {
            self.seen.clone_from(scene);
            self.since = Some(now);
        }
        let Some(since) = self.since.filter(|_| !playing) else { return Wish::Stay };
        let left = since + QUIET_SECS - now;
        if left > 0.0 {
            return Wish::Wait(left);
        }
        self.since = None;
        Wish::Write
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_written_once_after_the_last_change() {
        let mut scene = Scene::default();
        let mut address = Address::new(&scene);
        assert_eq!(address.follow(&scene, false, 9.0), Wish::Stay);
        for (i, now) in [10.0, 10.25, 10.5, 10.75].into_iter().enumerate() {
            scene.seed = 100 + i as u64;
            assert_eq!(address.follow(&scene, false, now), Wish::Wait(0.5));
        }
        assert_eq!(address.follow(&scene, false, 11.0), Wish::Wait(0.25));
        assert_eq!(address.follow(&scene, false, 11.25), Wish::Write);
        assert_eq!(address.follow(&scene, false, 12.0), Wish::Stay);
    }

    #[test]
    fn the_playback_is_written_when_it_pauses() {
        let mut scene = Scene::default();
        let mut address = Address::new(&scene);
        for step in 1..100 {
            scene.playback.step = step;
            assert_eq!(address.follow(&scene, true, step as f64), Wish::Stay);
        }
        assert_eq!(address.follow(&scene, false, 99.25), Wish::Wait(0.25));
        assert_eq!(address.follow(&scene, false, 99.5), Wish::Write);
    }
}
