//! Lines cut to the screen.

use super::camera::View;

/// The part of a segment inside the viewport widened by `margin_px` (Liang and Barsky 1984); `None` outside.
pub fn clip_segment(from: [f64; 2], to: [f64; 2], view: &View, margin_px: f64) -> Option<[[f64; 2]; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for i in 0..2 {
        let low = view.viewport.min_px[i] - margin_px;
        let high = view.viewport.min_px[i] + view.viewport.size_px[i] + margin_px;
        let delta = to[i] - from[i];
        if delta == 0.0 {
            if from[i] < low || from[i] > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - from[i]) / delta, (high - from[i]) / delta);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    if enter > leave {
        return None;
    }
    let at = |s: f64| [from[0] + s * (to[0] - from[0]), from[1] + s * (to[1] - from[1])];
    Some([if enter == 0.0 { from } else { at(enter) }, if leave == 1.0 { to } else { at(leave) }])
}
