//! When the page writes the scene into its address: a moment after the last change, and not while the playback runs.

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

/// What the document counted at the last frame, and since when the scene is another than the address says.
pub struct Address {
    seen: u64,
    since: Option<f64>,
}

impl Address {
    /// An address that is left alone until the document has counted more [changes](super::document::Document::changes).
    pub fn new(changes: u64) -> Self {
        Self { seen: changes, since: None }
    }

    /// A frame at `now` seconds.
    pub fn follow(&mut self, changes: u64, playing: bool, now: f64) -> Wish {
        if self.seen != changes {
            self.seen = changes;
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
        let mut address = Address::new(7);
        assert_eq!(address.follow(7, false, 9.0), Wish::Stay);
        for (i, now) in [10.0, 10.25, 10.5, 10.75].into_iter().enumerate() {
            assert_eq!(address.follow(8 + i as u64, false, now), Wish::Wait(0.5));
        }
        assert_eq!(address.follow(11, false, 11.0), Wish::Wait(0.25));
        assert_eq!(address.follow(11, false, 11.25), Wish::Write);
        assert_eq!(address.follow(11, false, 12.0), Wish::Stay);
    }

    #[test]
    fn the_playback_is_written_when_it_pauses() {
        let mut address = Address::new(0);
        for step in 1..100 {
            assert_eq!(address.follow(step, true, step as f64), Wish::Stay);
        }
        assert_eq!(address.follow(99, false, 99.25), Wish::Wait(0.25));
        assert_eq!(address.follow(99, false, 99.5), Wish::Write);
    }
}
