//! The methods' names at the ends of their paths, placed without overlap; those without room in a compact legend.

use super::super::icons::dashed;
use super::super::standing;
use super::super::theme::{color, theme_of};
use super::rim;
use crate::run::Status;
use crate::view::{Theme, series_dash};
use eframe::egui::{self, Color32, FontId, Painter, Pos2, Rect, Stroke, Vec2, pos2, vec2};
use std::collections::HashMap;
use std::f32::consts::TAU;

/// Distances from the end of a path at which its name is tried, and directions at each.
const DISTANCES: [f32; 4] = [13.0, 26.0, 44.0, 66.0];
const DIRECTIONS: usize = 12;

/// A name to be placed.
pub struct Name {
    /// Whose: colour, dash, and the memory of its place.
    pub series: usize,
    /// The text.
    pub text: String,
    /// The end of its path.
    pub at: Pos2,
    /// In which state it ended, where it has.
    pub state: Option<Status>,
}

/// What names leave free.
#[derive(Default)]
pub struct Taken {
    /// Grounds of text and of switches: the leader of a name keeps off them, too.
    pub cards: Vec<Rect>,
    /// Marks on the map.
    pub marks: Vec<Rect>,
}

impl Taken {
    /// Whether a name may stand in `found`, with its leader where it has one.
    fn leaves(&self, found: Rect, leader: Option<[Pos2; 2]>) -> bool {
        let clear = |card: &Rect| leader.is_none_or(|[from, to]| !cuts(from, to, *card));
        !self.cards.iter().chain(&self.marks).any(|other| other.intersects(found)) && self.cards.iter().all(clear)
    }
}

/// Whether the line between two points runs through a rectangle.
fn cuts(from: Pos2, to: Pos2, rect: Rect) -> bool {
    if !rect.is_positive() {
        return false;
    }
    let along = to - from;
    let mut part = [0.0_f32, 1.0];
    for (start, step, low, high) in [(from.x, along.x, rect.min.x, rect.max.x), (from.y, along.y, rect.min.y, rect.max.y)] {
        if step == 0.0 {
            if start < low || start > high {
                return false;
            }
            continue;
        }
        let ends = [(low - start) / step, (high - start) / step];
        part = [part[0].max(ends[0].min(ends[1])), part[1].min(ends[0].max(ends[1]))];
    }
    part[0] <= part[1]
}

/// The line from the end of a path to its name, where the name stands apart.
fn leader(place: usize, at: Pos2, found: Rect) -> Option<[Pos2; 2]> {
    let foot = found.clamp(at);
    (place >= DIRECTIONS).then(|| [at + 7.0 * (foot - at).normalized(), foot])
}

/// Side of the icon of a state.
const ICON: f32 = 14.0;

/// Where names stood in the last frame: a place is left only when something else takes it.
#[derive(Default)]
pub struct Names {
    places: HashMap<usize, usize>,
    /// Whether runs grew in the last frame.
    growing: bool,
}

impl Names {
    /// Follows the runs of a network: once they have come to their ends, names take the best places, whatever was taken on the way.
    pub fn follow(&mut self, growing: bool) {
        if self.growing && !growing {
            self.places.clear();
        }
        self.growing = growing;
    }

    /// Places the names in `rect`, away from what is `taken` and, where there is room, from what `crossed` says has a
    /// path in it. While the names are `moving` they keep their places also over paths.
    pub fn draw(
        &mut self,
        ui: &egui::Ui,
        painter: &Painter,
        rect: Rect,
        names: &[Name],
        mut taken: Taken,
        crossed: impl Fn(Rect) -> bool,
        moving: bool,
    ) {
        let theme = theme_of(ui.visuals());
        let font = FontId::proportional(13.0);
        let casing = color(theme.casing());
        taken.marks.extend(names.iter().map(|name| Rect::from_center_size(name.at, vec2(12.0, 12.0))));
        let (mut left_out, mut placed) = (Vec::new(), Vec::new());
        for name in names.iter().filter(|name| rect.contains(name.at)) {
            let galley = painter.layout_no_wrap(name.text.clone(), font.clone(), Color32::PLACEHOLDER);
            let icon = if name.state.is_some() { ICON + 3.0 } else { 0.0 };
            let size = galley.size() + vec2(8.0 + icon, 2.0);
            let fits = |place: usize| {
                let found = place_of(place, name.at, size);
                let free = rect.shrink(3.0).contains_rect(found) && taken.leaves(found, leader(place, name.at, found));
                free.then_some((place, found))
            };
            let clear = |place: usize| fits(place).filter(|(_, found)| !crossed(*found));
            let all = || 0..DISTANCES.len() * DIRECTIONS;
            let kept = self.places.get(&name.series).and_then(|place| if moving { fits(*place) } else { clear(*place) });
            let Some((place, found)) = kept.or_else(|| all().find_map(clear)).or_else(|| all().find_map(fits)) else {
                self.places.remove(&name.series);
                left_out.push(name);
                continue;
            };
            self.places.insert(name.series, place);
            let tone = color(theme.series(name.series));
            if let Some(line) = leader(place, name.at, found) {
                painter.line_segment(line, Stroke::new(2.8, casing.gamma_multiply(0.7)));
                painter.line_segment(line, Stroke::new(1.0, tone));
            }
            placed.push((found, galley, tone, name.state.as_ref()));
            taken.cards.push(found.expand(1.0));
        }
        for (found, galley, tone, state) in placed {
            painter.rect_filled(found, 4.0, casing.gamma_multiply(0.78));
            if let Some(state) = state {
                state_icon(ui, painter, pos2(found.right() - 4.0 - 0.5 * ICON, found.center().y), state);
            }
            painter.galley(found.min + vec2(4.0, 1.0), galley, tone);
        }
        if !left_out.is_empty() {
            legend(ui, painter, rect, &left_out, &taken.cards, theme);
        }
    }
}

/// The rectangle of a text of `size` at the `place`-th place around `at`: to the right first, then up and round.
fn place_of(place: usize, at: Pos2, size: Vec2) -> Rect {
    const ORDER: [usize; DIRECTIONS] = [1, 11, 0, 2, 10, 7, 5, 6, 3, 9, 4, 8];
    let angle = TAU * ORDER[place % DIRECTIONS] as f32 / DIRECTIONS as f32;
    let distance = DISTANCES[place / DIRECTIONS];
    let (sin, cos) = angle.sin_cos();
    let anchor = at + distance * vec2(cos, -sin);
    let centre = anchor + vec2(0.5 * size.x * cos.clamp(-1.0, 1.0), -0.5 * size.y * sin);
    Rect::from_center_size(centre, size)
}

/// The names without a place, at the lower right above what stands there.
fn legend(ui: &egui::Ui, painter: &Painter, rect: Rect, names: &[&Name], cards: &[Rect], theme: Theme) {
    let font = FontId::proportional(12.0);
    let ink = ui.visuals().text_color();
    let words = |name: &Name| name.state.as_ref().map_or(String::new(), |state| format!(", {}", state.words()));
    let layout = |name: &&Name| painter.layout_no_wrap(name.text.clone() + &words(name), font.clone(), Color32::PLACEHOLDER);
    let galleys: Vec<_> = names.iter().map(layout).collect();
    let width = galleys.iter().map(|g| g.size().x).fold(0.0, f32::max) + 49.0 + ICON;
    let row = 18.0;
    let corner = pos2(rect.right() - 10.0 - width, rect.bottom() - rim::LOWER_STRIP - 10.0 - row * names.len() as f32 - 8.0);
    let card = Rect::from_min_size(corner, vec2(width, row * names.len() as f32 + 8.0));
    let card = above(card, cards);
    if !rect.contains_rect(card) {
        return;
    }
    rim::card(painter, card, ui.visuals().window_fill);
    for (i, (name, galley)) in names.iter().zip(galleys).enumerate() {
        let y = card.top() + 4.0 + row * (i as f32 + 0.5);
        let line = [pos2(card.left() + 8.0, y), pos2(card.left() + 32.0, y)];
        painter.extend(dashed(&line, Stroke::new(2.5, color(theme.series(name.series))), series_dash(name.series)));
        if let Some(state) = &name.state {
            state_icon(ui, painter, pos2(card.left() + 38.0 + 0.5 * ICON, y), state);
        }
        painter.galley(pos2(card.left() + 41.0 + ICON, y - 0.5 * galley.size().y), galley, ink);
    }
}

/// A card moved up until it is on none of the others.
fn above(mut card: Rect, others: &[Rect]) -> Rect {
    while let Some(other) = others.iter().find(|other| other.is_positive() && other.intersects(card)) {
        card = card.translate(vec2(0.0, other.top() - 6.0 - card.bottom()));
    }
    card
}

fn state_icon(ui: &egui::Ui, painter: &Painter, at: Pos2, state: &Status) {
    let (icon, color) = standing::state(state, ui.visuals());
    icon.paint(painter, Rect::from_center_size(at, Vec2::splat(ICON)), color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaders_keep_off_cards_and_may_cross_marks() {
        let card = Rect::from_min_max(pos2(10.0, 10.0), pos2(110.0, 30.0));
        let line = |x0: f32, y0: f32, x1: f32, y1: f32| cuts(pos2(x0, y0), pos2(x1, y1), card);
        assert!(line(50.0, 0.0, 50.0, 40.0) && line(0.0, 0.0, 120.0, 40.0) && line(60.0, 20.0, 61.0, 20.0));
        assert!(
            !line(50.0, 0.0, 50.0, 9.0)
                && !line(0.0, 0.0, 200.0, 9.0)
                && !line(5.0, 31.0, 9.0, 40.0)
                && !line(0.0, 20.0, 9.0, 5.0)
        );
        assert!(!cuts(pos2(0.0, 0.0), pos2(1.0, 1.0), Rect::NOTHING));
        let at = pos2(60.0, 0.0);
        let below = Rect::from_center_size(pos2(60.0, 50.0), vec2(60.0, 16.0));
        let taken = Taken { cards: vec![card], marks: Vec::new() };
        assert!(!taken.leaves(below, leader(3 * DIRECTIONS, at, below)) && taken.leaves(below, None));
        let lower = above(card, &[card, card.translate(vec2(20.0, -30.0)), Rect::NOTHING]);
        assert_eq!(lower, card.translate(vec2(0.0, -56.0)));
        assert!(Taken { cards: Vec::new(), marks: vec![card] }.leaves(below, leader(3 * DIRECTIONS, at, below)));
    }
}
