//! The weights of the diagram by keyboard: every one is reached, whether or not there is room to draw it.

use super::plan::{Face, Node, Plan};
use super::subject::{Kind, Subject};
use super::target::Scenery;
use crate::problem::network::Layer;
use eframe::egui::{EventFilter, FontId, Key, Modifiers, Painter, Rect, Response, Stroke, StrokeKind, Ui, Visuals, vec2};

/// The weight that the keys have come to.
#[derive(Default)]
pub(super) struct Cursor {
    coordinate: Option<usize>,
    /// Whether the keys have had the last word, and not the pointer.
    leads: bool,
}

/// A weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Its place among the parameters.
    pub coordinate: usize,
    /// The place of the bias of the unit that it leads to.
    pub bias: usize,
    /// The layer that it leads to, from 1 on.
    pub layer: usize,
    /// The unit that it comes from.
    pub input: usize,
    /// The unit that it leads to.
    pub output: usize,
    /// Pixels in a row, where the weights of a unit are an image.
    pub across: Option<usize>,
}

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To the next weight of the unit, at its end to the next unit, or back.
    Along(isize),
    /// In an image to the next row or the one before, else to another unit.
    Row(isize),
    /// To the same weight of the next unit, or of the one before.
    Unit(isize),
}

const WAYS: [(Key, Way); 6] = [
    (Key::ArrowRight, Way::Along(1)),
    (Key::ArrowLeft, Way::Along(-1)),
    (Key::ArrowDown, Way::Row(1)),
    (Key::ArrowUp, Way::Row(-1)),
    (Key::PageDown, Way::Unit(1)),
    (Key::PageUp, Way::Unit(-1)),
];

/// In what order the keys lead through the weights of a layer: unit by unit.
#[derive(Clone, Copy, Debug)]
struct Order {
    /// Units whose weights stand together: those that the layer leads to, of an image that is the output those that it comes from.
    units: usize,
    /// Weights of such a unit.
    places: usize,
    /// Whether the units are those that the layer comes from.
    by_input: bool,
    /// Pixels in a row, where the weights of a unit are an image.
    across: Option<usize>,
}

impl Order {
    fn new(layer: &Layer, face: Face, width: Option<usize>) -> Self {
        let [inputs, outputs] = [layer.inputs, layer.outputs];
        match face {
            Face::Whole => Self { units: inputs, places: outputs, by_input: true, across: width },
            Face::Incoming => Self { units: outputs, places: inputs, by_input: false, across: width },
            _ => Self { units: outputs, places: inputs, by_input: false, across: None },
        }
    }

    fn of_layers(plan: &Plan, subject: &Subject, layers: &[Layer]) -> Vec<Self> {
        let width = match subject.kind {
            Kind::Images { shape: [_, width], .. } => Some(width),
            _ => None,
        };
        layers.iter().zip(&plan.columns[1..]).map(|(layer, column)| Self::new(layer, column.face, width)).collect()
    }
}

/// A layer from 0 on, a unit of its order and a place there.
type Position = [usize; 3];

impl Way {
    /// Where this leads from a position; the ends are ends.
    fn lead(self, orders: &[Order], [l, unit, place]: Position) -> Position {
        let order = orders[l];
        // To the unit after or before, of another layer at the ends.
        let next = |forward: bool| match (forward, unit) {
            (true, unit) if unit + 1 < order.units => Some([l, unit + 1]),
            (true, _) if l + 1 < orders.len() => Some([l + 1, 0]),
            (false, unit) if unit > 0 => Some([l, unit - 1]),
            (false, _) if l > 0 => Some([l - 1, orders[l - 1].units - 1]),
            _ => None,
        };
        let stay = [l, unit, place];
        let inside = |place: Option<usize>| place.filter(|place| *place < order.places);
        match (self, order.across) {
            (Self::Row(by), Some(width)) => {
                let there = if by > 0 { place.checked_add(width) } else { place.checked_sub(width) };
                inside(there).map_or(stay, |place| [l, unit, place])
            }
            (Self::Row(by) | Self::Unit(by), _) => {
                next(by > 0).map_or(stay, |[m, other]| [m, other, if m == l { place } else { place.min(orders[m].places - 1) }])
            }
            (Self::Along(by), _) => match inside(place.checked_add_signed(by)) {
                Some(place) => [l, unit, place],
                None => next(by > 0).map_or(stay, |[m, other]| [m, other, if by > 0 { 0 } else { orders[m].places - 1 }]),
            },
        }
    }
}

/// The weight at a position.
fn spot(orders: &[Order], layers: &[Layer], [l, unit, place]: Position) -> Spot {
    let (order, layer) = (orders[l], &layers[l]);
    let [output, input] = if order.by_input { [place, unit] } else { [unit, place] };
    let coordinate = layer.weights.start + output * layer.inputs + input;
    Spot { coordinate, bias: layer.bias.start + output, layer: l + 1, input, output, across: order.across }
}

/// The position of a weight.
fn position(orders: &[Order], layers: &[Layer], coordinate: usize) -> Option<Position> {
    let l = layers.iter().position(|layer| layer.weights.contains(&coordinate))?;
    let offset = coordinate - layers[l].weights.start;
    let [output, input] = [offset / layers[l].inputs, offset % layers[l].inputs];
    Some(if orders[l].by_input { [l, input, output] } else { [l, output, input] })
}

impl Cursor {
    /// Whether the chosen weight goes before what the pointer rests on.
    pub fn leads(&self) -> bool {
        self.leads
    }

    /// The chosen weight while the diagram has the keyboard: at first that of the strongest connection that is drawn, else the first one; then
    /// where the keys lead.
    pub fn follow(&mut self, ui: &Ui, response: &Response, plan: &Plan, subject: &Subject, layers: &[Layer]) -> Option<Spot> {
        if !response.has_focus() || layers.is_empty() {
            return None;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let orders = Order::of_layers(plan, subject, layers);
        let known = self.coordinate.and_then(|coordinate| position(&orders, layers, coordinate));
        let strongest = || plan.edges.last().and_then(|edge| position(&orders, layers, edge.coordinate));
        let mut at = known.or_else(strongest).unwrap_or_default();
        ui.input_mut(|input| {
            self.leads &= !input.pointer.is_moving() && !input.pointer.any_pressed();
            for (key, way) in WAYS {
                for _ in 0..input.count_and_consume_key(Modifiers::NONE, key) {
                    at = way.lead(&orders, at);
                    self.leads = true;
                }
            }
        });
        let spot = spot(&orders, layers, at);
        self.coordinate = Some(spot.coordinate);
        Some(spot)
    }
}

/// Marks the chosen weight; returns beside what it is to be told.
pub(super) fn mark(painter: &Painter, scenery: Scenery<'_>, spot: &Spot, visuals: &Visuals) -> Rect {
    let stroke = Stroke::new(3.0, visuals.text_color());
    let columns = &scenery.plan.columns;
    let [from, to] = [&columns[spot.layer - 1], &columns[spot.layer]];
    let drawn = |nodes: &[Node], unit: usize| nodes.get(unit).map(|node| node.rect);
    // Where the weight is a pixel of a unit's image, that unit; of the output's image, where the unit has no picture of its own.
    let image = match (from.face, to.face) {
        (_, Face::Incoming) => Some((drawn(&to.nodes, spot.output), spot.input)),
        (Face::Outgoing, Face::Whole) => Some((drawn(&from.nodes, spot.input), spot.output)),
        (_, Face::Whole) => Some((drawn(&to.nodes, 0), spot.output)),
        _ => None,
    };
    if let Some((Some(rect), pixel)) = image {
        ring(painter, rect, visuals);
        let there = scenery.pixel_rect(rect, pixel).unwrap_or(rect);
        let casing = Stroke::new(3.0, visuals.panel_fill);
        painter.rect_stroke(there.expand(1.0), 1.0, casing, StrokeKind::Outside);
        painter.rect_stroke(there, 1.0, Stroke::new(2.0, visuals.text_color()), StrokeKind::Outside);
        return rect;
    }
    let ends = [drawn(&from.nodes, spot.input), drawn(&to.nodes, spot.output)];
    match ends {
        [Some(begin), Some(end)] if image.is_none() => {
            let ends = [begin.right_center(), end.left_center()];
            painter.line_segment(ends, stroke);
            Rect::from_pos(ends[0].lerp(ends[1], 0.5))
        }
        // What has no room is told below its layer.
        [begin, end] => {
            for rect in begin.into_iter().chain(end).filter(|_| image.is_none()) {
                ring(painter, rect, visuals);
            }
            let column = if image.is_some() && from.face == Face::Outgoing || begin.is_none() { from } else { to };
            let last = column.nodes.last().map_or(painter.clip_rect().center(), |node| node.rect.center_bottom());
            Rect::from_pos(last)
        }
    }
}

/// A frame about a unit.
pub(super) fn ring(painter: &Painter, rect: Rect, visuals: &Visuals) {
    painter.rect_stroke(rect.expand(2.0), 3.0, Stroke::new(2.0, visuals.text_color()), StrokeKind::Outside);
}

/// What is said of the weight, beside what is marked and not over it.
pub(super) fn note(painter: &Painter, marked: Rect, text: String, visuals: &Visuals) {
    let galley = painter.layout_no_wrap(text, FontId::proportional(12.0), visuals.text_color());
    let size = galley.size() + vec2(16.0, 8.0);
    let room = painter.clip_rect();
    let (beside, marked) = (marked.expand(12.0), marked.expand(4.0));
    let corners = [
        beside.right_bottom(),
        beside.left_bottom() - vec2(size.x, 0.0),
        beside.right_top() - vec2(0.0, size.y),
        beside.left_top() - size,
    ];
    let places = corners.map(|corner| Rect::from_min_size(corner.min(room.max - size).max(room.min), size));
    let rect = places.into_iter().find(|place| !place.intersects(marked)).unwrap_or(places[0]);
    painter.rect(rect, 4.0, visuals.window_fill, Stroke::new(1.0, visuals.weak_text_color()), StrokeKind::Inside);
    painter.galley(rect.min + vec2(8.0, 4.0), galley, visuals.text_color());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::problem::network::{Activation, Architecture};
    use std::collections::BTreeSet;

    /// Layers and their orders; with `image`, the input is an image of rows so long, and so is the output.
    fn network(widths: &[usize], image: Option<usize>) -> (Vec<Layer>, Vec<Order>) {
        let architecture = Architecture::new(widths, &[Activation::Tanh]).unwrap();
        let layers: Vec<Layer> = architecture.layers().collect();
        let face = |l: usize| match image {
            Some(_) if l + 1 == layers.len() => Face::Whole,
            Some(_) if l == 0 => Face::Incoming,
            _ => Face::Disc,
        };
        let orders = layers.iter().enumerate().map(|(l, layer)| Order::new(layer, face(l), image)).collect();
        (layers, orders)
    }

    fn walk(way: Way, orders: &[Order], layers: &[Layer], from: Position) -> Vec<usize> {
        let (mut at, mut seen) = (from, vec![spot(orders, layers, from).coordinate]);
        loop {
            let next = way.lead(orders, at);
            if next == at {
                return seen;
            }
            at = next;
            seen.push(spot(orders, layers, at).coordinate);
            assert_eq!(position(orders, layers, seen[seen.len() - 1]), Some(at));
        }
    }

    #[test]
    fn arrows_reach_every_weight_and_stop_at_the_ends() {
        for (widths, image) in
            [(&[2, 3, 1][..], None), (&[6, 2, 6], Some(3)), (&[6, 3, 2, 3, 6], Some(2)), (&[6, 6], Some(3)), (&[1, 1], None)]
        {
            let (layers, orders) = network(widths, image);
            let all: BTreeSet<usize> = layers.iter().flat_map(|layer| layer.weights.clone()).collect();
            let seen = walk(Way::Along(1), &orders, &layers, [0; 3]);
            assert_eq!(seen.len(), all.len());
            assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), all, "{widths:?}");
            let last = position(&orders, &layers, *seen.last().unwrap()).unwrap();
            let back = walk(Way::Along(-1), &orders, &layers, last);
            assert_eq!(back.into_iter().rev().collect::<Vec<_>>(), seen);
        }
    }

    #[test]
    fn up_and_down_lead_to_the_same_weight_of_other_units_and_in_images_to_other_rows() {
        // 2-3-1: the weights of each unit stand together, biases lie between the layers.
        let (layers, orders) = network(&[2, 3, 1], None);
        assert_eq!(walk(Way::Row(1), &orders, &layers, [0, 0, 1]), [1, 3, 5, 10]);
        assert_eq!(walk(Way::Unit(-1), &orders, &layers, [1, 0, 2]), [11, 5, 3, 1]);
        // 6-2-6, images of two rows of three: the weights of the last layer are those of a unit, one for each pixel.
        let (layers, orders) = network(&[6, 2, 6], Some(3));
        assert_eq!(walk(Way::Row(1), &orders, &layers, [0, 1, 2]), [8, 11]);
        assert_eq!(walk(Way::Row(-1), &orders, &layers, [1, 1, 4]), [14 + 4 * 2 + 1, 14 + 2 + 1]);
        assert_eq!(walk(Way::Unit(1), &orders, &layers, [0, 0, 4]), [4, 10, 14 + 4 * 2, 14 + 4 * 2 + 1]);
        let last = spot(&orders, &layers, [1, 1, 5]);
        assert_eq!(last, Spot { coordinate: 25, bias: 31, layer: 2, input: 1, output: 5, across: Some(3) });
    }
}
