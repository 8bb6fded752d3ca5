//! What is under the pointer or chosen by the keys, in words, and the parameters that can be set there.

use super::insight::Insight;
use super::keys::Spot;
use super::plan::{Edge, Face, Node, Plan};
use super::subject::{Kind, Subject};
use super::weights::Field;
use crate::problem::network::Layer;
use crate::ui::number;
use eframe::egui::{Pos2, Rect, vec2};

/// What is under the pointer.
pub(super) enum Target {
    /// A connection.
    Edge(Edge),
    /// A unit of a layer, the input is layer 0, or a layer that is one image.
    Unit(usize, Node),
}

/// The network as it is looked at.
#[derive(Clone, Copy)]
pub(super) struct Scenery<'a> {
    /// Where everything is.
    pub plan: &'a Plan,
    /// What it is looked at on.
    pub subject: &'a Subject,
    /// What is known of it.
    pub insight: &'a Insight,
    /// Its layers.
    pub layers: &'a [Layer],
}

impl Scenery<'_> {
    /// A unit of layer `l` in words, "pixel (3, 4)" where the layer is an image.
    fn place(&self, l: usize, unit: usize) -> String {
        match l {
            0 if self.plan.columns[0].face == Face::Whole => self.pixel_words(unit),
            l if self.plan.columns[l].face == Face::Whole => format!("{} of the output", self.pixel_words(unit)),
            0 => format!("input {}", unit + 1),
            l if l == self.layers.len() => format!("output {}", unit + 1),
            l => format!("unit {} of layer {l}", unit + 1),
        }
    }

    /// Column and row of a pixel.
    fn pixel(&self, unit: usize) -> Option<[usize; 2]> {
        let Kind::Images { shape: [_, width], .. } = self.subject.kind else { return None };
        Some([unit % width.max(1), unit / width.max(1)])
    }

    /// "pixel (3, 4)": its column and row.
    fn pixel_words(&self, unit: usize) -> String {
        let [x, y] = self.pixel(unit).unwrap_or_default();
        format!("pixel ({}, {})", x + 1, y + 1)
    }

    fn value(&self, coordinate: usize) -> String {
        number::significant(self.insight.w[coordinate], 5)
    }

    /// "w = 0.25 from input 1 to unit 2 of layer 1".
    pub fn sentence(&self, spot: &Spot) -> String {
        format!("w = {} {}", self.value(spot.coordinate), self.between(spot.layer, spot.input, spot.output))
    }

    /// Which units a connection joins, in words.
    fn between(&self, layer: usize, input: usize, output: usize) -> String {
        format!("from {} to {}", self.place(layer - 1, input), self.place(layer, output))
    }

    /// What is said beside the chosen weight, and what can be set: the weight, then the bias of the unit that it leads to.
    pub fn choice(&self, spot: &Spot) -> (String, Vec<Field>) {
        let fields = vec![Field { label: "w", coordinate: spot.coordinate }, Field { label: "b", coordinate: spot.bias }];
        let text = format!(
            "w = {}\n{}\nEnter to set it, then Tab for the bias of its unit, b = {}\n{}",
            self.value(spot.coordinate),
            self.between(spot.layer, spot.input, spot.output),
            self.value(spot.bias),
            if spot.across.is_some() { "Arrows: other pixels; page up, page down: other units" } else { "Arrows: other weights" },
        );
        (text, fields)
    }

    /// What is said of a unit or a connection, and the parameters that can be set there.
    pub fn tag(&self, target: &Target, at: Pos2) -> (String, Vec<Field>) {
        let Self { plan, insight, layers, .. } = *self;
        match *target {
            Target::Edge(edge) => {
                let between = self.between(edge.layer, edge.input, edge.output);
                let text = format!("w = {}\n{between}\nClick to set it", self.value(edge.coordinate));
                (text, vec![Field { label: "w", coordinate: edge.coordinate }])
            }
            Target::Unit(0, node) => {
                let text = match plan.columns[0].face {
                    Face::Whole => "The mean of the images that are looked at".to_owned(),
                    _ => format!("Input {}: mean {}", node.unit + 1, number::significant(insight.means[0][node.unit], 3)),
                };
                (text, Vec::new())
            }
            Target::Unit(l, node) if plan.columns[l].face == Face::Whole => {
                let text = "The mean of their reconstructions".to_owned();
                let Some(pixel) = self.pixel_at(node, at) else { return (text, Vec::new()) };
                let bias = Field { label: "b", coordinate: layers[l - 1].bias.start + pixel };
                let there = format!("{}: b = {}", self.place(l, pixel), self.value(bias.coordinate));
                (format!("{text}\n{there}\nClick to set it"), vec![bias])
            }
            Target::Unit(l, node) => {
                let layer = &layers[l - 1];
                let bias = Field { label: "b", coordinate: layer.bias.start + node.unit };
                let mean = number::significant(insight.means[l][node.unit], 3);
                let mut text = crate::ui::session::sentence(&self.place(l, node.unit));
                text.pop();
                let mut fields = vec![bias];
                let pixel = self.pixel_at(node, at).and_then(|pixel| match plan.columns[l].face {
                    Face::Incoming => Some((pixel, layer.weights.start + node.unit * layer.inputs + pixel)),
                    Face::Outgoing => Some((pixel, layers[l].weights.start + pixel * layers[l].inputs + node.unit)),
                    _ => None,
                });
                if let Some((pixel, coordinate)) = pixel {
                    text += &format!("\n{}: w = {}", self.pixel_words(pixel), self.value(coordinate));
                    fields.insert(0, Field { label: "w", coordinate });
                }
                text += &format!("\nb = {}, mean activation {mean}\nClick to set it", self.value(bias.coordinate));
                (text, fields)
            }
        }
    }

    /// The pixel of an image under the pointer, by its place in the row of pixels.
    fn pixel_at(&self, node: Node, at: Pos2) -> Option<usize> {
        let Kind::Images { shape: [height, width], .. } = self.subject.kind else { return None };
        let share = (at - node.rect.min) / node.rect.size();
        let pixel = |share: f32, count: usize| ((share * count as f32) as usize).min(count.saturating_sub(1));
        Some(pixel(share.y, height) * width + pixel(share.x, width))
    }

    /// Where a pixel of an image that is drawn in `rect` is.
    pub fn pixel_rect(&self, rect: Rect, pixel: usize) -> Option<Rect> {
        let Kind::Images { shape: [height, width], .. } = self.subject.kind else { return None };
        let size = rect.size() / vec2(width as f32, height as f32);
        let [x, y] = self.pixel(pixel)?;
        Some(Rect::from_min_size(rect.min + vec2(x as f32, y as f32) * size, size))
    }
}
