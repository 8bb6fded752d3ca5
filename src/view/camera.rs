//! Where the map is looked at from.

use serde::{Deserialize, Serialize};

/// Smallest half extent relative to the centre: beyond it neighbouring pixels are the same f64.
const FINEST: f64 = 1e-13;
/// Smallest and largest half extent in world units.
const LIMITS: (f64, f64) = (1e-15, 1e15);

/// The rectangle of the plane that is wanted on screen, whatever the window's size.
///
/// The extents are finite and positive and the centre is finite, whatever is read or done: a value that is not
/// becomes the unit square's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Wanted")]
pub struct Camera {
    center: [f64; 2],
    half: [f64; 2],
    equal_aspect: bool,
}

#[derive(Deserialize)]
struct Wanted {
    center: [f64; 2],
    half: [f64; 2],
    #[serde(default = "equal")]
    equal_aspect: bool,
}

fn equal() -> bool {
    true
}

impl From<Wanted> for Camera {
    fn from(wanted: Wanted) -> Self {
        Self::new(wanted.center, wanted.half, wanted.equal_aspect)
    }
}

impl Default for Camera {
    fn default() -> Self {
        Self::new([0.0; 2], [1.0; 2], true)
    }
}

/// A rectangle of the window or the picture, in pixels or points, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Left and top.
    pub min_px: [f64; 2],
    /// Width and height, taken to be between 1 and 10⁵.
    pub size_px: [f64; 2],
}

/// A camera in a viewport: the map between plane and pixels, y upwards in the plane and downwards on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The plane point in the middle of the viewport.
    pub center: [f64; 2],
    /// World units per pixel along both axes, positive.
    pub world_per_px: [f64; 2],
    /// The viewport with a sane size.
    pub viewport: Viewport,
}

impl Camera {
    /// The rectangle `center ± half`. With `equal_aspect` both axes have the same scale and the rectangle is
    /// shown whole; without, it fills the viewport.
    pub fn new(center: [f64; 2], half: [f64; 2], equal_aspect: bool) -> Self {
        let center = center.map(|c| if c.is_finite() { c.clamp(-LIMITS.1, LIMITS.1) } else { 0.0 });
        let half = [0, 1].map(|i| clamp_half(half[i], center[i]));
        Self { center, half, equal_aspect }
    }

    /// The box [x₀, x₁] × [y₀, y₁] with a margin of 0: the plot box of a landscape.
    pub fn fit(domain: [[f64; 2]; 2], equal_aspect: bool) -> Self {
        let center = domain.map(|[low, high]| 0.5 * low + 0.5 * high);
        Self::new(center, domain.map(|[low, high]| 0.5 * (high - low).abs()), equal_aspect)
    }

    /// The centre of the rectangle.
    pub fn center(&self) -> [f64; 2] {
        self.center
    }

    /// Half width and half height of the rectangle that is wanted.
    pub fn half(&self) -> [f64; 2] {
        self.half
    }

    /// Whether both axes have one scale.
    pub fn equal_aspect(&self) -> bool {
        self.equal_aspect
    }

    /// The same rectangle with or without equal scales.
    #[must_use]
    pub fn with_equal_aspect(self, equal_aspect: bool) -> Self {
        Self { equal_aspect, ..self }
    }

    /// The camera in a viewport.
    pub fn view(&self, viewport: Viewport) -> View {
        let size_px = viewport.size_px.map(|s| if s.is_finite() { s.clamp(1.0, 1e5) } else { 1.0 });
        let min_px = viewport.min_px.map(|m| if m.is_finite() { m } else { 0.0 });
        let mut world_per_px = [0, 1].map(|i| 2.0 * self.half[i] / size_px[i]);
        if self.equal_aspect {
            world_per_px = [world_per_px[0].max(world_per_px[1]); 2];
        }
        View { center: self.center, world_per_px, viewport: Viewport { min_px, size_px } }
    }

    /// Shrinks the rectangle by `factor` (> 1 zooms in) so that the plane point under `pointer_px` stays there.
    pub fn zoom_at(&mut self, viewport: Viewport, pointer_px: [f64; 2], factor: f64) {
        if !(factor.is_finite() && factor > 0.0) {
            return;
        }
        let anchor = self.view(viewport).world_from_px(pointer_px);
        let wanted = Self::new(self.center, self.half.map(|h| h / factor), self.equal_aspect);
        // One ratio for both axes, also where one of them is at its limit.
        let ratios = [0, 1].map(|i| wanted.half[i] / self.half[i]);
        let ratio = if factor > 1.0 { ratios[0].max(ratios[1]) } else { ratios[0].min(ratios[1]) };
        let center = [0, 1].map(|i| anchor[i] + (self.center[i] - anchor[i]) * ratio);
        *self = Self::new(center, self.half.map(|h| h * ratio), self.equal_aspect);
    }

    /// Moves the picture by `delta_px`, as a drag does.
    pub fn pan(&mut self, viewport: Viewport, delta_px: [f64; 2]) {
        let [wx, wy] = self.view(viewport).world_per_px;
        *self = Self::new([self.center[0] - delta_px[0] * wx, self.center[1] + delta_px[1] * wy], self.half, self.equal_aspect);
    }
}

fn clamp_half(half: f64, center: f64) -> f64 {
    let half = if half.is_finite() && half > 0.0 { half } else { 1.0 };
    half.clamp(LIMITS.0.max(center.abs() * FINEST), LIMITS.1)
}

/// Pixels p of one view at scale p + shift of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Enlargement.
    pub scale: f64,
    /// In pixels of the later view.
    pub shift_px: [f64; 2],
}

impl Motion {
    /// Where a pixel of the earlier view is in the later one.
    pub fn apply(&self, px: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|i| (self.scale * f64::from(px[i]) + self.shift_px[i]) as f32)
    }

    /// The pixel of the earlier view that is at a pixel of the later one.
    pub fn inverse(&self, px: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|i| (px[i] - self.shift_px[i]) / self.scale)
    }
}

impl View {
    /// Where a plane point is on screen.
    pub fn px_from_world(&self, world: [f64; 2]) -> [f64; 2] {
        let middle = self.middle_px();
        [
            middle[0] + (world[0] - self.center[0]) / self.world_per_px[0],
            middle[1] - (world[1] - self.center[1]) / self.world_per_px[1],
        ]
    }

    /// The plane point under a pixel.
    pub fn world_from_px(&self, px: [f64; 2]) -> [f64; 2] {
        let middle = self.middle_px();
        [self.center[0] + (px[0] - middle[0]) * self.world_per_px[0], self.center[1] - (px[1] - middle[1]) * self.world_per_px[1]]
    }

    /// Half width and half height of what is shown, in world units.
    pub fn half(&self) -> [f64; 2] {
        [0, 1].map(|i| 0.5 * self.viewport.size_px[i] * self.world_per_px[i])
    }

    /// [x₀, x₁] × [y₀, y₁] of what is shown.
    pub fn bounds(&self) -> [[f64; 2]; 2] {
        let half = self.half();
        [0, 1].map(|i| [self.center[i] - half[i], self.center[i] + half[i]])
    }

    /// The same picture with `margin_px` more on each side.
    #[must_use]
    pub fn widened(&self, margin_px: f64) -> Self {
        let Viewport { min_px, size_px } = self.viewport;
        let viewport = Viewport { min_px: min_px.map(|m| m - margin_px), size_px: size_px.map(|s| s + 2.0 * margin_px) };
        Self { viewport, ..*self }
    }

    /// How what was drawn for an earlier view has to be moved for this one; `None` where the axes are scaled apart.
    pub fn motion_from(&self, earlier: &Self) -> Option<Motion> {
        let ratio = [0, 1].map(|i| earlier.world_per_px[i] / self.world_per_px[i]);
        let (new, old) = (self.middle_px(), earlier.middle_px());
        let moved = [0, 1].map(|i| (earlier.center[i] - self.center[i]) / self.world_per_px[i]);
        // A difference beyond single precision is none: cameras lose as much on their way through a scene.
        let scale = if (ratio[0] - 1.0).abs() < 1e-7 { 1.0 } else { ratio[0] };
        let shift_px = [new[0] - scale * old[0] + moved[0], new[1] - scale * old[1] - moved[1]];
        ((ratio[0] / ratio[1] - 1.0).abs() < 1e-7).then_some(Motion { scale, shift_px })
    }

    fn middle_px(&self) -> [f64; 2] {
        [0, 1].map(|i| self.viewport.min_px[i] + 0.5 * self.viewport.size_px[i])
    }
}
