//! Runs as JSON, with the names of the command line's contract.

use crate::linalg::{Metric, norm};
use crate::optim::{Counts, Exit, Geometry, Path, Phase, Setting, Step, Verdict};
use crate::problem::Quality;
use crate::run::{Run, Setup};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;
use std::io::Write;

/// Most variables in which the metric of a step is written by rows, whatever it is, and in which what repeats is written.
const MOST_ROWS: usize = 10;
/// Most variables in which a full metric is.
const MOST_FULL_ROWS: usize = 100;

/// Writes `{"runs": [...]}`: for each run its `method`, `parameters`, `seed`, `status`, `lambda_min` (at a stationary
/// point), `message` and `steps`.
/// Records are replayed while they are written, so a run of any length needs no memory for it. Numbers read back
/// to the same bits; infinities and NaN are null.
///
/// The steps of a network have the mean loss on its test samples, without the l2 term, as `test_loss`, and the shares of training
/// and of test samples that are classified right as `accuracy` and `test_accuracy`, where there are test samples, and classes.
///
/// The ellipsoid of a trust region is its `matrix` by rows in up to 10 variables. Beyond, a step stays of the order of n numbers:
/// nothing is written for a sphere, M's `diagonal` for a diagonal metric, and the rows of a full one in up to 100 variables. What
/// repeats is left out there, too: a `trial` that is the geometry's `step`, a `center` that is the `x` of the row before, and a `path`
/// of which the `step` is the only point. Where one of them is missing, it is that, to the bit but for the sign of a zero.
///
/// # Errors
/// Those of the writer.
pub fn write_runs<'a>(mut out: impl Write, runs: impl IntoIterator<Item = &'a Run>) -> std::io::Result<()> {
    #[derive(Serialize)]
    struct File<'a> {
        runs: Vec<RunJson<'a>>,
    }
    let file = File { runs: runs.into_iter().map(RunJson).collect() };
    serde_json::to_writer(&mut out, &file).map_err(std::io::Error::other)?;
    out.flush()
}

/// The parameters that a run had, defaults included.
pub fn parameters(setup: &Setup) -> BTreeMap<&'static str, Setting> {
    let Ok(values) = setup.method.resolve(&setup.settings, setup.scales) else {
        return BTreeMap::new();
    };
    setup.method.declared(&setup.settings).iter().map(|p| (p.name, values.setting(p.name))).collect()
}

/// What is said of a run before what is looked at along it.
#[derive(Serialize)]
pub struct RunHead {
    method: &'static str,
    parameters: BTreeMap<&'static str, Setting>,
    seed: u64,
    status: &'static str,
    message: String,
}

impl RunHead {
    /// Of this run.
    pub fn of(run: &Run) -> Self {
        let (setup, status) = (run.setup(), run.status());
        Self {
            method: setup.method.id,
            parameters: parameters(setup),
            seed: setup.seed,
            status: status.id(),
            message: status.message(),
        }
    }

    /// The method's identifier.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

struct RunJson<'a>(&'a Run);

impl Serialize for RunJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let run = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("method", run.setup().method.id)?;
        map.serialize_entry("parameters", &parameters(run.setup()))?;
        map.serialize_entry("seed", &run.setup().seed)?;
        map.serialize_entry("status", run.status().id())?;
        map.serialize_entry("lambda_min", &run.status().lambda_min())?;
        map.serialize_entry("kind", &run.status().kind())?;
        map.serialize_entry("message", &run.status().message())?;
        map.serialize_entry("steps", &Steps(run))?;
        map.end()
    }
}

struct Steps<'a>(&'a Run);

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows(self.0))
    }
}

/// One line of a run's table.
#[derive(Serialize)]
pub(super) struct StepRow {
    pub k: u64,
    pub x: Vec<f64>,
    pub f: f64,
    pub gradient_norm: f64,
    pub accepted: bool,
    pub phase: Phase,
    /// s, where the trial was made from the row before; `None` where it is the geometry's step and n is large.
    #[serde(skip_serializing_if = "Option::is_none")]
    trial: Option<Vec<f64>>,
    pub predicted: f64,
    pub actual: f64,
    pub counts: Counts,
    geometry: GeometryJson,
    #[serde(flatten)]
    pub quality: QualityRow,
}

/// How good a network is at a row, as far as it has test samples, and classes.
#[derive(Serialize)]
pub(super) struct QualityRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    test_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_accuracy: Option<f64>,
}

impl QualityRow {
    fn new([train, test]: [Option<Quality>; 2]) -> Self {
        let accuracy = |quality: Option<Quality>| quality.and_then(|q| q.accuracy);
        Self { test_loss: test.map(|q| q.loss), accuracy: accuracy(train), test_accuracy: accuracy(test) }
    }

    /// What there is, by its name.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let all = [("test_loss", self.test_loss), ("accuracy", self.accuracy), ("test_accuracy", self.test_accuracy)];
        all.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum GeometryJson {
    Point,
    Line { direction: Vec<f64>, tried: Vec<f64> },
    TrustRegion(RegionJson),
    Cubic(CubicJson),
    Perturbation { radius: f64 },
    NegativeCurvature { direction: Vec<f64>, curvature: f64 },
}

#[derive(Serialize)]
struct RegionJson {
    metric: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    matrix: Option<Vec<Vec<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagonal: Option<Vec<f64>>,
    radius: f64,
    #[serde(flatten)]
    model: ModelJson,
}

#[derive(Serialize)]
struct CubicJson {
    sigma: f64,
    radius: f64,
    #[serde(flatten)]
    model: ModelJson,
}

/// Where a model was centred, its linear term, and what its solver found.
#[derive(Serialize)]
struct ModelJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    center: Option<Vec<f64>>,
    linear: Vec<f64>,
    step: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<Vec<f64>>>,
    exit: Exit,
    multiplier: f64,
}

impl ModelJson {
    fn new(from: &[f64], [center, linear, step]: [&[f64]; 3], path: &Path, exit: Exit, multiplier: f64) -> Self {
        let repeated = matches!(&path[..], [only] if repeats(only, step));
        Self {
            center: (!repeats(center, from)).then(|| center.to_vec()),
            linear: linear.to_vec(),
            step: step.to_vec(),
            path: (!repeated).then(|| path.iter().map(|p| p.to_vec()).collect()),
            exit,
            multiplier,
        }
    }
}

/// Whether `v` need not be written again beside `known`.
fn repeats(v: &[f64], known: &[f64]) -> bool {
    v.len() > MOST_ROWS && v == known
}

impl GeometryJson {
    fn new(record: &Step) -> Self {
        let from = &record.from;
        match &record.geometry {
            Geometry::Point => Self::Point,
            Geometry::Line { direction, tried } => Self::Line { direction: direction.to_vec(), tried: tried.clone() },
            Geometry::Perturbation { radius } => Self::Perturbation { radius: *radius },
            Geometry::NegativeCurvature { direction, curvature } => {
                Self::NegativeCurvature { direction: direction.to_vec(), curvature: *curvature }
            }
            Geometry::Cubic(cubic) => Self::Cubic(CubicJson {
                sigma: cubic.sigma,
                radius: cubic.radius(),
                model: ModelJson::new(
                    from,
                    [&cubic.center, &cubic.linear, &cubic.step],
                    &cubic.path,
                    cubic.exit,
                    cubic.multiplier,
                ),
            }),
            Geometry::TrustRegion(region) => {
                let n = region.center.len();
                Self::TrustRegion(RegionJson {
                    metric: match region.metric {
                        Metric::Sphere => "sphere",
                        Metric::Diagonal(_) => "diagonal",
                        Metric::Full(_) => "full",
                    },
                    matrix: matrix(&region.metric, n),
                    diagonal: match &region.metric {
                        Metric::Diagonal(m) if n > MOST_ROWS => Some(m.to_vec()),
                        _ => None,
                    },
                    radius: region.radius,
                    model: ModelJson::new(
                        from,
                        [&region.center, &region.linear, &region.step],
                        &region.path,
                        region.exit,
                        region.multiplier,
                    ),
                })
            }
        }
    }
}

/// s, unless it is the step of the geometry; nothing of a start.
fn trial(record: Option<&Step>) -> Option<Vec<f64>> {
    let Some(Step { trial, geometry, .. }) = record else { return Some(Vec::new()) };
    (!geometry.model_step().is_some_and(|(.., step)| repeats(trial, step))).then(|| trial.to_vec())
}

/// M by rows: every metric in few variables, a full one in some more; `None` where n² numbers a step are too many.
fn matrix(metric: &Metric, n: usize) -> Option<Vec<Vec<f64>>> {
    let most = if matches!(metric, Metric::Full(_)) { MOST_FULL_ROWS } else { MOST_ROWS };
    (n <= most).then(|| metric.to_matrix(n).chunks(n.max(1)).map(<[f64]>::to_vec).collect())
}

/// The table of a run: its start, then a row for each trial, replayed in order. `f`, `gradient_norm` and the quality are those of
/// the whole objective at the row's `x`, asked without being counted.
pub(super) fn rows(run: &Run) -> impl Iterator<Item = StepRow> + '_ {
    let objective = run.objective();
    let mut gradient = vec![0.0; objective.dim()];
    let mut row = move |k: u64, x: &[f64], step: Option<&Step>, counts: Counts| {
        let f = objective.value_gradient(x, &mut gradient);
        StepRow {
            k,
            x: x.to_vec(),
            f,
            gradient_norm: norm(&gradient),
            accepted: step.is_none_or(|s| s.verdict == Verdict::Accepted),
            phase: step.map_or(Phase::Descent, |s| s.phase),
            trial: trial(step),
            predicted: step.map_or(f64::NAN, |s| s.predicted),
            actual: step.map_or(f64::NAN, |s| s.actual),
            counts,
            geometry: step.map_or(GeometryJson::Point, GeometryJson::new),
            quality: QualityRow::new(objective.qualities(x)),
        }
    };
    let begin = run.trace().first();
    let first = row(begin, &run.iterate(begin), None, run.first_counts());
    let rest = run.records().zip(begin + 1..).map(move |((step, counts), k)| row(k, &step.x, Some(&step), counts));
    std::iter::once(first).chain(rest)
}
