//! A scene at one of its steps as a picture.

use super::png::{Picture, PictureError};
use crate::measure::{NetworkSlice, critical_points};
use crate::optim::{Phase, Step, Verdict};
use crate::problem::{Cut, Kind, Objective, Plane, Problem};
use crate::run::{Run, Status};
use crate::scene::{Scene, SceneError, SliceSpec, Stage};
use crate::view::{
    Layer, QUIET, Slice, Theme, View, critical_family, critical_point, crowded, is_on, iterate, kick, layer_order, map_style,
    plot_box, problem_scale, region_trail, rejected_trial, scene_camera, searched, start, step_details, step_model, step_region,
    trail_region, trajectory,
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

/// A picture file, and what of the scene it does not show.
pub struct Rendered {
    /// The bytes of the PNG file.
    pub png: Vec<u8>,
    /// One sentence where something could not be shown.
    pub note: Option<String>,
}

/// The picture that the window would show of a scene at its playback step, `width` × `height` pixels, as a PNG file.
///
/// # Errors
/// [`RenderError`] for a scene that cannot be opened or a size that no picture has.
pub fn png(scene: &Scene, width: u32, height: u32, theme: Theme) -> Result<Rendered, RenderError> {
    let mut stage = scene.open()?;
    for run in stage.runs.iter_mut().flatten() {
        run.advance(scene.playback.step.saturating_sub(run.len()));
    }
    let problem = &*stage.problem;
    let (cut, note) = match scene.view.slice.filter(|_| problem.network().is_some()) {
        Some(slice) => match slice_cut(&stage, slice) {
            Some(cut) => (cut, None),
            None => (problem.cut(), Some("The scene's slice spans no plane here: the picture shows the random one".to_owned())),
        },
        None => (problem.cut(), None),
    };
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
    let chosen = scene.chosen(|i| stage.runs.get(i).is_some_and(Option::is_some));
    let drawing = Drawing { scene, problem, plane: &plane, view: &view, theme, chosen };
    let names = scene.method_names();
    let begun = |run: &&Run| run.trace().first() <= scene.playback.step;
    let runs = stage.runs.iter().enumerate();
    let shown: Vec<(usize, &Run)> = runs.filter_map(|(i, run)| Some((i, run.as_ref().filter(begun)?))).collect();
    for (series, run) in &shown {
        let state = if *run.status() == Status::Running { String::new() } else { format!(": {}", run.status().words()) };
        picture.legend.push((format!("{}{state}", names[*series]), *series));
    }
    let mut above = shown;
    above.sort_by_key(|(series, _)| layer_order(*series, chosen));
    for (series, run) in &above {
        drawing.regions(run, *series, &mut picture.layers);
    }
    for (series, run) in &above {
        drawing.path(run, *series, &mut picture.layers);
    }
    let iterates: Vec<[f64; 2]> =
        above.iter().map(|(_, run)| plane.project(&run.iterate(run.len().min(scene.playback.step))).0).collect();
    drawing.critical_points(&iterates, &mut picture.layers);
    for (series, run) in &above {
        drawing.details(run, *series, &mut picture.layers);
    }
    picture.layers.push(start(plane.project(&stage.start).0, theme));
    for (series, run) in &above {
        let last = run.len().min(scene.playback.step);
        let accepted = run.record(last).is_none_or(|(step, _)| step.verdict == Verdict::Accepted);
        picture.layers.push(iterate(plane.project(&run.iterate(last)).0, *series, accepted, theme));
    }
    Ok(Rendered { png: picture.png(width, height)?, note })
}

/// The plane through the weights that a scene asks for; `None` where its method does not run or its directions span none.
fn slice_cut(stage: &Stage, slice: SliceSpec) -> Option<Cut> {
    let problem = stage.problem.network()?;
    let mut run = stage.runs.get(slice.method)?.clone()?;
    // A plane of the path is one of the whole path.
    let wanted = if slice.kind.is_of_path() { run.setup().budget } else { slice.step };
    run.advance(wanted.saturating_sub(run.len()));
    let at = run.iterate(run.nearest(slice.step));
    Some(NetworkSlice::new(problem, &at, slice.kind, slice.seed, Some(&run))?.cut)
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
    chosen: Option<usize>,
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

    /// The regions up to the shown step, and of the chosen method the contours of its model.
    fn regions(&self, run: &Run, series: usize, layers: &mut Vec<Layer>) {
        let last = run.len().min(self.scene.playback.step);
        let (wanted, is_chosen) = (&self.scene.view, self.chosen == Some(series));
        let strength = if is_chosen { 1.0 } else { QUIET };
        if wanted.regions {
            for (k, opacity) in region_trail(last, wanted.region_trail) {
                let of = |step: &Step| trail_region(step, self.plane, self.view, series, self.theme, strength * opacity);
                layers.extend(run.record(k).and_then(|(step, _)| of(&step)));
            }
        }
        let Some((step, _)) = run.record(last) else { return };
        if wanted.regions {
            layers.extend(step_region(&step, self.plane, self.view, series, self.theme, strength));
        }
        if wanted.model_contours && is_chosen {
            layers.extend(step_model(&step, self.problem, self.plane, series, self.theme));
        }
    }

    /// How the shown step of the chosen method came about.
    fn details(&self, run: &Run, series: usize, layers: &mut Vec<Layer>) {
        if !self.scene.view.regions || self.chosen != Some(series) {
            return;
        }
        if let Some((step, _)) = run.record(run.len().min(self.scene.playback.step)) {
            layers.extend(step_details(&step, self.plane, self.view, series, self.theme));
        }
    }

    fn critical_points(&self, iterates: &[[f64; 2]], layers: &mut Vec<Layer>) {
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
            if *family {
                return Some(critical_family(at, self.theme));
            }
            match critical_point(at, *kind, self.theme)? {
                Layer::Marker(mark) if iterates.iter().any(|x| is_on(*x, at, self.view)) => Some(Layer::Marker(crowded(mark))),
                layer => Some(layer),
            }
        }));
    }
}
