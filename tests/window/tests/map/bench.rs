//! A window that is nothing but the map, and what a reader does with it.

use eframe::egui::{self, Event, Pos2, Vec2};
use egui_kittest::Harness;
use saddlescope::scene::{CameraSpec, MethodSpec, ProblemSpec, Scene};
use saddlescope::ui::map::MapPanel;
use saddlescope::ui::panels::{Context, Preferences};
use saddlescope::ui::{Command, Edit, Session, install};
use saddlescope::view::{Camera, View, Viewport};
use std::time::Duration;

/// The map alone with the commands that it gives applied.
pub struct MapWindow {
    pub scene: Scene,
    pub session: Session,
    pub panel: MapPanel,
    pub preferences: Preferences,
    pub commands: Vec<Command>,
}

impl MapWindow {
    fn new(cc: &eframe::CreationContext<'_>, mut scene: Scene, selected: usize) -> Self {
        install(&cc.egui_ctx);
        scene.playback.selected = Some(selected);
        let mut session = Session::open(&scene).expect("the scene opens");
        while session.work(&cc.egui_ctx, Duration::from_millis(50)) {}
        let panel = MapPanel::new(cc.wgpu_render_state.as_ref());
        Self { scene, session, panel, preferences: Preferences::default(), commands: Vec::new() }
    }

    /// The view in which the map was drawn last.
    pub fn view(&self) -> View {
        let (rect, _) = self.panel.geometry();
        let viewport = Viewport {
            min_px: [f64::from(rect.left()), f64::from(rect.top())],
            size_px: [f64::from(rect.width()), f64::from(rect.height())],
        };
        let [x0, x1, y0, y1] = self.session.cut().domain;
        let camera = match self.scene.view.camera {
            Some(CameraSpec { center, extent }) => Camera::new(center, [0.5 * extent; 2], true),
            None => Camera::fit([[x0, x1], [y0, y1]], true),
        };
        camera.view(viewport)
    }

    fn apply(&mut self, command: Command) {
        match command {
            Command::Camera(camera) => self.scene.view.camera = camera,
            Command::Edit(Edit::Start(start)) => self.scene.start = start,
            Command::Select(index) => self.scene.playback.selected = Some(index),
            Command::GoTo(step) => self.scene.playback.step = step,
            Command::ToggleView(flag) => *flag.of(&mut self.scene.view) ^= true,
            other => panic!("the map asks for {other:?}"),
        }
    }
}

impl eframe::App for MapWindow {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let mut out = Vec::new();
        let context = Context {
            scene: &self.scene,
            session: &self.session,
            preferences: &self.preferences,
            step: self.scene.playback.step,
            playing: false,
            history: (false, false),
            hidden: Vec::new(),
            phone: false,
        };
        egui::CentralPanel::no_frame().show(ui, |ui| self.panel.map_ui(ui, &context, &mut out));
        if !out.is_empty() {
            ui.ctx().request_repaint();
        }
        for command in &out {
            self.apply(command.clone());
        }
        self.commands.extend(out);
        self.session.follow(&self.scene);
        while self.session.work(ui.ctx(), Duration::from_millis(50)) {}
    }
}

/// A scene with these methods at this step.
pub fn scene(problem: ProblemSpec, methods: &[&str], step: u64) -> Scene {
    let mut scene = Scene { methods: methods.iter().map(|id| MethodSpec::new(id)).collect(), ..Scene::bare(problem) };
    scene.playback.step = step;
    scene
}

/// The map of a scene in a window of a size, with the `selected`-th method chosen.
pub fn window(scene: Scene, size: [f32; 2], theme: egui::Theme, selected: usize) -> Harness<'static, MapWindow> {
    let builder =
        Harness::builder().with_size(Vec2::new(size[0], size[1])).with_theme(theme).with_max_steps(200).with_step_dt(1.0 / 60.0);
    let mut harness = builder.wgpu().build_eframe(|cc| MapWindow::new(cc, scene, selected));
    harness.set_render_cursor(false);
    harness.run();
    harness
}

/// Moves the pointer, presses, moves in steps and releases.
pub fn drag(harness: &mut Harness<'_, MapWindow>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for k in 1..=4 {
        harness.hover_at(from + (to - from) * (k as f32 / 4.0));
        harness.step();
    }
    harness.drop_at(to);
    harness.run();
}

/// Scrolls over a point.
pub fn scroll(harness: &mut Harness<'_, MapWindow>, at: Pos2, points: f32) {
    harness.hover_at(at);
    harness.step();
    harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: Vec2::new(0.0, points),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    });
    harness.run();
}

/// The plane point under a point of the screen.
pub fn world(harness: &Harness<'_, MapWindow>, at: Pos2) -> [f64; 2] {
    harness.state().view().world_from_px([f64::from(at.x), f64::from(at.y)])
}
