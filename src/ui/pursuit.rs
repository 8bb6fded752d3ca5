//! A computation that follows what is shown: one at a time beside the frames, the newest wish next.

use super::background::{Background, Work};
use eframe::egui;

/// What was asked for last, what is at work, and what has come of it.
pub struct Pursuit<R, W: Work> {
    running: Option<(R, Background<W>)>,
    found: Option<(R, W::News)>,
    finished: Option<R>,
    refused: Option<R>,
    version: u64,
}

impl<R, W: Work> Default for Pursuit<R, W> {
    fn default() -> Self {
        Self { running: None, found: None, finished: None, refused: None, version: 0 }
    }
}

impl<R: Clone + PartialEq, W: Work> Pursuit<R, W> {
    /// Takes what has come in, and begins what is `wanted` once nothing is at work. What is at work and no longer wanted goes on to
    /// its end where `keeps` says so, else it is dropped.
    pub fn follow(
        &mut self,
        ctx: &egui::Context,
        name: &str,
        wanted: &R,
        keeps: impl FnOnce(&R) -> bool,
        start: impl FnOnce(Option<&(R, W::News)>) -> Option<W>,
    ) {
        self.listen(ctx);
        if self.running.as_ref().is_some_and(|(request, _)| request != wanted && !keeps(request)) {
            self.running = None;
        }
        let settled = |of: &Option<R>| of.as_ref() == Some(wanted);
        if self.running.is_none() && !settled(&self.finished) && !settled(&self.refused) {
            let work = start(self.found.as_ref()).and_then(|work| Background::new(ctx, name, work));
            match work {
                Some(work) => self.running = Some((wanted.clone(), work)),
                None => self.refused = Some(wanted.clone()),
            }
        }
    }

    fn listen(&mut self, ctx: &egui::Context) {
        let Some((request, work)) = &mut self.running else { return };
        if let Some(news) = work.take() {
            self.found = Some((request.clone(), news));
            self.version += 1;
            ctx.request_repaint();
        }
        if self.running.as_ref().is_some_and(|(_, work)| work.is_over())
            && let Some((request, _)) = self.running.take()
        {
            self.finished = Some(request);
            self.version += 1;
        }
    }

    /// Stops what is at work; it is not begun again before something else was wanted.
    pub fn cancel(&mut self) {
        self.refused = self.running.take().map(|(request, _)| request);
    }

    /// Begins again what was stopped.
    pub fn resume(&mut self) {
        self.refused = None;
    }

    /// Whether this was stopped, or could not begin.
    pub fn is_refused(&self, wanted: &R) -> bool {
        self.refused.as_ref() == Some(wanted)
    }

    /// What was stopped, or could not begin, and was not begun since.
    pub fn refused(&self) -> Option<&R> {
        self.refused.as_ref()
    }

    /// Whether something is at work.
    pub fn is_busy(&self) -> bool {
        self.running.as_ref().is_some_and(|(_, work)| !work.is_done())
    }

    /// The share that is done of what is at work.
    pub fn progress(&self) -> Option<f64> {
        self.running.as_ref().map(|(_, work)| work.progress())
    }

    /// What has come in last, and of which request it is.
    pub fn found(&self) -> Option<&(R, W::News)> {
        self.found.as_ref()
    }

    /// Changes with what has come in.
    pub fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    struct Count(u32, u32);

    impl Work for Count {
        type News = u32;

        fn work(&mut self) -> Option<u32> {
            self.0 += 1;
            std::thread::sleep(std::time::Duration::from_millis(1));
            Some(self.0)
        }

        fn is_done(&self) -> bool {
            self.0 >= self.1
        }

        fn progress(&self) -> f64 {
            f64::from(self.0) / f64::from(self.1)
        }
    }

    fn until(pursuit: &mut Pursuit<u32, Count>, wanted: u32, keeps: bool, done: impl Fn(&Pursuit<u32, Count>) -> bool) -> bool {
        let ctx = egui::Context::default();
        for _ in 0..2000 {
            pursuit.follow(&ctx, "count", &wanted, |_| keeps, |_| Some(Count(0, wanted)));
            if done(pursuit) {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        false
    }

    #[test]
    fn the_newest_wish_comes_next_and_a_cancelled_one_rests() {
        let mut pursuit = Pursuit::default();
        assert!(until(&mut pursuit, 3, true, |p| p.finished == Some(3)));
        assert_eq!(pursuit.found(), Some(&(3, 3)));
        assert!(until(&mut pursuit, 100_000, true, |p| p.is_busy()));
        // Not kept: the other wish begins at once.
        assert!(until(&mut pursuit, 4, false, |p| p.finished == Some(4)));
        assert!(until(&mut pursuit, 100_000, true, |p| p.is_busy()));
        pursuit.cancel();
        assert!(until(&mut pursuit, 100_000, true, |p| !p.is_busy() && p.is_refused(&100_000)));
        pursuit.resume();
        assert!(until(&mut pursuit, 100_000, true, |p| p.is_busy()));
    }
}
