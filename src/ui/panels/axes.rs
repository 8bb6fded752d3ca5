//! Grid marks and labels of plots; on a logarithmic axis the coordinates are decades.

use crate::ui::number;
use crate::view::{decade, log_ticks, spread, ticks};
use eframe::egui::{AsIdSalt, Ui, Vec2};
use egui_plot::{GridMark, Plot};

/// A plot that stays where it is put: nothing in it is dragged or zoomed.
pub(super) fn still<'a>(ui: &Ui, id: impl AsIdSalt) -> Plot<'a> {
    Plot::new(id)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .show_crosshair(false)
        .grid_color(ui.visuals().widgets.noninteractive.bg_stroke.color)
        .set_margin_fraction(Vec2::ZERO)
        .label_formatter(|_| None)
}

/// About so many marks of an axis from `low` to `high`, two at least: powers of ten on a logarithmic one, and where there are few
/// of them round numbers.
pub(super) fn marks(log: bool, low: f64, high: f64, count: usize) -> Vec<GridMark> {
    let values = if log {
        let found = log_ticks(libm::exp10(low), libm::exp10(high), count).ticks;
        found.into_iter().map(|tick| libm::log10(tick.value)).collect()
    } else {
        linear(low, high, count)
    };
    values.into_iter().map(|value| GridMark { value, step_size: high - low }).collect()
}

/// How many marks have room on so many points, each with as many for its number.
pub(super) fn count(length: f32, each: f32) -> usize {
    (length / each).clamp(3.0, 12.0) as usize
}

fn linear(low: f64, high: f64, count: usize) -> Vec<f64> {
    let mut found = ticks(low, high, count).ticks;
    if found.len() < 2 && low < high {
        found = spread(count, false, |t| low + t * (high - low), |v| (v - low) / (high - low));
    }
    found.into_iter().map(|tick| tick.value).collect()
}

/// The number at a mark of [`marks`], in as many digits as tell it from the next.
pub(super) fn label(log: bool, mark: &GridMark) -> String {
    let exponent = |v: f64| libm::floor(libm::log10(v.abs().max(1e-300)));
    let digits = |finer: f64| (finer + 3.0).clamp(3.0, 12.0) as usize;
    let whole = mark.value.round();
    if !log {
        number::short(mark.value, digits(exponent(mark.value) - exponent(mark.step_size)))
    } else if (mark.value - whole).abs() < 1e-9 {
        decade(whole as i32)
    } else {
        number::short(libm::exp10(mark.value), digits(-exponent(mark.step_size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_axis_has_two_numbers_with_room_between_them() {
        for (log, sizes) in
            [(true, [0.01, 0.3, 0.9, 1.9, 2.1, 3.5, 9.0, 40.0]), (false, [1e-3, 0.5, 0.9, 1.9, 7.0, 60.0, 1e3, 1e6])]
        {
            for size in sizes {
                for low in [-7.3, -0.852, -0.1, 0.0, 0.24, 3.0] {
                    for room in 3..7 {
                        let found = marks(log, low, low + size, room);
                        let told: Vec<String> = found.iter().map(|mark| label(log, mark)).collect();
                        let case = format!("{log} {low} {size} {room}: {told:?}");
                        assert!(found.len() > 1 && found.len() <= room + 2, "{case}");
                        assert!(found.iter().all(|mark| (low - 1e-9..=low + size + 1e-9).contains(&mark.value)), "{case}");
                        let least = found.windows(2).map(|pair| pair[1].value - pair[0].value).fold(f64::INFINITY, f64::min);
                        assert!(least > 0.99 * size / room as f64 || found.len() == 2, "{case}");
                        assert!(told.windows(2).all(|pair| pair[0] != pair[1]), "{case}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_loss_within_a_decade_is_read_off() {
        let told = |low: f64, high: f64, count: usize| -> Vec<String> {
            marks(true, libm::log10(low), libm::log10(high), count).iter().map(|mark| label(true, mark)).collect()
        };
        assert_eq!(told(0.14, 1.2, 4), ["0.2", "0.5", "1"]);
        assert_eq!(told(0.22, 0.27, 3), ["0.22", "0.25", "0.27"]);
        assert_eq!(told(1e-9, 1.2, 4), ["10⁻⁹", "10⁻⁶", "0.001", "1"]);
    }
}
