//! What one frame of a map is.

use super::program::{MapProgram, SLOTS};
use crate::problem::Plane;
use crate::view::{ColorMap, Field, Frame, MapStyle, Sampling, Shading, Surface, Theme, ValueScale, View};
use std::sync::Arc;

/// Numbers of the uniform block: the shading, three rows of sizes, the parameters and the plane.
const FLOATS: usize = Shading::FLOATS + 12 + 4 * SLOTS;

/// What a frame is made from.
pub struct MapInput<'a> {
    /// The function on the plane.
    pub surface: &'a dyn Surface,
    /// Its shader and the values of its parameters, where it has a formula.
    pub formula: Option<(&'a MapProgram, &'a [f64])>,
    /// The plane.
    pub plane: &'a Plane,
    /// What is in view.
    pub view: View,
    /// The colours and levels of values.
    pub scale: &'a ValueScale,
    /// What the map shows.
    pub style: &'a MapStyle,
    /// [u₀, u₁] × [v₀, v₁], the landscape's plot box.
    pub domain: [[f64; 2]; 2],
}

/// One frame of a map, ready for the device. Cheap to clone: keep it as long as its input stays the same.
#[derive(Clone, Debug)]
pub struct MapFrame {
    pub(super) source: Source,
    pub(super) floats: [f32; FLOATS],
    pub(super) colors: (ColorMap, Theme),
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    Formula(MapProgram),
    Field(Arc<Field>),
}

impl MapFrame {
    /// The frame of `input`: by the formula's shader where f32 draws lines within a tenth of a pixel, else from a
    /// field sampled in f64.
    pub fn new(input: &MapInput<'_>) -> Self {
        let frame = Frame::new(input.surface, &input.view, input.scale);
        Self::shaded(input, &frame).unwrap_or_else(|| {
            let field = Field::sample(input.surface, &input.view, &frame);
            Self::from_field(input, &frame, field)
        })
    }

    /// As [`new`](Self::new), but a field is a coarse one that costs nothing, and comes with the sampling that refines it.
    pub fn coarse(input: &MapInput<'_>) -> (Self, Option<Sampling>) {
        let (frame, field) = Frame::with_field(input.surface, &input.view, input.scale);
        match Self::shaded(input, &frame) {
            Some(shaded) => (shaded, None),
            None => (Self::from_field(input, &frame, field), Some(Sampling::new(&input.view, &frame))),
        }
    }

    /// The same frame from another field of its view.
    #[must_use]
    pub fn refined(&self, field: Field) -> Self {
        let mut frame = Self { source: Source::Field(Arc::new(field)), ..self.clone() };
        frame.set_grid();
        frame
    }

    /// The frame by the formula's shader where f32 suffices for it.
    fn shaded(input: &MapInput<'_>, frame: &Frame) -> Option<Self> {
        let usable = |program: &MapProgram| frame.single_precision && program.failure().is_none();
        let (program, parameters) = input.formula?;
        let fits = input.plane.dim() <= SLOTS && parameters.len() <= SLOTS;
        (usable(program) && fits).then(|| Self::by_formula(input, frame, program, parameters))
    }

    /// The frame by the formula's shader, whatever the precision.
    pub(super) fn by_formula(input: &MapInput<'_>, frame: &Frame, program: &MapProgram, parameters: &[f64]) -> Self {
        let mut floats = uniforms(input, frame, true);
        let [u, v] = input.view.center;
        let at = Shading::FLOATS + 12;
        floats[at - 4] = frame.reference() as f32;
        floats[at - 3] = program.columns() as f32;
        // The plane is centred anew in f64: f32 then has to resolve the view only, not its place.
        let center = input.plane.point(u, v);
        for (block, numbers) in [parameters, &center, &input.plane.a, &input.plane.b].into_iter().enumerate() {
            for (slot, value) in floats[at + block * SLOTS..][..SLOTS].iter_mut().zip(numbers) {
                *slot = *value as f32;
            }
        }
        Self { source: Source::Formula(program.clone()), floats, colors: (input.style.colors, input.style.theme) }
    }

    /// The frame from a field of its view.
    fn from_field(input: &MapInput<'_>, frame: &Frame, field: Field) -> Self {
        let (source, colors) = (Source::Field(Arc::new(field)), (input.style.colors, input.style.theme));
        let mut frame = Self { source, floats: uniforms(input, frame, false), colors };
        frame.set_grid();
        frame
    }

    /// The size of the field among the uniforms.
    fn set_grid(&mut self) {
        if let Source::Field(field) = &self.source {
            let grid = [field.columns as f32, field.rows as f32, field.cell[0] as f32, field.cell[1] as f32];
            self.floats[Shading::FLOATS + 4..][..4].copy_from_slice(&grid);
        }
    }

    /// Whether the map comes from a field sampled in f64 rather than from the formula's shader.
    pub fn is_field(&self) -> bool {
        matches!(self.source, Source::Field(_))
    }
}

fn uniforms(input: &MapInput<'_>, frame: &Frame, f32_formula: bool) -> [f32; FLOATS] {
    let half = input.domain.map(|[low, high]| 0.5 * (high - low));
    let shading = frame.shading(&input.view, input.scale, input.style, half, f32_formula);
    let mut floats = [0.0; FLOATS];
    floats[..Shading::FLOATS].copy_from_slice(&shading.floats());
    let window = input.view.half();
    floats[Shading::FLOATS] = window[0] as f32;
    floats[Shading::FLOATS + 1] = window[1] as f32;
    floats
}
