//! How much is done between two looks at the clock.

use std::time::Duration;

/// An amount of work that follows the time it takes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    amount: u64,
    most: u64,
    time: Duration,
}

impl Pace {
    /// Begins with `first`, of which `time` is not to be exceeded by much and `most` is the most.
    pub const fn new(first: u64, most: u64, time: Duration) -> Self {
        Self { amount: first, most, time }
    }

    /// What to do next.
    pub const fn amount(&self) -> u64 {
        self.amount
    }

    /// The last amount took `time`: twice as much where it was less than half of what it should be, half as much where it was more.
    pub fn took(&mut self, time: Duration) {
        if time < self.time / 2 {
            self.amount = (2 * self.amount).min(self.most);
        } else if time > self.time {
            self.amount = (self.amount / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amount_comes_to_what_takes_the_time() {
        let mut pace = Pace::new(1, 64, Duration::from_millis(8));
        let took = |pace: &mut Pace, each: u64| pace.took(Duration::from_micros(each * pace.amount()));
        for _ in 0..20 {
            took(&mut pace, 1000);
        }
        assert!((4..=8).contains(&pace.amount()));
        for _ in 0..20 {
            took(&mut pace, 1);
        }
        assert_eq!(pace.amount(), 64);
        for _ in 0..20 {
            took(&mut pace, 1_000_000);
        }
        assert_eq!(pace.amount(), 1);
    }
}
