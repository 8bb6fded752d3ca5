//! The connections of the diagram by keyboard.

use super::plan::{Edge, Plan};
use eframe::egui::{self, Align2, EventFilter, FontId, Key, Modifiers, Painter, Pos2, Response, Stroke, Ui, Visuals};

/// The connection that the arrows have come to.
#[derive(Default)]
pub(super) struct Cursor {
    coordinate: Option<usize>,
}

/// Where an arrow leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// So many connections on: those of a unit are neighbours.
    Along(isize),
    /// To the first connection of the next unit, or of the one before.
    Unit(isize),
}

const WAYS: [(Key, Way); 4] = [
    (Key::ArrowRight, Way::Along(1)),
    (Key::ArrowLeft, Way::Along(-1)),
    (Key::ArrowDown, Way::Unit(1)),
    (Key::ArrowUp, Way::Unit(-1)),
];

impl Cursor {
    /// The chosen connection while the diagram has the keyboard: the strongest one at first, then where the arrows lead.
    pub fn follow(&mut self, ui: &Ui, response: &Response, plan: &Plan) -> Option<Edge> {
        if !response.has_focus() {
            return None;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let mut edges = plan.edges.clone();
        edges.sort_by_key(|edge| edge.coordinate);
        let known = self.coordinate.and_then(|wanted| edges.iter().position(|edge| edge.coordinate == wanted));
        let strongest = || edges.iter().position(|edge| Some(edge.coordinate) == plan.edges.last().map(|last| last.coordinate));
        let mut at = known.or_else(strongest)?;
        ui.input_mut(|input| {
            for (key, way) in WAYS {
                for _ in 0..input.count_and_consume_key(Modifiers::NONE, key) {
                    at = way.lead(&edges, at);
                }
            }
        });
        self.coordinate = Some(edges[at].coordinate);
        Some(edges[at])
    }
}

impl Way {
    /// The place among `edges`, sorted by their coordinates, to which this leads from `at`; the ends are ends.
    fn lead(self, edges: &[Edge], at: usize) -> usize {
        let unit = |k: usize| (edges[k].layer, edges[k].output);
        let last = edges.len() - 1;
        let first_of = |k: usize| edges.iter().position(|edge| (edge.layer, edge.output) == unit(k)).unwrap_or(k);
        match self {
            Self::Along(by) => at.saturating_add_signed(by).min(last),
            Self::Unit(1) => (at..=last).find(|k| unit(*k) != unit(at)).unwrap_or(at),
            Self::Unit(_) => first_of(first_of(at).saturating_sub(1)),
        }
    }
}

/// What is said of the connection, beside it.
pub(super) fn note(painter: &Painter, at: Pos2, text: String, visuals: &Visuals) {
    let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), visuals.text_color());
    let size = galley.size() + egui::vec2(16.0, 8.0);
    let room = painter.clip_rect();
    let corner = (at + egui::vec2(12.0, 12.0)).min(room.max - size).max(room.min);
    let rect = Align2::LEFT_TOP.anchor_size(corner, size);
    painter.rect(rect, 4.0, visuals.window_fill, Stroke::new(1.0, visuals.weak_text_color()), egui::StrokeKind::Inside);
    painter.galley(corner + egui::vec2(8.0, 4.0), galley, visuals.text_color());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_reach_every_connection_and_stop_at_the_ends() {
        // 2-3-1: the weights of each unit stand together, biases lie between the layers.
        let edge =
            |layer, output, input, coordinate| Edge { coordinate, layer, input, output, ends: [Pos2::ZERO; 2], weight: 1.0 };
        let mut edges: Vec<Edge> = (0..6).map(|k| edge(1, k / 2, k % 2, k)).collect();
        edges.extend((0..3).map(|k| edge(2, 0, k, 9 + k)));
        let walk = |way: Way, mut at: usize| {
            let mut seen = vec![at];
            while seen.last() != Some(&way.lead(&edges, at)) {
                at = way.lead(&edges, at);
                seen.push(at);
            }
            seen
        };
        assert_eq!(walk(Way::Along(1), 0), (0..9).collect::<Vec<_>>());
        assert_eq!(walk(Way::Along(-1), 8), (0..9).rev().collect::<Vec<_>>());
        assert_eq!(walk(Way::Unit(1), 1), [1, 2, 4, 6]);
        assert_eq!(walk(Way::Unit(-1), 7), [7, 4, 2, 0]);
    }
}
