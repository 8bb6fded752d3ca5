//! What is seen, as data: camera, ticks, the colour of a pixel, the layers over the map.
//!
//! May import `formula`, `linalg`, `problem`, `optim`, `run`, `measure` and `scene`, but neither egui nor wgpu: the
//! window and the picture files draw what is computed here, and a shader repeats [`shade()`] line for line.

pub mod anatomy;
mod camera;
mod clip;
pub mod color;
pub mod contour;
mod ellipse;
mod field;
mod frame;
mod layers;
mod of_scene;
mod phases;
mod sampled;
mod scale;
mod shade;
mod sketch;
mod spectral;
mod step_layers;
mod surface;
mod ticks;

pub use camera::{Camera, Motion, View, Viewport};
pub use clip::clip_segment;
pub use color::{ColorMap, Rgb, Theme, series_dash};
pub use ellipse::{Ellipse, model_contours};
pub use field::{Field, Sampling};
pub use frame::Frame;
pub use layers::{
    Dash, Label, Layer, Marker, MarkerShape, Stroke, critical_family, critical_point, crowded, is_on, iterate, model, region,
    start, trajectory,
};
pub use of_scene::{map_style, plot_box, problem_scale, scene_camera};
pub use phases::{PhaseBand, phase_bands};
pub use sampled::{SampledSurface, SliceSampling};
pub use scale::{Levels, ScaleKind, ValueScale};
pub use shade::{MapStyle, Sample, Shading, Tint, shade};
pub use sketch::{Sketch, Spot, Vertex, dashes};
pub use spectral::{Bins, SpectralAxis};
pub use step_layers::{
    QUIET, arrow, kick, layer_order, looks, outline, region_trail, rejected_trial, searched, section, step_details, step_model,
    step_region, trail_region,
};
pub use surface::{Jet, Slice, Surface, rectangle_values};
pub use ticks::{Tick, Ticks, decade, log_ticks, spread, ticks};
