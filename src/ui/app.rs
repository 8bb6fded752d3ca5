//! The application: one frame reads input, advances the clock and the runs, draws, and applies what was asked for.

use super::command::{Command, Edit};
use super::document::Document;
use super::files::Inbox;
use super::layout::{self, Layout};
use super::panels::{Context, Memory, Preferences, narration, playback};
use super::session::Session;
use super::shortcuts::{Shortcut, pressed, shortcuts};
use super::snapshot::{RunSnapshot, Snapshot};
use super::{Launch, bars, files, help, phone, theme};
use crate::scene::{CameraSpec, Scene, SceneError};
use eframe::egui::{self, RichText, Ui};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Under which name the state is stored.
const STORAGE_KEY: &str = "saddlescope";
/// Time for runs in a frame.
const SLICE: Duration = Duration::from_millis(3);
/// Time for runs before the first frame: the first picture shows whole paths.
const FIRST_SLICE: Duration = Duration::from_millis(60);
/// How long a notice stays, in seconds.
const NOTICE_SECS: f64 = 5.0;

/// The window's state.
pub struct App {
    document: Document,
    session: Session,
    memory: Memory,
    preferences: Preferences,
    layout: Layout,
    sheet: Option<&'static str>,
    shortcuts: Vec<Shortcut>,
    playing: bool,
    carry: f64,
    help: bool,
    notice: Option<(String, f64)>,
    snapshot: Snapshot,
    inbox: Inbox,
}

/// What survives a restart.
#[derive(Serialize, Deserialize)]
struct Stored {
    scene: String,
    layout: String,
    preferences: Preferences,
}

impl App {
    /// The window with the launch's scene, else the one that was open last, else the first screen.
    ///
    /// # Errors
    /// [`SceneError`] where not even the first screen can be opened: the catalogue is broken.
    pub fn new(cc: &eframe::CreationContext<'_>, launch: Launch) -> Result<Self, SceneError> {
        theme::install(&cc.egui_ctx);
        let stored = if launch.fresh { None } else { cc.storage.and_then(|storage| storage.get_string(STORAGE_KEY)) };
        let stored: Option<Stored> = stored.and_then(|text| serde_json::from_str(&text).ok());
        let wanted = launch.scene.or_else(|| stored.as_ref().and_then(|s| Scene::from_json(&s.scene).ok()));
        let (scene, session, fault) = open(wanted)?;
        let notice = launch.notice.or(fault).map(|text| (text, NOTICE_SECS));
        let arranged = stored.as_ref().and_then(|s| layout::restored(&s.layout));
        let mut app = Self {
            document: Document::new(scene),
            session,
            memory: Memory::new(cc.wgpu_render_state.as_ref()),
            preferences: stored.map(|s| s.preferences).unwrap_or_default(),
            layout: arranged.unwrap_or_else(layout::first_layout),
            sheet: None,
            shortcuts: shortcuts(),
            playing: false,
            carry: 0.0,
            help: false,
            notice,
            snapshot: Snapshot { version: 1, ..Snapshot::default() },
            inbox: Inbox::default(),
        };
        app.apply_preferences(&cc.egui_ctx);
        #[cfg(target_arch = "wasm32")]
        super::web::follow_address(&cc.egui_ctx, &app.inbox);
        app.session.work(FIRST_SLICE);
        Ok(app)
    }

    /// The document.
    pub fn scene(&self) -> &Scene {
        self.document.scene()
    }

    /// The problem and the runs.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The state of the last frame.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What is stored when the window closes.
    pub fn stored(&self) -> String {
        let stored = Stored {
            scene: self.scene().to_json(),
            layout: serde_json::to_string(&self.layout).unwrap_or_default(),
            preferences: self.preferences.clone(),
        };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    fn apply_preferences(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.preferences.dark {
            None => egui::ThemePreference::System,
            Some(true) => egui::ThemePreference::Dark,
            Some(false) => egui::ThemePreference::Light,
        });
        ctx.set_zoom_factor(if self.preferences.presenter { theme::PRESENTER_ZOOM } else { 1.0 });
    }

    fn last_step(&self) -> u64 {
        if self.session.is_working() { self.scene().steps } else { self.session.longest() }
    }

    fn step(&self) -> u64 {
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
        self.document.look(|scene| scene.playback.step = step);
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
        let phone = ui.ctx().content_rect().width() < theme::PHONE_WIDTH;
        let context = Context {
            scene: self.document.scene(),
            session: &self.session,
            preferences: &self.preferences,
            step: self.document.scene().playback.step.min(if self.session.is_working() {
                self.document.scene().steps
            } else {
                self.session.longest()
            }),
            playing: self.playing,
            history: (self.document.can_undo(), self.document.can_redo()),
            phone,
        };
        let memory = &mut self.memory;
        let field = if phone {
            phone::phone_ui(ui, &mut self.sheet, &context, memory, out)
        } else {
            desktop_ui(ui, &mut self.layout, &context, memory, out)
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

    /// Applies one wish.
    pub fn apply(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Edit(edit) => self.edit(edit),
            Command::Undo => self.document.undo(),
            Command::Redo => self.document.redo(),
            Command::Camera(camera) => self.document.look(|scene| scene.view.camera = camera),
            Command::Zoom(factor) => self.zoom(factor),
            Command::TogglePlay => {
                self.playing = !self.playing;
                if self.playing && self.step() >= self.last_step() {
                    self.document.look(|scene| scene.playback.step = 0);
                }
            }
            Command::GoTo(step) => {
                let step = step.min(self.last_step());
                self.document.look(|scene| scene.playback.step = step);
            }
            Command::StepBy(by) => {
                self.playing = false;
                let step = self.step().saturating_add_signed(by).min(self.last_step());
                self.document.look(|scene| scene.playback.step = step);
            }
            Command::Speed(speed) => self.document.look(|scene| scene.playback.speed = speed),
            Command::ToggleRepeat => self.document.look(|scene| scene.playback.repeat ^= true),
            Command::Reseed => {
                let seed = self.scene().seed.wrapping_add(1);
                self.edit(Edit::Seed(seed));
            }
            Command::ToggleView(flag) => {
                let mut view = self.scene().view.clone();
                *flag.of(&mut view) ^= true;
                self.edit(Edit::View(view));
            }
            Command::ToggleMethod(index) => {
                if let Some(enabled) = self.scene().methods.get(index).map(|spec| spec.enabled) {
                    self.edit(Edit::Enable(index, !enabled));
                }
            }
            Command::Select(index) => self.preferences.selected = index,
            Command::ToggleTheme => {
                self.preferences.dark = Some(ctx.theme() == egui::Theme::Light);
                self.apply_preferences(ctx);
            }
            Command::TogglePresenter => {
                self.preferences.presenter ^= true;
                self.apply_preferences(ctx);
            }
            Command::ToggleHelp => self.help ^= true,
            Command::ResetLayout => self.layout = layout::first_layout(),
            Command::TogglePanel(id) => layout::toggle(&mut self.layout, id),
            Command::PlotAxis(axis) => self.preferences.axis = axis,
            Command::ToggleCurve(quantity) => {
                let curves = &mut self.preferences.curves;
                match curves.iter().position(|q| *q == quantity) {
                    Some(place) => drop(curves.remove(place)),
                    None => curves.push(quantity),
                }
            }
            Command::CopyLink => {
                ctx.copy_text(files::link(self.scene()));
                self.say("A link to this moment is in the clipboard.");
            }
            Command::Save => {
                let said = files::save(&self.scene().to_json());
                self.say(said);
            }
            Command::Open => self.say("Drop a scene file on the window, or press Ctrl V with its text or a link in the clipboard."),
            Command::Load(text) => match files::read(&text) {
                Ok(scene) => self.edit(Edit::Scene(Box::new(scene))),
                Err(sentence) => self.say(sentence),
            },
            Command::Notice(text) => self.say(text),
        }
    }

    fn say(&mut self, text: impl Into<String>) {
        self.notice = Some((text.into(), NOTICE_SECS));
    }

    fn edit(&mut self, edit: Edit) {
        let another = matches!(edit, Edit::Problem(_));
        self.document.edit(edit);
        if another {
            // A new landscape is shown at its end: where did each method come to?
            let steps = self.scene().steps;
            self.playing = false;
            self.document.look(|scene| scene.playback.step = steps);
        }
    }

    fn zoom(&mut self, factor: f64) {
        let [x0, x1, y0, y1] = self.session.problem().domain();
        let whole = CameraSpec { center: [0.5 * (x0 + x1), 0.5 * (y0 + y1)], extent: (x1 - x0).min(y1 - y0) };
        let camera = self.scene().view.camera.unwrap_or(whole);
        let extent = camera.extent / factor;
        if extent.is_finite() && extent > 1e-12 {
            self.document.look(|scene| scene.view.camera = Some(CameraSpec { extent, ..camera }));
        }
    }

    fn photograph(&mut self) {
        let (map, start) = self.memory.map.geometry();
        let scene = self.document.scene();
        let fault = self.memory.problem.fault().or(self.session.fault());
        self.snapshot = Snapshot {
            version: 1,
            frame: self.snapshot.frame + 1,
            landscape: self.session.landscape().map(|entry| entry.id.clone()),
            formula: self.session.problem().text().to_owned(),
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
            error: fault.map(|fault| fault.message.clone()),
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
        if self.session.work(SLICE) {
            ui.ctx().request_repaint();
        }
        self.draw(ui, &mut commands);
        if !commands.is_empty() {
            ui.ctx().request_repaint();
        }
        for command in commands {
            self.apply(ui.ctx(), command);
        }
        if !ui.ctx().input(|input| input.pointer.any_down()) {
            self.document.end_gesture();
        }
        self.session.follow(self.document.scene());
        self.photograph();
        #[cfg(target_arch = "wasm32")]
        super::web::publish(&self.snapshot, self.document.scene());
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        storage.set_string(STORAGE_KEY, self.stored());
    }
}

impl Memory {
    fn new(render_state: Option<&eframe::egui_wgpu::RenderState>) -> Self {
        Self {
            map: super::map::MapPanel::new(render_state),
            problem: Default::default(),
            methods: Default::default(),
            card: Default::default(),
            plots: Default::default(),
            narration: Default::default(),
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

fn desktop_ui(ui: &mut Ui, layout: &mut Layout, context: &Context<'_>, memory: &mut Memory, out: &mut Vec<Command>) -> egui::Rect {
    let fill = ui.visuals().panel_fill;
    let frame = |x: i8, y: i8| egui::Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(x, y));
    let field = egui::Panel::top("top").frame(frame(16, 6)).show(ui, |ui| bars::top_bar_ui(ui, context, memory, out)).inner;
    egui::Panel::bottom("bottom").frame(frame(16, 8)).show(ui, |ui| {
        playback::playback_ui(ui, context, out);
        narration::narration_ui(ui, context, &mut memory.narration);
    });
    egui::CentralPanel::no_frame().show(ui, |ui| layout::layout_ui(ui, layout, context, memory, out));
    field
}
