//! A page has one thread: works take turns between its frames, in messages that the page sends to itself. The browser draws and hears the
//! user between two of them.

use super::{Mailbox, Work};
use eframe::egui;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_time::Instant;

/// Time of all works between two looks at what the browser has to do.
const TURN: Duration = Duration::from_millis(4);

/// Work that goes on between the frames. Dropped, it stops.
pub struct Background<W: Work> {
    bench: Rc<RefCell<Bench<W>>>,
}

struct Bench<W: Work> {
    /// Nothing once everything is done, as on a thread: what the work holds is let go, whether or not the news are taken.
    work: Option<W>,
    mailbox: Mailbox<W>,
    ctx: egui::Context,
}

/// Any work.
trait Turn {
    /// Does a piece of work; returns whether there was one to do.
    fn turn(&mut self) -> bool;
}

impl<W: Work> Turn for Bench<W> {
    fn turn(&mut self) -> bool {
        let Some(work) = self.work.as_mut().filter(|_| !self.mailbox.is_full()) else { return false };
        let (news, done) = (work.work(), work.is_done());
        if news.is_some() || done {
            self.ctx.request_repaint();
        }
        if done {
            self.work = None;
        }
        news.into_iter().for_each(|news| self.mailbox.put(news));
        true
    }
}

/// Everything that is at work on the page.
#[derive(Default)]
struct Turns {
    works: RefCell<Vec<Weak<RefCell<dyn Turn>>>>,
    /// Whose turn is next.
    next: Cell<usize>,
    /// Whether the next message is under way.
    called: Cell<bool>,
    /// Sends messages to the page itself.
    channel: RefCell<Option<web_sys::MessageChannel>>,
}

thread_local! {
    static TURNS: Turns = Turns::default();
}

impl Turns {
    /// Sees to it that works get their turns.
    fn call(&self) -> Option<()> {
        if self.called.get() {
            return Some(());
        }
        let mut channel = self.channel.borrow_mut();
        if channel.is_none() {
            let made = web_sys::MessageChannel::new().ok()?;
            let turn = Closure::<dyn FnMut()>::new(|| TURNS.with(Self::take_turns));
            made.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
            turn.forget();
            *channel = Some(made);
        }
        channel.as_ref()?.port2().post_message(&JsValue::NULL).ok()?;
        self.called.set(true);
        Some(())
    }

    fn take_turns(&self) {
        self.called.set(false);
        let end = Instant::now() + TURN;
        let mut resting = 0;
        while Instant::now() < end {
            let Some(work) = self.next_work() else { return };
            // What is held here is not dropped before its piece is done.
            let did = work.try_borrow_mut().is_ok_and(|mut work| work.turn());
            resting = if did { 0 } else { resting + 1 };
            if resting > self.works.borrow().len() {
                return;
            }
        }
        self.call();
    }

    fn next_work(&self) -> Option<Rc<RefCell<dyn Turn>>> {
        let mut works = self.works.borrow_mut();
        works.retain(|work| work.strong_count() > 0);
        let at = self.next.get().checked_rem(works.len())?;
        self.next.set(at + 1);
        works[at].upgrade()
    }
}

impl<W: Work> Background<W> {
    /// Begins with the next turn; the window is woken for news and at the end. `None` where the browser sends no messages.
    pub fn new(ctx: &egui::Context, _name: &str, work: W) -> Option<Self> {
        let work = Some(work).filter(|work| !work.is_done());
        let bench = Rc::new(RefCell::new(Bench { work, mailbox: Mailbox::new(), ctx: ctx.clone() }));
        TURNS.with(|turns| {
            let turn: Weak<RefCell<dyn Turn>> = Rc::<RefCell<Bench<W>>>::downgrade(&bench);
            turns.works.borrow_mut().push(turn);
            turns.call()
        })?;
        Some(Self { bench })
    }

    /// The next news that wait.
    pub fn take(&mut self) -> Option<W::News> {
        let news = self.bench.borrow_mut().mailbox.take();
        // It may have rested because there was no room.
        if W::WAITING.is_some() {
            TURNS.with(Turns::call);
        }
        news
    }

    /// Whether everything is done; news may still wait.
    pub fn is_done(&self) -> bool {
        self.bench.borrow().work.is_none()
    }

    /// Whether everything is done and taken.
    pub fn is_over(&self) -> bool {
        self.is_done() && self.bench.borrow().mailbox.is_empty()
    }

    /// The share that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.bench.borrow().work.as_ref().map_or(1.0, W::progress)
    }
}
