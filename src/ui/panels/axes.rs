//! Grid marks and labels of plots; on a logarithmic axis the coordinates are decades.

use crate::ui::number;
use crate::view::ticks;
use egui_plot::GridMark;

/// The marks of an axis from `low` to `high`: whole decades on a logarithmic one.
pub(super) fn marks(log: bool, low: f64, high: f64) -> Vec<GridMark> {
    let mark = |value: f64| GridMark { value, step_size: high - low };
    if log {
        let every = ((high - low) / 4.0).ceil().max(1.0);
        let first = (low / every).ceil() as i64;
        let last = (high / every).floor() as i64;
        return (first..=last.min(first + 64)).map(|k| mark(k as f64 * every)).collect();
    }
    ticks(low, high, 3).ticks.iter().map(|tick| mark(tick.value)).collect()
}

/// The number at a mark.
pub(super) fn label(log: bool, value: f64) -> String {
    if !log {
        return number::short(value, 3);
    }
    match value.round() as i32 {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        k => format!("10{}", number::superscript(k)),
    }
}
