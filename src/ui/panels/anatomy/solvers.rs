//! Who answers, in which colour and form; the table of answers, which is the legend too.

use super::{Shown, ink, short};
use crate::linalg::Metric;
use crate::optim::Exit;
use crate::optim::subproblem::Solver;
use crate::ui::icons::swatch;
use crate::ui::map::paint;
use crate::ui::theme;
use crate::view::{Dash, MarkerShape};
use eframe::egui::{self, RichText, Sense, Ui, vec2};

/// How something is drawn: its place in the palette, its form, its size and its dash.
#[derive(Clone, Copy)]
pub struct Look {
    pub series: usize,
    pub shape: MarkerShape,
    pub radius: f32,
    pub dash: Dash,
}

const fn look(series: usize, shape: MarkerShape, radius: f32, dash: Dash) -> Look {
    Look { series, shape, radius, dash }
}

/// Newton's point.
pub const NEWTON: Look = look(28, MarkerShape::Cross, 4.5, &[]);
/// s(λ) at the λ that is dragged.
pub const REGULARIZED: Look = look(31, MarkerShape::Diamond, 4.0, &[]);
/// The trajectory s(Δ).
pub const TRAJECTORY: Look = look(31, MarkerShape::Circle, 0.0, &[]);

/// The minimizer of the cubic model.
pub const CUBIC: Look = look(29, MarkerShape::Diamond, 6.0, &[7.0, 4.0]);

impl Look {
    /// Of a solver: sizes differ, so that answers on one place are all seen.
    pub fn of(solver: Solver) -> Self {
        match solver {
            Solver::Exact => look(30, MarkerShape::Ring, 9.0, &[]),
            Solver::Steihaug => look(24, MarkerShape::Circle, 6.0, &[]),
            Solver::Lanczos => look(26, MarkerShape::Diamond, 4.5, &[9.0, 4.0]),
            Solver::Cauchy => look(25, MarkerShape::Triangle, 6.0, &[]),
            Solver::Dogleg => look(27, MarkerShape::Circle, 4.0, &[2.0, 3.5]),
        }
    }
}

/// The name on screen.
pub fn name(solver: Solver) -> &'static str {
    match solver {
        Solver::Exact => "Exact",
        Solver::Steihaug => "Steihaug",
        Solver::Lanczos => "Lanczos",
        Solver::Cauchy => "Cauchy",
        Solver::Dogleg => "Dogleg",
    }
}

/// What is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Toggles {
    pub solvers: [bool; 5],
    pub newton: bool,
    pub cubic: bool,
    pub trajectory: bool,
    pub contours: bool,
}

impl Default for Toggles {
    fn default() -> Self {
        Self { solvers: [true; 5], newton: true, cubic: true, trajectory: true, contours: true }
    }
}

impl Toggles {
    /// Whether a solver's answer is drawn.
    pub fn shows(&self, solver: Solver) -> bool {
        Solver::ALL.iter().zip(self.solvers).any(|(s, on)| *s == solver && on)
    }
}

/// The answers, a row each, with a switch for what is drawn; returns the width that they take.
pub fn table_ui(ui: &mut Ui, shown: &Shown, toggles: &mut Toggles) -> f32 {
    let best = shown.anatomy.exact().solution.model_decrease;
    let norm = if matches!(shown.anatomy.problem.metric, Metric::Sphere) { "‖s‖" } else { "‖s‖ in M" };
    ui.add_space(4.0);
    ui.spacing_mut().interact_size.y = 18.0;
    let table = egui::Grid::new("answers").num_columns(5).min_row_height(18.0).spacing([8.0, 2.0]).show(ui, |ui| {
        for (head, about) in [
            ("", ""),
            ("−m(s)", "Decrease of the model, and its share of the best"),
            (norm, "Length of the step in the norm of the region"),
            ("Hv", "Products of the Hessian with a vector; a dense solver takes the matrix"),
            ("ended", "How the solver ended"),
        ] {
            ui.label(RichText::new(head).small().weak()).on_hover_text(about);
        }
        ui.end_row();
        for (answer, on) in shown.anatomy.answers.iter().zip(&mut toggles.solvers) {
            let solution = &answer.solution;
            entry_ui(ui, name(answer.solver), about(answer.solver), Look::of(answer.solver), on);
            let share = if best > 0.0 { 100.0 * solution.model_decrease / best } else { 100.0 };
            ui.label(short(solution.model_decrease)).on_hover_text(format!("{} % of the best decrease", short(share)));
            ui.label(short(solution.norm));
            let products = if solution.products > 0 { solution.products.to_string() } else { "–".to_owned() };
            ui.label(products);
            let (word, whole) = exit(solution.exit);
            ui.label(RichText::new(word).small()).on_hover_text(whole);
            ui.end_row();
        }
        if let Some(cubic) = &shown.cubic {
            let about = "The minimizer of gᵀs + ½ sᵀHs + σ/3 ‖s‖³ over the whole space: σ takes the place of the region";
            entry_ui(ui, "Cubic", about, CUBIC, &mut toggles.cubic);
            ui.label(short(cubic.decrease)).on_hover_text("Decrease of the cubic model");
            ui.label(short(cubic.solution.norm)).on_hover_text("Euclidean length: λ/σ");
            ui.label("–");
            let (word, whole) = match cubic.solution.exit {
                Exit::Interior => ("λ = σ‖s‖", "At the minimizer of the cubic model"),
                other => exit(other),
            };
            ui.label(RichText::new(word).small()).on_hover_text(whole);
            ui.end_row();
        }
        if let Some(newton) = &shown.anatomy.newton {
            entry_ui(ui, "Newton", "−H⁻¹g, where the model is stationary", NEWTON, &mut toggles.newton);
            ui.label("");
            ui.label(short(newton.norm));
            ui.end_row();
        }
    });
    ui.horizontal(|ui| {
        entry_ui(
            ui,
            "s(Δ)",
            "The solutions at every radius: what the dogleg imitates with two straight legs",
            TRAJECTORY,
            &mut toggles.trajectory,
        );
        ui.checkbox(&mut toggles.contours, "contours").on_hover_text("Level lines of the model; the strong one is m = 0");
    });
    table.response.rect.width()
}

fn entry_ui(ui: &mut Ui, name: &str, about: &str, look: Look, on: &mut bool) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let theme = theme::theme_of(ui.visuals());
        let color = ink(ui, look.series);
        if look.radius > 0.0 {
            let (rect, _) = ui.allocate_exact_size(vec2(20.0, 16.0), Sense::hover());
            let mut shapes = Vec::new();
            let radius = look.radius.min(6.5);
            let (fill, outline) = match look.shape {
                MarkerShape::Ring => (theme::color(theme.casing()), color),
                _ => (color, theme::color(theme.casing())),
            };
            paint::symbol(look.shape, rect.center(), radius, Some(fill), outline, &mut shapes);
            ui.painter().extend(shapes);
        } else {
            swatch(ui, color, look.dash);
        }
        ui.checkbox(on, name).on_hover_text(about);
    });
}

fn about(solver: Solver) -> &'static str {
    match solver {
        Solver::Exact => "The global minimizer, by eigenvalues and the secular equation (Moré, Sorensen 1983)",
        Solver::Steihaug => "Conjugate gradients up to the boundary or to negative curvature (Steihaug 1983)",
        Solver::Lanczos => "The minimizer in growing Krylov spaces of g (Gould, Lucidi, Roma, Toint 1999)",
        Solver::Cauchy => "The minimizer along −M⁻¹g: the least that a step must reach",
        Solver::Dogleg => {
            "Cauchy's leg, then straight to Newton's point (Powell 1970); Cauchy's alone where H is not positive definite"
        }
    }
}

fn exit(exit: Exit) -> (&'static str, &'static str) {
    let word = match exit {
        Exit::Interior => "inside",
        Exit::Boundary => "boundary",
        Exit::NegativeCurvature => "curvature",
        Exit::HardCase => "hard case",
        Exit::ZeroGradient => "g = 0",
        Exit::IterationLimit => "limit",
    };
    (word, super::super::step_card::exit(exit))
}
