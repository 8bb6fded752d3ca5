//! The network's form: its data, its shape, its loss and its initial weights.

use super::{Context, faint_ui, heading_ui};
use crate::problem::data::{DataError, DataSource, DataSpec, Targets, csv_columns, data_set, data_sets};
use crate::problem::network::{Activation, Architecture, Init, Loss};
use crate::problem::{NetworkProblem, NetworkSpec, Objective};
use crate::scene::{ProblemSpec, networks};
use crate::ui::command::{Command, Edit};
use crate::ui::icons::{Icon, icon_button, inline_icon};
use crate::ui::number;
use crate::ui::session::sentence;
use eframe::egui::{self, DragValue, RichText, Slider, TextEdit, Ui};

/// What is typed and not taken yet.
#[derive(Default)]
pub struct NetworkMemory {
    layers: String,
    shown: Vec<usize>,
    fault: Option<String>,
    /// A file with its share of test samples, and how many samples are for training.
    whole: Option<(DataSource, Option<f64>, usize)>,
}

/// Draws the form of the problem `network`.
pub fn network_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    network: &NetworkProblem,
    memory: &mut NetworkMemory,
    out: &mut Vec<Command>,
) {
    let ProblemSpec::Network(spec) = &context.scene.problem else { return };
    if let Some(entry) = networks().iter().find(|entry| entry.scene.problem == context.scene.problem) {
        ui.label(&entry.why);
        faint_ui(ui, &entry.source);
    }
    let mut wanted = (**spec).clone();
    ui.spacing_mut().slider_width = (ui.available_width() - 128.0).clamp(40.0, 240.0);
    data_ui(ui, network, memory, &mut wanted);
    shape_ui(ui, network, memory, &mut wanted);
    weights_ui(ui, context, &mut wanted, out);
    stop_ui(ui, context, out);
    if let Some(fault) = context.session.fault() {
        fault_ui(ui, &fault.message);
    }
    if wanted != **spec {
        out.push(Command::Edit(Edit::Network(Box::new(wanted))));
    }
}

fn fault_ui(ui: &mut Ui, message: &str) {
    ui.horizontal_wrapped(|ui| {
        inline_icon(ui, Icon::Warning, ui.visuals().error_fg_color);
        ui.label(RichText::new(message).small().color(ui.visuals().error_fg_color));
    });
}

/// A choice in a combo box with a label.
fn choice_ui<T: PartialEq + Copy>(ui: &mut Ui, label: &str, about: &str, chosen: &mut T, options: &[(T, &str, &str)]) {
    let name = options.iter().find(|(value, ..)| value == chosen).map_or("", |(_, name, _)| *name);
    ui.horizontal(|ui| {
        let combo = egui::ComboBox::from_id_salt(label).selected_text(name).width(122.0).show_ui(ui, |ui| {
            for (value, name, about) in options {
                let response = ui.selectable_label(value == chosen, *name);
                if (if about.is_empty() { response } else { response.on_hover_text(*about) }).clicked() {
                    *chosen = *value;
                }
            }
        });
        combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("{label}; now {name}")));
        combo.response.on_hover_text(about);
        ui.label(RichText::new(label).weak());
    });
}

fn data_ui(ui: &mut Ui, network: &NetworkProblem, memory: &mut NetworkMemory, wanted: &mut NetworkSpec) {
    heading_ui(ui, "Data");
    let now = if let DataSource::Set(id) = &wanted.data.source { data_set(id).ok() } else { None };
    let mut chosen = now.map_or("", |set| set.id);
    let sets: Vec<(&str, &str, &str)> = data_sets().iter().map(|set| (set.id, set.name, set.summary)).collect();
    let mut options = sets.clone();
    if now.is_none() {
        options.insert(0, ("", wanted.data.id(), "The file that was opened"));
    }
    // A name that lives as long as the options.
    let before = chosen;
    choice_ui(ui, "data", "Which samples are learned; drop a CSV or IDX file on the window for your own", &mut chosen, &options);
    if chosen != before
        && let Ok(set) = data_set(chosen)
    {
        let spec = DataSpec { standardize: set.inputs <= 2, ..DataSpec::set(set.id) };
        fit_to_data(wanted, spec);
        return;
    }
    if column_ui(ui, wanted) {
        return;
    }
    if now.is_none() {
        file_samples_ui(ui, memory, wanted);
    }
    let data = network.data();
    let number = |name: &str| now.and_then(|set| set.parameters.iter().find(|p| p.name == name));
    if let Some(p) = number("samples") {
        let mut samples = wanted.data.samples.map_or(p.default, |s| s as f64);
        let slider = Slider::new(&mut samples, p.min..=p.max).logarithmic(true).step_by(1.0).text("samples");
        if ui.add(slider).on_hover_text("Training samples").changed() {
            wanted.data.samples = Some(samples as usize);
        }
    }
    if let Some(p) = number("noise") {
        let mut noise = wanted.data.noise.unwrap_or(p.default);
        let slider = Slider::new(&mut noise, p.min..=p.max).text("noise").custom_formatter(|v, _| number::short(v, 3));
        if ui.add(slider).on_hover_text(sentence(p.meaning)).changed() {
            wanted.data.noise = Some(noise);
        }
    }
    if now.is_none_or(|set| !set.own_test) {
        let mut share = 100.0 * wanted.data.test_share();
        let slider = Slider::new(&mut share, 0.0..=90.0).step_by(1.0).suffix(" %").text("test");
        if ui.add(slider).on_hover_text("Test samples as a share of all: no method sees them").changed() {
            wanted.data.test = Some((share / 100.0).clamp(0.0, 0.9));
        }
    }
    ui.horizontal(|ui| {
        ui.checkbox(&mut wanted.data.standardize, "standardize")
            .on_hover_text("Shift and scale every feature to mean 0 and variance 1");
        if icon_button(ui, Icon::Reset, "New samples", "Other samples of the same kind, and another split").clicked() {
            wanted.data.seed = wanted.data.seed.wrapping_add(1);
        }
    });
    let kind = match &data.targets {
        Targets::Classes { count, .. } => format!("{count} classes"),
        Targets::Values(rows) if rows.width == 1 => "a value".to_owned(),
        Targets::Values(rows) => format!("{} values", rows.width),
    };
    faint_ui(
        ui,
        format!(
            "{} samples for training and {} for testing; {} features, {kind}.",
            number::count(data.train as u64),
            number::count((data.len() - data.train) as u64),
            data.inputs.width
        ),
    );
}

/// Which column of a table is learned; returns whether another one was chosen.
fn column_ui(ui: &mut Ui, wanted: &mut NetworkSpec) -> bool {
    let DataSource::Table { text, label, .. } = &wanted.data.source else { return false };
    let columns = csv_columns(text);
    let place = |name: &String| columns.iter().position(|column| column == name);
    let before = label.as_ref().and_then(place).unwrap_or(columns.len().saturating_sub(1));
    let mut chosen = before;
    let options: Vec<(usize, &str, &str)> = columns.iter().enumerate().map(|(k, name)| (k, name.as_str(), "")).collect();
    choice_ui(ui, "target", "The column that is learned; all others are features", &mut chosen, &options);
    let Some(name) = columns.get(chosen).filter(|_| chosen != before).cloned() else { return false };
    let mut spec = wanted.data.clone();
    if let DataSource::Table { label, .. } = &mut spec.source {
        *label = Some(name);
    }
    fit_to_data(wanted, spec);
    true
}

/// How many samples of a file are for training.
fn file_samples_ui(ui: &mut Ui, memory: &mut NetworkMemory, wanted: &mut NetworkSpec) {
    let DataSpec { source, test, .. } = &wanted.data;
    if memory.whole.as_ref().is_none_or(|(known, share, _)| known != source || share != test) {
        let spec = DataSpec { test: *test, ..DataSpec::of(source.clone()) };
        let train = spec.load().map_or(0, |data| data.train);
        memory.whole = Some((spec.source, spec.test, train));
    }
    let Some((.., all)) = memory.whole.as_ref().filter(|(.., all)| *all > 1) else { return };
    let all = *all as f64;
    let mut samples = wanted.data.samples.map_or(all, |s| s as f64).min(all);
    let slider = Slider::new(&mut samples, 1.0..=all).logarithmic(true).step_by(1.0).text("samples");
    if ui.add(slider).on_hover_text("Training samples; all of the file's at the right end").changed() {
        wanted.data.samples = Some(samples as usize).filter(|_| samples < all);
    }
}

/// Changes the first and last layer and the loss to what new data asks for. An autoencoder stays one.
pub fn fit_to_data(wanted: &mut NetworkSpec, spec: DataSpec) {
    wanted.data = spec;
    let (inputs, classes, values, shares) = match wanted.data.load() {
        Ok(data) => {
            let shares = data.inputs.values.iter().all(|v| (0.0..=1.0).contains(v));
            match &data.targets {
                Targets::Classes { count, .. } => (data.inputs.width, *count, 0, shares),
                Targets::Values(rows) => (data.inputs.width, 0, rows.width, shares),
            }
        }
        // Pixels are shares.
        Err(DataError::NotLoaded { set, .. }) => match data_set(set) {
            Ok(set) => (set.inputs, set.classes, 1, true),
            Err(_) => return,
        },
        Err(_) => return,
    };
    let (outputs, loss) = match classes {
        _ if wanted.reconstruct && wanted.loss == Loss::Bce && shares => (inputs, Loss::Bce),
        _ if wanted.reconstruct => (inputs, Loss::Mse),
        2 => (1, if wanted.loss == Loss::Mse { Loss::Mse } else { Loss::Bce }),
        0 => (values, Loss::Mse),
        count => (count, Loss::CrossEntropy),
    };
    if let [first, .., last] = &mut wanted.layers[..] {
        (*first, *last) = (inputs, outputs);
    }
    wanted.loss = loss;
}

/// Makes an autoencoder of a network, its hidden layers mirrored, or a network of the encoder again.
fn mirror(wanted: &mut NetworkSpec, on: bool) {
    wanted.reconstruct = on;
    let hidden = wanted.activations.first().copied().unwrap_or(Activation::Tanh);
    let count = wanted.layers.len();
    if !on {
        let encoder = count.div_ceil(2);
        if count > 2 && wanted.layers.iter().eq(wanted.layers.iter().rev()) {
            wanted.layers.truncate(encoder);
            wanted.layers.push(1);
        }
        wanted.activations = vec![hidden];
    } else if wanted.layers.first() != wanted.layers.last() || count < 3 {
        // The last layer was that of the targets; without a hidden one it is the code.
        let encoder = &wanted.layers[..if count > 2 { count - 1 } else { count }];
        if let Ok(shape) = Architecture::autoencoder(encoder, hidden) {
            wanted.activations = shape.layers().map(|layer| layer.activation).collect();
            wanted.layers = shape.widths().to_vec();
        }
    }
    fit_to_data(wanted, wanted.data.clone());
}

fn shape_ui(ui: &mut Ui, network: &NetworkProblem, memory: &mut NetworkMemory, wanted: &mut NetworkSpec) {
    heading_ui(ui, "Network");
    if memory.shown != wanted.layers {
        memory.layers = wanted.layers.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
        memory.shown.clone_from(&wanted.layers);
        memory.fault = None;
    }
    ui.horizontal(|ui| {
        let field = ui.add(TextEdit::singleline(&mut memory.layers).desired_width(122.0));
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Layers"));
        let field = field.on_hover_text("Units of each layer, the input first: 2-8-8-1");
        ui.label(RichText::new("layers").weak());
        if field.changed() {
            match Architecture::parse(&memory.layers, "tanh") {
                Ok(shape) => {
                    memory.fault = None;
                    if shape.widths() != wanted.layers {
                        wanted.layers = shape.widths().to_vec();
                        memory.shown.clone_from(&wanted.layers);
                        let depth = wanted.layers.len() - 1;
                        if wanted.activations.len() != 1 && wanted.activations.len() != depth {
                            wanted.activations.truncate(1);
                        }
                    }
                }
                Err(error) => memory.fault = Some(sentence(&error.to_string())),
            }
        }
    });
    if let Some(fault) = &memory.fault {
        fault_ui(ui, fault);
    }
    let mut mirrored = wanted.reconstruct;
    let about = "The inputs are the targets: the hidden layers are an encoder and its mirror about a linear code";
    if ui.checkbox(&mut mirrored, "autoencoder").on_hover_text(about).changed() {
        mirror(wanted, mirrored);
        return;
    }
    let options: Vec<(Activation, &str, &str)> = Activation::ALL.iter().map(|a| (*a, a.name(), "")).collect();
    let depth = wanted.layers.len() - 1;
    if wanted.activations.len() == 1 {
        choice_ui(ui, "activation", "σ of the hidden layers; the last layer is linear", &mut wanted.activations[0], &options);
        if depth > 1 && ui.link("one for each layer").on_hover_text("Choose σ layer by layer").clicked() {
            let mut all = vec![wanted.activations[0]; depth];
            all[depth - 1] = Activation::Identity;
            wanted.activations = all;
        }
    } else {
        for l in 0..wanted.activations.len() {
            let label = format!("σ of layer {}", l + 1);
            choice_ui(ui, &label, "The activation of this layer", &mut wanted.activations[l], &options);
        }
    }
    let losses = [
        (Loss::Mse, "squared error", "½‖z − y‖², the mean over samples"),
        (Loss::Bce, "binary cross entropy", "ln(1 + e^z) − y z of a logit z"),
        (Loss::CrossEntropy, "softmax cross entropy", "−ln of the probability that the softmax of the outputs gives the class"),
    ];
    choice_ui(ui, "loss", "What is minimized", &mut wanted.loss, &losses);
    let mut l2 = wanted.l2;
    let slider = Slider::new(&mut l2, 0.0..=1.0)
        .logarithmic(true)
        .smallest_positive(1e-6)
        .text("l2")
        .custom_formatter(|v, _| number::short(v, 2))
        .custom_parser(number::parse);
    if ui.add(slider).on_hover_text("½ l2 ‖w‖² is added over weights and biases").changed() {
        wanted.l2 = l2;
    }
    faint_ui(ui, format!("{} weights and biases.", number::count(network.dim() as u64)));
}

/// When training ends; how many steps it has at most stands below, in the playback bar.
fn stop_ui(ui: &mut Ui, context: &Context<'_>, out: &mut Vec<Command>) {
    heading_ui(ui, "Stop");
    let mut tolerance = context.scene.stop.gradient;
    let slider = Slider::new(&mut tolerance, 0.0..=1.0)
        .logarithmic(true)
        .smallest_positive(1e-12)
        .text("‖∇f‖ ≤")
        .custom_formatter(|v, _| number::short(v, 2))
        .custom_parser(number::parse);
    let about =
        "Training ends where the gradient over all training samples is this small, or after the steps of the playback bar";
    if ui.add(slider).on_hover_text(about).changed() {
        out.push(Command::Edit(Edit::Tolerance(tolerance)));
    }
}

fn weights_ui(ui: &mut Ui, context: &Context<'_>, wanted: &mut NetworkSpec, out: &mut Vec<Command>) {
    heading_ui(ui, "Initial weights");
    let scale = if let Init::Normal(scale) = wanted.init { scale } else { 1.0 };
    let options = [
        (Init::Xavier, "Xavier", "N(0, 2/(inputs + outputs)), Glorot and Bengio 2010"),
        (Init::He, "He", "N(0, 2/inputs), He et al. 2015"),
        (Init::Normal(scale), "scaled normal", "N(0, scale²/inputs)"),
        (Init::Orthogonal, "orthogonal", "Orthonormal rows or columns, Saxe et al. 2014"),
        (Init::Zeros, "zeros", "The saddle of symmetric units"),
    ];
    choice_ui(ui, "rule", "How the weights are drawn; biases start at 0", &mut wanted.init, &options);
    if let Init::Normal(scale) = &mut wanted.init {
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new("scale").weak());
            ui.add(DragValue::new(scale).speed(0.01).range(0.0..=100.0)).labelled_by(label.id);
        });
    }
    ui.horizontal(|ui| {
        if icon_button(ui, Icon::Reset, "New weights", "Draw other initial weights").clicked() {
            wanted.seed = wanted.seed.wrapping_add(1);
        }
        faint_ui(ui, format!("drawn with seed {}", wanted.seed));
    });
    if context.scene.start.is_some() {
        ui.horizontal(|ui| {
            faint_ui(ui, "Some weights were set by hand.");
            if ui.link("as drawn").on_hover_text("Back to the weights of the rule").clicked() {
                out.push(Command::Edit(Edit::Start(None)));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::data::held_back;

    #[test]
    fn an_autoencoder_mirrors_its_encoder_and_back() {
        let mut spec = NetworkSpec::on_set(&[2, 8, 3, 1], Activation::Sigmoid, Loss::Bce, "moons");
        mirror(&mut spec, true);
        assert_eq!((&spec.layers[..], spec.loss, spec.reconstruct), (&[2, 8, 3, 8, 2][..], Loss::Mse, true));
        let [sigmoid, linear] = [Activation::Sigmoid, Activation::Identity];
        assert_eq!(spec.activations, [sigmoid, linear, sigmoid, linear]);
        let before = spec.clone();
        fit_to_data(&mut spec, DataSpec::set("mnist"));
        assert_eq!((&spec.layers[..], spec.reconstruct), (&[100, 8, 3, 8, 100][..], true));
        // Images that are not there yet ask for the same.
        let mut early = before;
        held_back::set(true);
        fit_to_data(&mut early, DataSpec::set("mnist"));
        assert_eq!(early, spec);
        mirror(&mut early, false);
        held_back::set(false);
        assert_eq!((&early.layers[..], early.loss), (&[100, 8, 3, 10][..], Loss::CrossEntropy));
        mirror(&mut spec, false);
        assert_eq!((&spec.layers[..], spec.loss, spec.reconstruct), (&[100, 8, 3, 10][..], Loss::CrossEntropy, false));
        assert_eq!(spec.activations, [Activation::Sigmoid]);
        let mut short = NetworkSpec::on_set(&[2, 1], Activation::Tanh, Loss::Mse, "moons");
        mirror(&mut short, true);
        assert_eq!(short.layers, [2, 1, 2]);
    }
}
