//! A scene at one of its steps as a picture.

use super::png::{Picture, PictureError};
use crate::measure::critical_points;
use crate::optim::{Phase, Verdict};
use crate::problem::{Kind, Objective, Plane, Problem};
use crate::run::{Run, Status};
use crate::scene::{Scene, SceneError};
use crate::view::{
    Layer, Slice, Theme, View, critical_family, critical_point, iterate, kick, map_style, plot_box, problem_scale, region_trail,
    rejected_trial, scene_camera, searched, start, step_details, step_model, step_region, trajectory, unfilled,
};

/// Rejected trials and kicks of one method that are marked at most, the latest ones.
const MOST_MARKS: u64 = 200;

/// Why a scene has no picture.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The scene cannot be opened.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// The picture cannot be made.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// The picture that the window would show of a scene at its playback step, `width` × `height` pixels, as a PNG file.
///
/// # Errors
/// [`RenderError`] for a scene that cannot be opened or a size that no picture has.
pub fn png(scene: &Scene, width: u32, height: u32, theme: Theme) -> Result<Vec<u8>, RenderError> {
    let mut stage = scene.open()?;
    for run in stage.runs.iter_mut().flatten() {
        run.advance(scene.playback.step.saturating_sub(run.len()));
    }
    let problem = &*stage.problem;
    let cut = problem.cut();
    let plane = cut.plane.clone();
    let surface = Slice { objective: problem, plane: &plane };
    let domain = plot_box(&cut);
    let mut picture = Picture {
        surface: &surface,
        camera: scene_camera(scene.view.camera.as_ref(), domain),
        domain,
        scale: problem_scale(problem, &cut),
        style: map_style(&scene.view, theme),
        layers: Vec::new(),
        title: title(problem, scene),
        axes: if problem.dim() == 2 { ["x", "y"] } else { ["u", "v"] }.map(str::to_owned),
        legend: Vec::new(),
    };
    let view = picture.view(width, height);
    let drawing = Drawing { scene, problem, plane: &plane, view: &view, theme };
    let names = scene.method_names();
    let begun = |run: &&Run| run.trace().first() <= scene.playback.step;
    let runs = stage.runs.iter().enumerate();
    let shown: Vec<(usize, &Run)> = runs.filter_map(|(i, run)| Some((i, run.as_ref().filter(begun)?))).collect();
    for (series, run) in &shown {
        drawing.path(run, *series, &mut picture.layers);
        let state = if *run.status() == Status::Running { String::new() } else { format!(": {}", run.status().words()) };
        picture.legend.push((format!("{}{state}", names[*series]), *series));
    }
    drawing.critical_points(&mut picture.layers);
    for (series, run) in &shown {
        drawing.step(run, *series, &mut picture.layers);
    }
    picture.layers.push(start(plane.project(&stage.start).0, theme));
    for (series, run) in &shown {
        let last = run.len().min(scene.playback.step);
        let accepted = run.record(last).is_none_or(|(step, _)| step.verdict == Verdict::Accepted);
        picture.layers.push(iterate(plane.project(&run.iterate(last)).0, *series, accepted, theme));
    }
    Ok(picture.png(width, height)?)
}

fn title(problem: &Problem, scene: &Scene) -> String {
    let name = problem.landscape().map_or_else(|| problem.text(), |entry| entry.name.clone());
    format!("{name}, step {}", scene.playback.step)
}

struct Drawing<'a> {
    scene: &'a Scene,
    problem: &'a Problem,
    plane: &'a Plane,
    view: &'a View,
    theme: Theme,
}

impl Drawing<'_> {
    fn path(&self, run: &Run, series: usize, layers: &mut Vec<Layer>) {
        let last = run.len().min(self.scene.playback.step);
        let (trace, flat) = (run.trace(), |x: &[f64]| self.plane.project(x).0);
        let rows = trace.row_of(last).unwrap_or(0).min(trace.rows().len() - 1);
        let mut points: Vec<[f64; 2]> = (0..=rows).map(|row| flat(trace.position(row))).collect();
        if trace.step_of(rows) != last {
            points.push(flat(&run.iterate(last)));
        }
        let mut path = trajectory(points, series, self.theme);
        if let Layer::Path { dot_px, .. } = &mut path
            && !self.scene.view.step_markers
        {
            *dot_px = 0.0;
        }
        layers.push(path);
        if self.scene.view.step_markers {
            let mut searched_at = None;
            for k in last.saturating_sub(MOST_MARKS).max(trace.first()) + 1..=last {
                let Some((step, _)) = run.record(k) else { continue };
                let from = flat(&step.from);
                match (step.phase, step.verdict) {
                    (Phase::Descent, Verdict::Rejected) => {
                        let [u, v] = self.plane.project_vector(&step.trial);
                        layers.extend(rejected_trial(from, [from[0] + u, from[1] + v], self.view, series, self.theme));
                    }
                    (Phase::Perturbation, _) => layers.push(kick(flat(&step.x), self.view, series, self.theme)),
                    (Phase::Search | Phase::Certification, Verdict::Rejected) if searched_at.as_ref() != Some(&step.x) => {
                        layers.push(searched(from, self.view, series, self.theme));
                        searched_at = Some(step.x);
                    }
                    _ => {}
                }
            }
        }
    }

    /// The regions up to the shown step, and how the shown one came about.
    fn step(&self, run: &Run, series: usize, layers: &mut Vec<Layer>) {
        let last = run.len().min(self.scene.playback.step);
        let wanted = &self.scene.view;
        if wanted.regions {
            for (k, opacity) in region_trail(last, wanted.region_trail) {
                let region =
                    run.record(k).and_then(|(step, _)| step_region(&step, self.plane, self.view, series, self.theme, opacity));
                layers.extend(region.map(unfilled));
            }
        }
        let Some((step, _)) = run.record(last) else { return };
        if wanted.regions {
            layers.extend(step_region(&step, self.plane, self.view, series, self.theme, 1.0));
            layers.extend(step_details(&step, self.plane, self.view, series, self.theme));
        }
        if wanted.model_contours {
            layers.extend(step_model(&step, self.problem, self.plane, series, self.theme));
        }
    }

    fn critical_points(&self, layers: &mut Vec<Layer>) {
        if !self.scene.view.critical_points {
            return;
        }
        let found: Vec<(Vec<f64>, Kind, bool)> = if self.problem.critical_points_hold() {
            self.problem.critical_points().iter().map(|p| (p.x.clone(), p.kind, false)).collect()
        } else {
            let found = critical_points(self.problem, &self.problem.bounds()).into_iter();
            found.map(|p| (p.x, p.kind, p.family)).collect()
        };
        layers.extend(found.iter().filter_map(|(x, kind, family)| {
            let at = self.plane.project(x).0;
            if *family { Some(critical_family(at, self.theme)) } else { critical_point(at, *kind, self.theme) }
        }));
    }
}
