//! Where commands take effect.

use super::command::{Command, Edit, SaveAs};
use super::panels::Preferences;
use super::session::{Lane, sentence};
use super::{App, files, layout};
use crate::linalg::all_finite;
use crate::problem::network::{is_weights_file, weights_from_json, weights_to_json};
use crate::scene::{CAMERA_EXTENT, CameraSpec, Playback};
use crate::{export, view};
use eframe::egui;

/// Size of a saved picture.
const PICTURE_PX: [u32; 2] = [1600, 1000];

impl App {
    /// Applies one wish.
    pub fn apply(&mut self, ctx: &egui::Context, command: Command) {
        // The session follows at the end of a frame: what it then is shows in the next one.
        ctx.request_repaint();
        match command {
            Command::Edit(edit) => self.edit(edit),
            Command::Undo => self.document.undo(),
            Command::Redo => self.document.redo(),
            Command::Camera(camera) => self.look(|place, _| *place = camera),
            Command::Zoom(factor) => self.zoom(factor),
            Command::TogglePlay => {
                self.playing = !self.playing;
                if self.playing && self.step() >= self.last_step() {
                    self.look(|_, playback| playback.step = 0);
                }
            }
            Command::GoTo(step) => {
                let step = step.min(self.last_step());
                self.look(|_, playback| playback.step = step);
            }
            Command::StepBy(by) => {
                self.playing = false;
                let step = self.step().saturating_add_signed(by).min(self.last_step());
                self.look(|_, playback| playback.step = step);
            }
            Command::Speed(speed) => self.look(|_, playback| playback.speed = speed),
            Command::ToggleRepeat => self.look(|_, playback| playback.repeat ^= true),
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
            Command::Select(index) => self.look(|_, playback| playback.selected = Some(index)),
            Command::ToggleTheme => {
                self.preferences.dark = Some(ctx.theme() == egui::Theme::Light);
                self.apply_preferences(ctx);
            }
            Command::TogglePresenter => {
                self.preferences.presenter ^= true;
                self.apply_preferences(ctx);
            }
            Command::ToggleHelp => self.help ^= true,
            Command::ResetLayout => self.layouts = layout::Layouts::first(),
            Command::ShowPanel(id) => {
                self.sheet = Some(id);
                let trains = self.session.problem().network().is_some();
                layout::show(self.layouts.of(trains), id);
            }
            Command::TogglePanel(id) => layout::toggle(self.layouts.of(self.session.problem().network().is_some()), id),
            Command::PlotAxis(axis) => self.preferences.axis = axis,
            Command::ToggleCurve(quantity) => {
                let training = self.session.problem().network().is_some();
                let Preferences { curves, training_curves, .. } = &mut self.preferences;
                let curves = if training { training_curves } else { curves };
                match curves.iter().position(|q| *q == quantity) {
                    Some(place) => drop(curves.remove(place)),
                    None => curves.push(quantity),
                }
            }
            Command::Race(view) => self.preferences.race = view,
            Command::CopyLink => {
                ctx.copy_text(files::link(self.scene()));
                self.say("A link to this moment is in the clipboard.");
            }
            Command::Save(what) => match self.file(what, ctx.theme()) {
                Ok(bytes) => files::save(ctx, &self.inbox, what.file_name(), &bytes),
                Err(sentence) => self.say(sentence),
            },
            Command::Open => files::open(ctx, &self.inbox),
            Command::Load(text) if is_weights_file(&text) => match self.weights_in(&text) {
                Ok(start) => {
                    self.edit(Edit::Start(Some(start)));
                    self.say("The weights of this file are the start.");
                }
                Err(sentence) => self.say(sentence),
            },
            Command::Load(text) => match files::read(&text) {
                Ok(scene) => self.edit(Edit::Scene(Box::new(scene))),
                Err(sentence) => self.say(sentence),
            },
            Command::Samples(file) => match self.half.take_in(file, &self.document.scene().problem) {
                Ok((edit, said)) => {
                    self.edit(edit);
                    self.say(said);
                }
                Err(sentence) => self.say(sentence),
            },
            Command::Images(set, lost) => {
                if let Some(sentence) = &lost {
                    self.say(sentence.clone());
                }
                self.session.take_images(self.document.scene(), set, lost);
            }
            Command::Notice(text) => self.say(text),
        }
    }

    /// The bytes of what can be saved.
    ///
    /// # Errors
    /// One sentence.
    pub fn file(&self, what: SaveAs, theme: egui::Theme) -> Result<Vec<u8>, String> {
        let runs = || self.session.lanes().iter().filter_map(Lane::run);
        let mut bytes = Vec::new();
        match what {
            SaveAs::Scene => Ok(self.scene().to_json().into_bytes()),
            SaveAs::Picture => {
                let theme = if theme == egui::Theme::Dark { view::Theme::Dark } else { view::Theme::Light };
                export::scene::png(self.scene(), PICTURE_PX[0], PICTURE_PX[1], theme)
                    .map(|picture| picture.png)
                    .map_err(|error| sentence(&error.to_string()))
            }
            SaveAs::Csv => {
                export::csv::write_runs(&mut bytes, runs()).map(|()| bytes).map_err(|error| sentence(&error.to_string()))
            }
            SaveAs::Json => {
                export::json::write_runs(&mut bytes, runs()).map(|()| bytes).map_err(|error| sentence(&error.to_string()))
            }
            SaveAs::RaceCsv | SaveAs::RaceJson | SaveAs::SweepCsv | SaveAs::SweepJson => {
                self.memory.race.file(what, &self.preferences.race)
            }
            SaveAs::NoiseCsv => self.memory.noise.csv(),
            SaveAs::Weights => self.weights().map(String::into_bytes),
        }
    }

    /// The weights that the chosen method has at the shown step, as a file.
    fn weights(&self) -> Result<String, String> {
        let network = self.session.problem().network().ok_or("There is no network whose weights could be saved.")?;
        let lanes = self.session.lanes();
        let run = |index: usize| lanes.get(index).and_then(Lane::run);
        let run = self.scene().chosen(|index| run(index).is_some()).and_then(run);
        let w = run.map_or_else(|| self.session.start().to_vec(), |run| run.iterate(self.step()).to_vec());
        if !all_finite(&w) {
            return Err("The weights at this step are not finite: there is nothing to save.".to_owned());
        }
        Ok(weights_to_json(&w, network.network().architecture()))
    }

    /// The weights in a file, for the network that is there.
    fn weights_in(&self, text: &str) -> Result<Vec<f64>, String> {
        let network =
            self.session.problem().network().ok_or("This file holds the weights of a network: open that network first.")?;
        weights_from_json(text, network.network().architecture()).map_err(|error| sentence(&error.to_string()))
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some((text.into(), super::app::NOTICE_SECS));
    }

    /// Applies an edit, or says why it cannot be.
    fn edit(&mut self, edit: Edit) {
        let another = matches!(edit, Edit::Problem(_));
        if let Err(error) = self.document.edit(edit) {
            self.say(sentence(&error.to_string()));
        } else if another {
            // A new landscape is shown at its end: where did each method come to?
            let steps = self.scene().steps;
            self.playing = false;
            self.look(|_, playback| playback.step = steps);
        }
    }

    /// Changes camera or playback, or says why it cannot be.
    pub(super) fn look(&mut self, change: impl FnOnce(&mut Option<CameraSpec>, &mut Playback)) {
        if let Err(error) = self.document.look(change) {
            self.say(sentence(&error.to_string()));
        }
    }

    fn zoom(&mut self, factor: f64) {
        let [x0, x1, y0, y1] = self.session.cut().domain;
        let whole = CameraSpec { center: [0.5 * (x0 + x1), 0.5 * (y0 + y1)], extent: (x1 - x0).min(y1 - y0) };
        let camera = self.scene().view.camera.unwrap_or(whole);
        let extent = (camera.extent / factor).clamp(CAMERA_EXTENT[0], CAMERA_EXTENT[1]);
        if extent.is_finite() {
            self.look(|place, _| *place = Some(CameraSpec { extent, ..camera }));
        }
    }
}
