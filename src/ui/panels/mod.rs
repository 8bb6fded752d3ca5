//! The panels: one a file, one entry in [`panels`]. A panel reads a [`Context`], keeps what only it needs in its part of
//! [`Memory`], and asks for changes by commands.

pub mod anatomy;
mod axes;
mod bands;
pub mod formula;
pub mod lab;
mod look;
pub mod methods;
pub mod momentum;
pub mod narration;
pub mod network;
pub mod noise;
pub mod playback;
pub mod plots;
mod preset;
pub mod problem;
pub mod race;
pub mod spectrum;
pub mod step_card;

use super::command::{Command, PlotAxis};
use super::curves::Quantity;
use super::icons::Icon;
use super::map::MapPanel;
use super::session::Session;
use crate::scene::Scene;
use eframe::egui::{self, Ui};
use serde::{Deserialize, Serialize};

/// What a panel sees.
pub struct Context<'a> {
    /// The document.
    pub scene: &'a Scene,
    /// The problem and the runs.
    pub session: &'a Session,
    /// What the user prefers.
    pub preferences: &'a Preferences,
    /// The step that is shown.
    pub step: u64,
    /// Whether the playback runs.
    pub playing: bool,
    /// Whether there is something to take back, and to make again.
    pub history: (bool, bool),
    /// Identifiers of the panels that are hidden.
    pub hidden: Vec<&'static str>,
    /// Whether the window is as narrow as a phone.
    pub phone: bool,
}

impl Context<'_> {
    /// Whether a network is trained.
    pub fn trains(&self) -> bool {
        self.session.problem().network().is_some()
    }

    /// The curves that are drawn, in their order: the chosen ones that this problem has.
    pub fn curves(&self) -> Vec<Quantity> {
        let Preferences { curves, training_curves, .. } = self.preferences;
        let chosen = if self.trains() { training_curves } else { curves };
        Quantity::ALL.into_iter().filter(|q| chosen.contains(q) && q.is_known(self.session.problem())).collect()
    }

    /// The place of the method that the step card tells of: the chosen one, or the first that runs.
    pub fn selected(&self) -> Option<usize> {
        let lanes = self.session.lanes();
        self.scene.chosen(|i| lanes.get(i).is_some_and(|lane| lane.run().is_some()))
    }
}

/// What the user prefers; survives a restart, is no part of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Large type.
    pub presenter: bool,
    /// Dark, light, or as the system.
    pub dark: Option<bool>,
    /// Against what curves are drawn.
    pub axis: PlotAxis,
    /// The curves that are drawn of a formula.
    pub curves: Vec<Quantity>,
    /// The curves that are drawn of a network.
    pub training_curves: Vec<Quantity>,
    /// What of a race is shown.
    pub race: race::RaceView,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            presenter: false,
            dark: None,
            axis: PlotAxis::Steps,
            curves: vec![Quantity::Gap, Quantity::LambdaMin, Quantity::Radius],
            training_curves: vec![Quantity::Gap, Quantity::TestLoss, Quantity::TestAccuracy],
            race: race::RaceView::default(),
        }
    }
}

/// What panels keep from frame to frame beside the document.
pub struct Memory {
    /// The map's pipelines and pointer.
    pub map: MapPanel,
    /// The formula field.
    pub formula: formula::FormulaMemory,
    /// The landscape picker.
    pub problem: problem::ProblemMemory,
    /// Which methods are opened.
    pub methods: methods::MethodsMemory,
    /// The step that the card tells of.
    pub card: step_card::CardMemory,
    /// The modes of the chosen method.
    pub momentum: momentum::MomentumMemory,
    /// The subproblem that is taken apart.
    pub anatomy: anatomy::AnatomyMemory,
    /// The points of the plots.
    pub plots: plots::PlotsMemory,
    /// The race over seeds.
    pub race: race::RaceMemory,
    /// The line that says what is seen.
    pub narration: narration::NarrationMemory,
    /// The network's form.
    pub network: network::NetworkMemory,
    /// The spectra.
    pub spectrum: spectrum::SpectrumMemory,
    /// The noise of gradients.
    pub noise: noise::NoiseMemory,
    /// The network at the shown step.
    pub lab: lab::LabMemory,
}

/// One entry of the registry.
pub struct Panel {
    /// The identifier in layouts.
    pub id: &'static str,
    /// The title on its tab.
    pub title: &'static str,
    /// The icon on a phone's tab bar.
    pub icon: Icon,
    /// One line: what is in it.
    pub about: &'static str,
    /// Draws it.
    pub draw: fn(&mut Ui, &Context<'_>, &mut Memory, &mut Vec<Command>),
}

/// Every panel that can be arranged. Adding one is a file, a line here and a place in the first layout.
pub fn panels() -> &'static [Panel] {
    const PANELS: &[Panel] = &[
        Panel {
            id: "methods",
            title: "Methods",
            icon: Icon::List,
            about: "Who races, and with which parameters",
            draw: |ui, context, memory, out| {
                scrolled(ui, "methods", |ui| methods::methods_ui(ui, context, &mut memory.methods, out));
            },
        },
        Panel {
            id: "problem",
            title: "Landscape",
            icon: Icon::Mountain,
            about: "The function that is minimized, its parameters and critical points",
            draw: |ui, context, memory, out| {
                scrolled(ui, "problem", |ui| problem::problem_ui(ui, context, memory, out));
            },
        },
        Panel {
            id: "map",
            title: "Map",
            icon: Icon::Panels,
            about: "The landscape seen from above, with the paths of the methods",
            draw: |ui, context, memory, out| memory.map.map_ui(ui, context, out),
        },
        Panel {
            id: "anatomy",
            title: "Anatomy",
            icon: Icon::Region,
            about: "The subproblem of a step taken apart: every solver, the secular function, the hard case",
            draw: |ui, context, memory, out| anatomy::anatomy_ui(ui, context, &mut memory.anatomy, out),
        },
        Panel {
            id: "momentum",
            title: "Momentum",
            icon: Icon::Wave,
            about: "Why momentum works: the modes of gradient descent, heavy ball and Nesterov's method",
            draw: |ui, context, memory, out| momentum::momentum_ui(ui, context, &mut memory.momentum, out),
        },
        Panel {
            id: "lab",
            title: "Network",
            icon: Icon::Network,
            about: "The network at the shown step: units, connections and outputs; weights can be set by hand",
            draw: |ui, context, memory, out| lab::lab_ui(ui, context, &mut memory.lab, out),
        },
        Panel {
            id: "step",
            title: "Step",
            icon: Icon::Card,
            about: "What the chosen method did in this step, and why",
            draw: |ui, context, memory, out| {
                scrolled(ui, "step", |ui| step_card::step_card_ui(ui, context, &mut memory.card, out));
            },
        },
        Panel {
            id: "plots",
            title: "Curves",
            icon: Icon::Curve,
            about: "Function value, gradient norm, curvature and radius over the steps",
            draw: |ui, context, memory, out| plots::plots_ui(ui, context, &mut memory.plots, out),
        },
        Panel {
            id: "race",
            title: "Race",
            icon: Icon::Flag,
            about: "Every method with many seeds: medians and bands, escape times, step sizes, a table",
            draw: |ui, context, memory, out| race::race_ui(ui, context, &mut memory.race, out),
        },
        Panel {
            id: "spectrum",
            title: "Spectrum",
            icon: Icon::Spectrum,
            about: "Eigenvalues of the Hessian, Gauss-Newton and Fisher matrices at this step and over the run",
            draw: |ui, context, memory, out| spectrum::spectrum_ui(ui, context, &mut memory.spectrum, out),
        },
        Panel {
            id: "noise",
            title: "Noise",
            icon: Icon::Noise,
            about: "Stochastic gradients along the eigenvectors of the Hessian: correlated negative curvature",
            draw: |ui, context, memory, out| noise::noise_ui(ui, context, &mut memory.noise, &memory.spectrum, out),
        },
    ];
    PANELS
}

/// Panels that only a network has something for, and those that only a formula has.
const OF_NETWORKS: [&str; 1] = ["lab"];
const OF_FORMULAS: [&str; 1] = ["momentum"];

/// Whether the panel has something for this kind of problem.
pub fn belongs(id: &str, network: bool) -> bool {
    if network { !OF_FORMULAS.contains(&id) } else { !OF_NETWORKS.contains(&id) }
}

/// The panel of this identifier.
pub fn panel(id: &str) -> Option<&'static Panel> {
    panels().iter().find(|panel| panel.id == id)
}

fn scrolled(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 4, bottom: 12 }).show(ui, content);
    });
}

/// A heading inside a panel.
pub fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(4.0);
    ui.label(egui::RichText::new(text).font(super::theme::heading()));
}

/// A small line in the secondary ink, wrapped.
pub fn faint_ui(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    ui.add(egui::Label::new(egui::RichText::new(text).small().weak()).wrap())
}
