//! A thread for each work.

use super::{Mailbox, Work};
use eframe::egui;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Work that goes on beside the frames. Dropped, it stops within a piece.
pub struct Background<W: Work> {
    shared: Arc<Shared<W>>,
}

struct Shared<W: Work> {
    mailbox: Mutex<Mailbox<W>>,
    /// Told when there is room for news, or nobody who takes them.
    room: Condvar,
    stop: AtomicBool,
    done: AtomicBool,
    /// In thousandths.
    progress: AtomicU32,
}

impl<W: Work> Shared<W> {
    fn mailbox(&self) -> MutexGuard<'_, Mailbox<W>> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, mut work: W, ctx: &egui::Context) {
        while !work.is_done() && !self.stop.load(Relaxed) {
            if let Some(news) = work.work() {
                self.put(news);
                ctx.request_repaint();
            }
            self.progress.store((1000.0 * work.progress()) as u32, Relaxed);
        }
        self.done.store(true, Release);
        ctx.request_repaint();
    }

    /// Puts news where they wait, and rests while there is no room for more.
    fn put(&self, news: W::News) {
        let mut mailbox = self.mailbox();
        mailbox.put(news);
        while mailbox.is_full() && !self.stop.load(Relaxed) {
            mailbox = self.room.wait(mailbox).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<W: Work> Background<W> {
    /// Begins; the window is woken for news and at the end. `None` where the system gives no thread.
    pub fn new(ctx: &egui::Context, name: &str, work: W) -> Option<Self> {
        let shared = Arc::new(Shared {
            mailbox: Mutex::new(Mailbox::new()),
            room: Condvar::new(),
            stop: false.into(),
            done: false.into(),
            progress: 0.into(),
        });
        let (theirs, ctx) = (Arc::clone(&shared), ctx.clone());
        std::thread::Builder::new().name(name.to_owned()).spawn(move || theirs.work(work, &ctx)).ok()?;
        Some(Self { shared })
    }

    /// The next news that wait.
    pub fn take(&mut self) -> Option<W::News> {
        let news = self.shared.mailbox().take();
        self.shared.room.notify_one();
        news
    }

    /// Whether everything is done; news may still wait.
    pub fn is_done(&self) -> bool {
        self.shared.done.load(Acquire)
    }

    /// Whether everything is done and taken.
    pub fn is_over(&self) -> bool {
        self.is_done() && self.shared.mailbox().is_empty()
    }

    /// The share that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        f64::from(self.shared.progress.load(Relaxed)) / 1000.0
    }
}

impl<W: Work> Drop for Background<W> {
    fn drop(&mut self) {
        // Under the lock: a thread that has found no room is then already waiting to be told.
        let _mailbox = self.shared.mailbox();
        self.shared.stop.store(true, Relaxed);
        self.shared.room.notify_one();
    }
}
