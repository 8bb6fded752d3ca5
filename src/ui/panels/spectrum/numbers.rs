//! The numbers above the pictures: of which step, matrix and samples they are, and how exact.

use super::moment::subscripted;
use super::place::Place;
use super::work::Found;
use crate::measure::spectrum::{Ends, MatrixKind, NegativeShare, Residuals, SpectralDensity, Spectrum};
use crate::ui::panels::faint_ui;
use crate::ui::{number, theme};
use eframe::egui::containers::menu::MenuButton;
use eframe::egui::text::LayoutJob;
use eframe::egui::{self, RichText, Ui};

/// The name of a matrix, and what it is.
pub fn kind_name(kind: MatrixKind) -> (&'static str, &'static str) {
    match kind {
        MatrixKind::Hessian => ("Hessian", "H, the second derivatives of f"),
        MatrixKind::GaussNewton => (
            "Gauss-Newton",
            "G = Jᵀ ∇²L J: the Hessian without the curvature of the network itself; it has no negative eigenvalue (Schraudolph 2002)",
        ),
        MatrixKind::Fisher => (
            "Fisher (empirical)",
            "The second moment of the gradients of the samples with their own labels; not the true Fisher matrix (Kunstner, Balles, Hennig 2019)",
        ),
        MatrixKind::Rest => ("Rest H − G", "What Gauss-Newton leaves of the Hessian: the curvature of the network itself"),
    }
}

/// The name of a matrix where there is little room.
pub fn short_name(kind: MatrixKind) -> &'static str {
    match kind {
        MatrixKind::Hessian => "Hessian",
        MatrixKind::GaussNewton => "Gauss-Newton",
        MatrixKind::Fisher => "Fisher",
        MatrixKind::Rest => "H − G",
    }
}

/// A name with its number, and what it means on hover.
pub(in crate::ui::panels) fn number_ui(ui: &mut Ui, name: &str, value: &str, about: impl Into<egui::WidgetText>) {
    ui.add(egui::Label::new(number_job(ui, name, value)).selectable(false).extend()).on_hover_text(about);
}

fn number_job(ui: &Ui, name: &str, value: &str) -> LayoutJob {
    let mut job = subscripted(&format!("{name} "), 12.0, ui.visuals().weak_text_color());
    let strong = egui::FontId::new(14.0, theme::strong_family());
    job.append(value, 2.0, egui::TextFormat::simple(strong, ui.visuals().text_color()));
    job
}

/// A number with its name and what it means.
struct Entry(String, String, String);

/// Between two numbers, in points.
const GAP: f32 = 10.0;
/// Rows of numbers where there is little room, and the width of the button that has the others.
const ROWS: usize = 2;
const MORE_WIDTH: f32 = 32.0;
/// Width of the list of the others, in points.
const OTHERS_WIDTH: f32 = 380.0;

/// Of what the numbers are, and the numbers; without room the first of them, and the others on hover.
pub fn numbers_ui(ui: &mut Ui, words: &str, place: &Place<'_>, kind: MatrixKind, found: &Found, roomy: bool) {
    let n = place.w.len();
    let exact = matches!(found, Found::Exact(_));
    let size = number::count(n as u64);
    let how = if exact { "all eigenvalues" } else { "ends by Lanczos, density by stochastic quadrature" };
    let samples = place.samples().map(|samples| format!("{samples}, ")).unwrap_or_default();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.label(RichText::new(kind_name(kind).0).family(theme::strong_family()));
        faint_ui(ui, format!("at {words}: {size} × {size}, {samples}{how}"));
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(GAP, 2.0);
        let mut entries = match found {
            Found::Exact(spectrum) => of_exact(spectrum, place.samples().is_some()),
            Found::Large(ends, density) => of_large(ends, density.as_deref()),
        };
        let others = entries.split_off(if roomy { entries.len() } else { fitting(ui, &entries) });
        for Entry(name, value, about) in entries {
            number_ui(ui, &name, &value, about);
        }
        if !others.is_empty() {
            let (response, _) = MenuButton::from_button(egui::Button::new("…").small()).ui(ui, |ui| {
                ui.set_max_width(OTHERS_WIDTH);
                for Entry(name, value, about) in &others {
                    number_ui(ui, name, value, about.as_str());
                    ui.label(RichText::new(format!("{about}.")).small().weak());
                }
            });
            let names: Vec<&str> = others.iter().map(|Entry(name, ..)| name.as_str()).collect();
            response.on_hover_text(format!("More numbers: {}", names.join(", ")));
        }
    });
}

/// How many entries stand in [`ROWS`] with the button for the others.
fn fitting(ui: &Ui, entries: &[Entry]) -> usize {
    let room = ui.available_width();
    let (mut row, mut x) = (1, 0.0);
    for (k, Entry(name, value, _)) in entries.iter().enumerate() {
        let width = ui.painter().layout_job(number_job(ui, name, value)).size().x;
        if x > 0.0 && x + width > room {
            (row, x) = (row + 1, 0.0);
        }
        let more = if k + 1 < entries.len() { GAP + MORE_WIDTH } else { 0.0 };
        if row > ROWS || row == ROWS && x + width + more > room {
            return k;
        }
        x += width + GAP;
    }
    entries.len()
}

fn of_exact(spectrum: &Spectrum, has_samples: bool) -> Vec<Entry> {
    let n = spectrum.values.len();
    let which = match &spectrum.residuals {
        Residuals::Each(_) => "the largest ‖A v − λ v‖ over all eigenpairs",
        Residuals::Bound(_) => "n ε ‖A‖: what a backward stable method may leave",
    };
    let worst = spectrum.residuals.worst();
    let end = |value: Option<&f64>| number::significant(value.copied().unwrap_or(f64::NAN), 4);
    let exact = format!("An eigenvalue of the matrix is no further than {} from it", number::short(worst, 2));
    let index = spectrum.index(None);
    let signs = format!(
        "Eigenvalues below −{tol}: {} negative, {} within ±{tol} of 0, {} positive. The index of a critical point as a share of n",
        index.negative,
        index.zero,
        index.positive,
        tol = number::short(index.tolerance, 2)
    );
    let negative = format!("{} of {n} ({} %)", index.negative, number::short(100.0 * index.fraction, 3));
    let d = &spectrum.diagonal;
    let mut entries = vec![
        Entry("λ_min".to_owned(), end(spectrum.values.first()), format!("The smallest eigenvalue. {exact}")),
        Entry("λ_max".to_owned(), end(spectrum.values.last()), format!("The largest eigenvalue. {exact}")),
        Entry("negative".to_owned(), negative, signs),
        Entry("residual ≤".to_owned(), number::significant(worst, 2), format!("How exact: {which}")),
        Entry(
            "trace".to_owned(),
            number::significant(spectrum.trace, 4),
            "The sum of the diagonal, and of the eigenvalues".to_owned(),
        ),
        Entry(
            "on the diagonal".to_owned(),
            number::short(d.share, 3),
            "Σ |Aᵢᵢ| / Σ |Aᵢⱼ|, the share of mass on the diagonal (Becker, LeCun 1988)".to_owned(),
        ),
        Entry(
            "beside Wigner".to_owned(),
            number::short(d.wigner, 2),
            "The share of a Wigner matrix, which has no structure: 1/d (Kohler, Adolphs, Lucchi 2020, Prop. 1)".to_owned(),
        ),
    ];
    if has_samples {
        let about = "The share of XᵀX of as many random rows as there are samples (Kohler, Adolphs, Lucchi 2020, Prop. 2)";
        entries.push(Entry("least squares".to_owned(), number::short(d.least_squares, 2), about.to_owned()));
    }
    entries.push(Entry(
        "condition".to_owned(),
        number::significant(spectrum.condition(), 3),
        "max |λ| / min |λ|. Beyond about 10¹⁶ it is rounding: the matrix is singular".to_owned(),
    ));
    entries
}

fn of_large(ends: &Ends, density: Option<&SpectralDensity>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let state = if ends.converged { "converged to 10⁻⁶ of the largest" } else { "not converged yet" };
    let products = number::count(ends.products as u64);
    for (name, what, pair) in [("λ_min", "smallest", ends.bottom.first()), ("λ_max", "largest", ends.top.first())] {
        let Some(pair) = pair else { continue };
        let about = format!(
            "The {what} Ritz value after {products} products, {state}: some eigenvalue is no further away than its residual, {}",
            number::short(pair.residual, 2)
        );
        entries.push(Entry(name.to_owned(), number::with_error(pair.value, pair.residual, 4), about));
    }
    let pairs = ends.bottom.iter().chain(&ends.top);
    let worst = pairs.clone().map(|pair| pair.residual).fold(0.0, f64::max);
    let about = format!("How exact: the largest ‖A v − λ v‖ over the {} that are marked, at least n ε max |λ|", pairs.count());
    entries.push(Entry("residual ≤".to_owned(), number::significant(worst, 2), about));
    let Some(density) = density.filter(|density| !density.probes.is_empty()) else { return entries };
    let probes = density.probes.len();
    let trace = density.trace();
    let about = format!("Hutchinson's estimate and its standard error from {probes} random vectors");
    entries.push(Entry("trace".to_owned(), number::with_error(trace.value, trace.error, 3), about));
    let NegativeShare { below, share, error } = density.negative();
    let about = format!(
        "The share of eigenvalues below {}, by the quadratures of {probes} random vectors; ± its standard error over them. \
         Closer to 0 the nodes of the quadratures do not tell signs",
        number::short(below, 2)
    );
    let name = format!("share below {}", number::short(below, 1));
    entries.push(Entry(name, format!("{} %", number::with_error(100.0 * share, 100.0 * error, 3)), about));
    let products = number::count((ends.products + density.products) as u64);
    entries.push(Entry("products".to_owned(), products, "Hessian-vector products so far".to_owned()));
    entries
}
