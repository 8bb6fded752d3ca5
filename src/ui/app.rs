//! The application: one frame reads input, advances the clock and the runs, draws, and applies what was asked for.

use super::command::Command;
use super::document::Document;
use super::files::Inbox;
use super::layout::{self, Layout, Layouts};
use super::panels::{Context, Memory, Preferences, narration, playback};
use super::samples::Half;
use super::session::Session;
use super::shortcuts::{Shortcut, pressed, shortcuts};
use super::snapshot::{RunSnapshot, Snapshot};
use super::{Launch, bars, files, help, phone, theme};
use crate::scene::{Scene, SceneError};
use eframe::egui::{self, RichText, Ui};
use std::time::Duration;

/// Time for runs in a frame.
const SLICE: Duration = Duration::from_millis(3);
/// Time for runs before the first frame: the first picture shows whole paths.
const FIRST_SLICE: Duration = Duration::from_millis(60);
/// How long a notice stays, in seconds.
pub(super) const NOTICE_SECS: f64 = 5.0;

/// The window's state.
pub struct App {
    pub(super) document: Document,
    pub(super) session: Session,
    /// The edits of the document that the session follows.
    followed: u64,
    pub(super) memory: Memory,
    pub(super) preferences: Preferences,
    pub(super) layouts: Layouts,
    pub(super) sheet: Option<&'static str>,
    shortcuts: Vec<Shortcut>,
    pub(super) playing: bool,
    carry: f64,
    pub(super) help: bool,
    pub(super) notice: Option<(String, f64)>,
    /// A stored state that could not be opened, until it is put aside.
    pub(super) unreadable: Option<String>,
    snapshot: Snapshot,
    pub(super) inbox: Inbox,
    pub(super) half: Half,
    #[cfg(target_arch = "wasm32")]
    address: Option<super::address::Address>,
}

impl App {
    /// The window with the launch's scene, else the one that was open last, else the first screen.
    ///
    /// # Errors
    /// [`SceneError`] where not even the first screen can be opened: the catalogue is broken.
    pub fn new(cc: &eframe::CreationContext<'_>, launch: Launch) -> Result<Self, SceneError> {
        theme::install(&cc.egui_ctx);
        let stored = if launch.fresh { None } else { cc.storage.and_then(|storage| storage.get_string(super::stored::KEY)) };
        let wanted = launch.scene.clone();
        let (scene, session, fault) = open(wanted)?;
        let mut app = Self {
            document: Document::new(scene),
            session,
            followed: 0,
            memory: Memory::new(cc.wgpu_render_state.as_ref()),
            preferences: Preferences::default(),
            layouts: Layouts::first(),
            sheet: None,
            shortcuts: shortcuts(),
            playing: false,
            carry: 0.0,
            help: false,
            notice: launch.notice.or(fault).map(|text| (text, NOTICE_SECS)),
            unreadable: None,
            snapshot: Snapshot { version: 1, ..Snapshot::default() },
            inbox: Inbox::default(),
            half: Half::default(),
            #[cfg(target_arch = "wasm32")]
            address: None,
        };
        app.apply_preferences(&cc.egui_ctx);
        if let Some(text) = stored {
            let asked = launch.scene.is_some().then(|| (app.document.scene().clone(), app.notice.take()));
            app.restore(&cc.egui_ctx, &text);
            if let Some((scene, notice)) = asked {
                // It was opened a moment ago.
                let _ = app.open(scene);
                app.notice = notice;
            }
        }
        #[cfg(target_arch = "wasm32")]
        {
            super::web::follow_address(&cc.egui_ctx, &app.inbox);
            app.address = Some(super::address::Address::new(app.document.changes()));
        }
        app.session.work(&cc.egui_ctx, FIRST_SLICE);
        Ok(app)
    }

    pub(super) fn open(&mut self, scene: Scene) -> Result<(), SceneError> {
        self.session = Session::open(&scene)?;
        self.document.replace(scene);
        self.followed = self.document.edits();
        Ok(())
    }

    /// The document.
    pub fn scene(&self) -> &Scene {
        self.document.scene()
    }

    /// The problem and the runs.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether something is still being computed for what is shown.
    pub fn is_busy(&self) -> bool {
        let replaying = self.session.lanes().iter().any(super::session::Lane::is_replaying);
        let measuring = self.memory.spectrum.is_busy()
            || self.memory.noise.is_busy()
            || self.memory.lab.is_busy()
            || self.memory.card.is_busy();
        let slicing = self.session.is_slicing() || self.memory.map.is_busy();
        self.session.is_working() || replaying || measuring || slicing
    }

    /// The state of the last frame.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) fn apply_preferences(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.preferences.dark {
            None => egui::ThemePreference::System,
            Some(true) => egui::ThemePreference::Dark,
            Some(false) => egui::ThemePreference::Light,
        });
        ctx.set_zoom_factor(if self.preferences.presenter { theme::PRESENTER_ZOOM } else { 1.0 });
    }

    pub(super) fn last_step(&self) -> u64 {
        if self.session.is_working() { self.scene().steps } else { self.session.longest() }
    }

    pub(super) fn step(&self) -> u64 {
        self.scene().playback.step.min(self.last_step())
    }

    /// Moves the playback by the time since the last frame.
    fn tick(&mut self, ctx: &egui::Context) {
        if !self.playing {
            return;
        }
        ctx.request_repaint();
        let dt = f64::from(ctx.input(|input| input.stable_dt)).min(0.1);
        self.carry += dt * self.scene().playback.speed;
        let steps = self.carry.floor();
        self.carry -= steps;
        let (last, repeat) = (self.last_step(), self.scene().playback.repeat);
        let mut step = self.step().saturating_add(steps as u64);
        if step >= last {
            if repeat && self.step() >= last {
                step = 0;
            } else {
                step = last;
                self.playing = repeat || self.session.is_working();
            }
        }
        self.look(|_, playback| playback.step = step);
    }

    fn read_input(&self, ctx: &egui::Context, out: &mut Vec<Command>) {
        out.extend(pressed(ctx, &self.shortcuts));
        let typing = ctx.text_edit_focused();
        ctx.input(|input| {
            for event in &input.events {
                if let egui::Event::Paste(text) = event
                    && !typing
                {
                    out.push(Command::Load(text.clone()));
                }
            }
        });
        for file in ctx.input(|input| input.raw.dropped_files.clone()) {
            files::read_dropped(ctx, &self.inbox, &file);
        }
        out.extend(self.inbox.take());
    }

    fn draw(&mut self, ui: &mut Ui, out: &mut Vec<Command>) {
        if let Some(set) = self.session.awaited() {
            super::waiting::waiting_ui(ui, set, self.document.can_undo(), out);
            self.notice_ui(ui.ctx());
            return;
        }
        let phone = ui.ctx().content_rect().width() < theme::PHONE_WIDTH;
        let trains = self.session.problem().network().is_some();
        let context = Context {
            scene: self.document.scene(),
            session: &self.session,
            preferences: &self.preferences,
            step: self.step(),
            playing: self.playing,
            history: (self.document.can_undo(), self.document.can_redo()),
            hidden: layout::hidden(self.layouts.shown(trains)),
            phone,
        };
        let memory = &mut self.memory;
        let field = if phone {
            phone::phone_ui(ui, &mut self.sheet, &context, memory, out)
        } else {
            desktop_ui(ui, self.layouts.of(trains), &context, memory, out)
        };
        self.snapshot.formula_field_px = [field.left(), field.top(), field.width(), field.height()];
        if self.help {
            self.help = help::help_ui(ui.ctx(), &self.shortcuts);
        }
        self.notice_ui(ui.ctx());
    }

    fn notice_ui(&mut self, ctx: &egui::Context) {
        let Some((text, left)) = &mut self.notice else { return };
        let dt = f64::from(ctx.input(|input| input.unstable_dt)).min(0.5);
        let screen = ctx.content_rect();
        let id = egui::Id::unique("notice");
        let at = screen.center_bottom() - egui::vec2(0.0, 120.0_f32.min(screen.height() * 0.2));
        let area = egui::Area::new(id).order(egui::Order::Foreground).fixed_pos(at).pivot(egui::Align2::CENTER_BOTTOM);
        area.show(ctx, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width((screen.width() - 48.0).clamp(80.0, 560.0));
                ui.add(egui::Label::new(RichText::new(text.as_str())).wrap());
            });
        });
        *left -= dt;
        if *left <= 0.0 {
            self.notice = None;
        } else {
            ctx.request_repaint_after(Duration::from_millis(250));
        }
    }

    /// The page's scripts and its address follow the scene.
    #[cfg(target_arch = "wasm32")]
    fn tell_page(&mut self, ctx: &egui::Context) {
        use super::address::Wish;
        let scene = self.document.scene();
        super::web::publish(&self.snapshot, scene, self.document.edits());
        let now = ctx.input(|input| input.time);
        match self.address.as_mut().map(|address| address.follow(self.document.changes(), self.playing, now)) {
            Some(Wish::Wait(secs)) => ctx.request_repaint_after(Duration::from_secs_f64(secs)),
            Some(Wish::Write) => drop(super::web::link(scene)),
            Some(Wish::Stay) | None => {}
        }
    }

    fn photograph(&mut self) {
        let (map, start) = self.memory.map.geometry();
        let scene = self.document.scene();
        let fault = self.memory.formula.fault().or(self.session.fault());
        self.snapshot = Snapshot {
            version: 1,
            frame: self.snapshot.frame + 1,
            landscape: self.session.landscape().map(|entry| entry.id.clone()),
            formula: self.session.problem().text(),
            start: self.session.start().to_vec(),
            playing: self.playing,
            computing: self.session.is_working(),
            step: scene.playback.step.min(self.last_step()),
            steps: self.session.longest(),
            runs: self
                .session
                .lanes()
                .iter()
                .filter_map(|lane| {
                    let run = lane.run()?;
                    Some(RunSnapshot { method: lane.spec().id.clone(), status: run.status().id().to_owned(), steps: run.len() })
                })
                .collect(),
            error: fault.filter(|_| self.session.awaited().is_none()).map(|fault| fault.message.clone()),
            map_rect_px: [map.left(), map.top(), map.width(), map.height()],
            start_px: start.map(|at| [at.x, at.y]),
            formula_field_px: self.snapshot.formula_field_px,
        };
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let mut commands = Vec::new();
        self.read_input(ui.ctx(), &mut commands);
        self.tick(ui.ctx());
        if self.session.work(ui.ctx(), SLICE) || self.memory.race.work() {
            ui.ctx().request_repaint();
        }
        self.session.slice(ui.ctx(), self.document.scene());
        self.draw(ui, &mut commands);
        self.session.replay(ui.ctx());
        if !commands.is_empty() {
            ui.ctx().request_repaint();
        }
        for command in commands {
            self.apply(ui.ctx(), command);
        }
        if !ui.ctx().input(|input| input.pointer.any_down()) {
            self.document.end_gesture();
        }
        if self.followed != self.document.edits() {
            self.followed = self.document.edits();
            self.session.follow(self.document.scene());
        }
        #[cfg(target_arch = "wasm32")]
        if let Some(set) = self.session.awaited() {
            super::web::fetch(ui.ctx(), &self.inbox, set);
        }
        self.photograph();
        #[cfg(target_arch = "wasm32")]
        self.tell_page(ui.ctx());
    }

    /// Behind the panels there is the ground of the theme.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.keep(storage);
    }
}

impl Memory {
    fn new(render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        Self {
            map: super::map::MapPanel::new(render_state),
            formula: Default::default(),
            problem: Default::default(),
            methods: Default::default(),
            card: Default::default(),
            momentum: Default::default(),
            anatomy: Default::default(),
            plots: Default::default(),
            race: Default::default(),
            narration: Default::default(),
            network: Default::default(),
            spectrum: Default::default(),
            noise: Default::default(),
            lab: Default::default(),
        }
    }
}

/// The wanted scene, or the first screen and what is wrong with the wanted one.
fn open(wanted: Option<Scene>) -> Result<(Scene, Session, Option<String>), SceneError> {
    let mut fault = None;
    if let Some(scene) = wanted {
        match Session::open(&scene) {
            Ok(session) => return Ok((scene, session, None)),
            Err(error) => fault = Some(super::session::sentence(&error.to_string())),
        }
    }
    let scene = Scene::default();
    let session = Session::open(&scene)?;
    Ok((scene, session, fault))
}

fn desktop_ui(
    ui: &mut Ui,
    layout: &mut Layout,
    context: &Context<'_>,
    memory: &mut Memory,
    out: &mut Vec<Command>,
) -> egui::Rect {
    let fill = ui.visuals().panel_fill;
    let frame = |x: i8, y: i8| egui::Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(x, y));
    let field = egui::Panel::top("top").frame(frame(16, 6)).show(ui, |ui| bars::top_bar_ui(ui, context, memory, out)).inner;
    egui::Panel::bottom("bottom").frame(frame(16, 8)).show(ui, |ui| {
        playback::playback_ui(ui, context, out);
        narration::narration_ui(ui, context, &mut memory.narration, 2);
    });
    egui::CentralPanel::no_frame()
        .frame(egui::Frame::new().fill(fill))
        .show(ui, |ui| layout::layout_ui(ui, layout, context, memory, out));
    field
}
