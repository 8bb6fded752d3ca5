//! The layers over the map: the window and the picture files only put them to pixels.

use super::camera::View;
use super::color::{Rgb, Theme, series_dash};
use super::ellipse::Ellipse;
use crate::problem::Kind;

/// A dash pattern in pixels, on and off in turn; empty for a solid line.
pub type Dash = &'static [f32];

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub color: Rgb,
    /// Opacity in [0, 1].
    pub opacity: f32,
    /// Width in pixels.
    pub width_px: f32,
    /// Pattern.
    pub dash: Dash,
    /// The colour of a wider line beneath that parts the line from the map.
    pub casing: Option<Rgb>,
}

/// A point mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marker {
    /// Where, in the plane.
    pub at: [f64; 2],
    /// Its form.
    pub shape: MarkerShape,
    /// Half of its size in pixels.
    pub radius_px: f32,
    /// Inside.
    pub fill: Option<Rgb>,
    /// Outline.
    pub outline: Rgb,
}

/// Forms of marks. They differ by form, not only by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerShape {
    /// An iterate; filled for an accepted step, open for a rejected one.
    Circle,
    /// A minimum.
    Disc,
    /// A saddle.
    Cross,
    /// A maximum.
    Triangle,
    /// A degenerate critical point.
    Diamond,
    /// A start point: a ring around a dot.
    Ring,
}

/// Text at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where, in the plane.
    pub at: [f64; 2],
    /// From there in pixels, y downwards.
    pub offset_px: [f32; 2],
    /// The text.
    pub text: String,
    /// Its colour.
    pub color: Rgb,
}

/// One thing over the map, in plane coordinates with sizes in pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A path; to be reduced to the view by a [`Sketch`](super::Sketch).
    Path {
        /// Its points.
        points: Vec<[f64; 2]>,
        /// Its line.
        stroke: Stroke,
        /// Radius of a dot at each iterate that has room (see [`Sketch`](super::Sketch)); 0 for none.
        dot_px: f32,
    },
    /// A closed region.
    Region {
        /// Its boundary.
        outline: Vec<[f64; 2]>,
        /// Line of the boundary.
        stroke: Stroke,
        /// Opacity of the inside, in the colour of the line.
        fill: f32,
    },
    /// Separate segments: contours of a model.
    Segments {
        /// End points.
        segments: Vec<[[f64; 2]; 2]>,
        /// Their line.
        stroke: Stroke,
    },
    /// A mark.
    Marker(Marker),
    /// A text.
    Label(Label),
}

/// The path of the `series`-th method through its iterates.
pub fn trajectory(points: Vec<[f64; 2]>, series: usize, theme: Theme) -> Layer {
    let color = theme.series(series);
    let stroke = Stroke { color, opacity: 1.0, width_px: 2.0, dash: series_dash(series), casing: Some(theme.casing()) };
    Layer::Path { points, stroke, dot_px: 2.4 }
}

/// A trust region of the `series`-th method: solid and faintly filled for an accepted step, dashed and open for a rejected one.
pub fn region(ellipse: &Ellipse, series: usize, accepted: bool, theme: Theme) -> Layer {
    let dash: Dash = if accepted { &[] } else { &[4.0, 3.0] };
    let stroke = Stroke { color: theme.series(series), opacity: 0.95, width_px: 1.5, dash, casing: Some(theme.casing()) };
    Layer::Region { outline: ellipse.polygon(128), stroke, fill: if accepted { 0.10 } else { 0.0 } }
}

/// The current iterate of the `series`-th method; open where the last step was rejected.
pub fn iterate(at: [f64; 2], series: usize, accepted: bool, theme: Theme) -> Layer {
    let color = theme.series(series);
    let (fill, outline) = if accepted { (color, theme.casing()) } else { (theme.casing(), color) };
    Layer::Marker(Marker { at, shape: MarkerShape::Circle, radius_px: 5.0, fill: Some(fill), outline })
}

/// The common start point.
pub fn start(at: [f64; 2], theme: Theme) -> Layer {
    Layer::Marker(Marker { at, shape: MarkerShape::Ring, radius_px: 7.0, fill: Some(theme.casing()), outline: theme.ink() })
}

/// A critical point, its form by its kind; nothing for a regular point.
pub fn critical_point(at: [f64; 2], kind: Kind, theme: Theme) -> Option<Layer> {
    let shape = match kind {
        Kind::Minimum => MarkerShape::Disc,
        Kind::Saddle => MarkerShape::Cross,
        Kind::Maximum => MarkerShape::Triangle,
        Kind::Degenerate => MarkerShape::Diamond,
        Kind::Regular => return None,
    };
    Some(Layer::Marker(Marker { at, shape, radius_px: 5.0, fill: Some(theme.ink()), outline: theme.casing() }))
}

/// Whether an iterate at `x` covers a mark at `at`.
pub fn is_on(x: [f64; 2], at: [f64; 2], view: &View) -> bool {
    let ([a, b], [c, d]) = (view.px_from_world(x), view.px_from_world(at));
    libm::hypot(a - c, b - d) < 8.0
}

/// A critical point with an iterate on it: the same mark, so large that its rim is seen around the iterate.
pub fn crowded(mark: Marker) -> Marker {
    Marker { radius_px: if mark.shape == MarkerShape::Cross { 12.0 } else { mark.radius_px.max(9.0) }, ..mark }
}

/// A critical point that is one of a continuum.
pub fn critical_family(at: [f64; 2], theme: Theme) -> Layer {
    let (shape, fill) = (MarkerShape::Diamond, Some(theme.faint_ink()));
    Layer::Marker(Marker { at, shape, radius_px: 2.6, fill, outline: theme.casing() })
}

/// Contours of the model of the `series`-th method inside its region (see [`model_contours`](super::model_contours)).
pub fn model(segments: Vec<[[f64; 2]; 2]>, series: usize, theme: Theme) -> Layer {
    let stroke = Stroke { color: theme.series(series), opacity: 0.7, width_px: 1.0, dash: &[], casing: None };
    Layer::Segments { segments, stroke }
}
