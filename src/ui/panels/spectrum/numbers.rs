//! The numbers above the pictures: of which step, matrix and samples they are, and how exact.

use super::moment::subscripted;
use super::place::Place;
use super::work::Found;
use crate::measure::spectrum::{Ends, MatrixKind, NegativeShare, Residuals, SpectralDensity, Spectrum};
use crate::ui::panels::faint_ui;
use crate::ui::{number, theme};
use eframe::egui::containers::menu::MenuButton;
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
    let mut job = subscripted(&format!("{name} "), 12.0, ui.visuals().weak_text_color());
    let strong = egui::FontId::new(14.0, theme::strong_family());
    job.append(value, 2.0, egui::TextFormat::simple(strong, ui.visuals().text_color()));
    ui.add(egui::Label::new(job).selectable(false).extend()).on_hover_text(about);
}

/// A number with its name and what it means.
struct Entry(String, String, String);

/// Numbers that are shown where there is little room.
const FEW: usize = 4;
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
        ui.spacing_mut().item_spacing = egui::vec2(10.0, 2.0);
        let mut entries = match found {
            Found::Exact(spectrum) => of_exact(spectrum, place.samples().is_some()),
            Found::Large(ends, density) => of_large(ends, density.as_deref(), n),
        };
        let others = entries.split_off(if roomy { entries.len() } else { FEW.min(entries.len()) });
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

fn of_exact(spectrum: &Spectrum, has_samples: bool) -> Vec<Entry> {
    let n = spectrum.values.len();
    let (worst, which) = match &spectrum.residuals {
        Residuals::Each(each) => (each.iter().copied().fold(0.0, f64::max), "the largest ‖A v − λ v‖ over all eigenpairs"),
        Residuals::Bound(bound) => (*bound, "n ε ‖A‖: what a backward stable method may leave"),
    };
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
        Entry(
            "trace".to_owned(),
            number::significant(spectrum.trace, 4),
            "The sum of the diagonal, and of the eigenvalues".to_owned(),
        ),
        Entry(
            "condition".to_owned(),
            number::significant(spectrum.condition(), 3),
            "max |λ| / min |λ|. Beyond about 10¹⁶ it is rounding: the matrix is singular".to_owned(),
        ),
        Entry("residual ≤".to_owned(), number::significant(worst, 2), format!("How exact: {which}")),
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
    entries
}

fn of_large(ends: &Ends, density: Option<&SpectralDensity>, n: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let largest = ends.bottom.iter().chain(&ends.top).map(|pair| pair.value.abs()).fold(0.0, f64::max);
    let rounding = n as f64 * f64::EPSILON * largest;
    let state = if ends.converged { "converged to 10⁻⁶ of the largest" } else { "not converged yet" };
    for (name, what, pair) in [("λ_min", "smallest", ends.bottom.first()), ("λ_max", "largest", ends.top.first())] {
        let Some(pair) = pair else { continue };
        let value = format!("{} ± {}", number::significant(pair.value, 4), number::short(pair.residual.max(rounding), 1));
        let about = format!(
            "The {what} Ritz value after {} products, {state}; ± its residual, at least n ε |λ|: some eigenvalue is no further away",
            number::count(ends.products as u64)
        );
        entries.push(Entry(name.to_owned(), value, about));
    }
    let Some(density) = density.filter(|density| !density.probes.is_empty()) else { return entries };
    let probes = density.probes.len();
    let trace = density.trace();
    let about = format!("Hutchinson's estimate and its standard error from {probes} random vectors");
    let error = |v: f64| if v.is_finite() { format!(" ± {}", number::short(v, 1)) } else { String::new() };
    entries.push(Entry("trace".to_owned(), format!("{}{}", number::significant(trace.value, 3), error(trace.error)), about));
    let NegativeShare { below, share, error: deviation } = density.negative();
    let about = format!(
        "The share of eigenvalues below {}, by the quadratures of {probes} random vectors; ± its standard error over them. \
         Closer to 0 the nodes of the quadratures do not tell signs",
        number::short(below, 2)
    );
    let name = format!("λ < {}", number::short(below, 1));
    entries.push(Entry(name, format!("{}{} %", number::short(100.0 * share, 3), error(100.0 * deviation)), about));
    let products = number::count((ends.products + density.products) as u64);
    entries.push(Entry("products".to_owned(), products, "Hessian-vector products so far".to_owned()));
    entries
}
