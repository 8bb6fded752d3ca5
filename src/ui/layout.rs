//! Panels side by side, in an arrangement that the user can change.

use super::command::Command;
use super::panels::{Context, Memory, belongs, panel, panels};
use super::theme;
use eframe::egui::{self, Color32, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree, UiResponse,
};

/// The arrangement: panels by their identifiers.
pub type Layout = Tree<String>;

/// The panels on the left, and those on the right from the top down; all others are tabs in the middle, the map first.
const LEFT: [&str; 2] = ["methods", "problem"];
const RIGHT: [&str; 2] = ["step", "plots"];

/// The columns of the laboratory, each from the top down, as tabs beside one another; panels that are not named come beside the map.
const LABORATORY: [[&[&str]; 2]; 2] = [[&["map"], &["spectrum", "noise"]], [&["lab"], &["plots", "step"]]];

/// The shares of the height that they have.
const HEIGHTS: [[f32; 2]; 2] = [[0.46, 0.54], [0.62, 0.38]];

/// An arrangement for each kind of problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Layouts {
    landscape: Layout,
    laboratory: Layout,
}

impl Layouts {
    /// As at first.
    pub fn first() -> Self {
        Self { landscape: first_layout(), laboratory: laboratory() }
    }

    /// The one of a network, or of a formula.
    pub fn of(&mut self, network: bool) -> &mut Layout {
        if network { &mut self.laboratory } else { &mut self.landscape }
    }

    /// The same, to be read.
    pub fn shown(&self, network: bool) -> &Layout {
        if network { &self.laboratory } else { &self.landscape }
    }
}

fn panel_ids(network: bool) -> impl Iterator<Item = &'static str> {
    panels().iter().map(|panel| panel.id).filter(move |id| belongs(id, network))
}

/// Methods and network on the left, the slice over the spectrum in the middle, the network over the curves on the right.
fn laboratory() -> Layout {
    let mut tiles = Tiles::default();
    let left = LEFT.map(|id| tiles.insert_pane(id.to_owned())).to_vec();
    let left = tiles.insert_tab_tile(left);
    let named = |id: &str| LEFT.contains(&id) || LABORATORY.as_flattened().iter().any(|tabs| tabs.contains(&id));
    let mut columns = vec![left];
    for column in LABORATORY {
        let mut stacked = Vec::new();
        for tabs in column {
            let others = panel_ids(true).filter(|id| tabs.contains(&"map") && !named(id));
            let known = tabs.iter().copied().filter(|id| panel(id).is_some());
            let panes: Vec<TileId> = known.chain(others).map(|id| tiles.insert_pane(id.to_owned())).collect();
            if !panes.is_empty() {
                stacked.push(tiles.insert_tab_tile(panes));
            }
        }
        let mut column = Linear::new(LinearDir::Vertical, stacked.clone());
        for (tabs, share) in stacked.iter().zip(HEIGHTS[columns.len() - 1]) {
            column.shares.set_share(*tabs, share);
        }
        columns.push(tiles.insert_container(Container::Linear(column)));
    }
    let mut root = Linear::new(LinearDir::Horizontal, columns.clone());
    for (column, share) in columns.iter().zip([0.17, 0.42, 0.41]) {
        root.shares.set_share(*column, share);
    }
    let root = tiles.insert_container(Container::Linear(root));
    Tree::new(egui::Id::unique("laboratory"), root, tiles)
}

/// Methods and landscape on the left, the map and what is beside it in the middle, step card and curves on the right.
pub fn first_layout() -> Layout {
    let mut tiles = Tiles::default();
    let mut pane = |id: &str| tiles.insert_pane(id.to_owned());
    let (left, right) = (LEFT.map(&mut pane).to_vec(), RIGHT.map(&mut pane));
    let map = pane("map");
    let middle = panel_ids(false).filter(|id| *id != "map" && !LEFT.contains(id) && !RIGHT.contains(id));
    let middle: Vec<TileId> = std::iter::once(map).chain(middle.map(&mut pane)).collect();
    let left = tiles.insert_tab_tile(left);
    let middle = tiles.insert_tab_tile(middle);
    let [step, plots] = right.map(|tile| tiles.insert_tab_tile(vec![tile]));
    let mut right = Linear::new(LinearDir::Vertical, vec![step, plots]);
    right.shares.set_share(step, 0.5);
    right.shares.set_share(plots, 0.5);
    let right = tiles.insert_container(Container::Linear(right));
    let mut root = Linear::new(LinearDir::Horizontal, vec![left, middle, right]);
    root.shares.set_share(left, 0.178);
    root.shares.set_share(middle, 0.627);
    root.shares.set_share(right, 0.195);
    let root = tiles.insert_container(Container::Linear(root));
    Tree::new(egui::Id::unique("layout"), root, tiles)
}

/// A stored arrangement, if it still fits: every panel at most once, and no other. Panels that it does not know come beside
/// the map.
pub fn restored(text: &str, network: bool) -> Option<Layout> {
    let mut layout: Layout = serde_json::from_str(text).ok()?;
    layout.root()?;
    let mut found: Vec<&str> =
        layout.tiles.tiles().filter_map(|tile| if let Tile::Pane(id) = tile { Some(id.as_str()) } else { None }).collect();
    let count = found.len();
    found.sort_unstable();
    found.dedup();
    if found.len() < count || found.iter().any(|id| panel(id).is_none() || !belongs(id, network)) {
        return None;
    }
    let missing: Vec<&str> = panel_ids(network).filter(|id| !found.contains(id)).collect();
    let map = layout.tiles.find_pane(&"map".to_owned())?;
    if !missing.is_empty() {
        let added: Vec<TileId> = missing.iter().map(|id| layout.tiles.insert_pane((*id).to_owned())).collect();
        put_beside(&mut layout, map, added)?;
    }
    Some(layout)
}

/// Puts tiles into the tabs in which `tile` is, or makes tabs in its place.
fn put_beside(layout: &mut Layout, tile: TileId, added: Vec<TileId>) -> Option<()> {
    let parent = layout.tiles.parent_of(tile);
    if let Some(Tile::Container(Container::Tabs(tabs))) = parent.and_then(|parent| layout.tiles.get_mut(parent)) {
        tabs.children.extend(added);
        return Some(());
    }
    let tabs = layout.tiles.insert_tab_tile(std::iter::once(tile).chain(added).collect());
    match parent.map(|parent| layout.tiles.get_mut(parent)) {
        None => layout.root = Some(tabs),
        Some(Some(Tile::Container(Container::Linear(linear)))) => {
            linear.children.iter_mut().filter(|child| **child == tile).for_each(|child| *child = tabs);
            linear.shares.replace_with(tile, tabs);
        }
        Some(Some(Tile::Container(Container::Grid(grid)))) => {
            let place = grid.children().position(|child| *child == tile)?;
            grid.replace_at(place, tabs)?;
        }
        Some(_) => return None,
    }
    Some(())
}

/// The panels that are hidden.
pub fn hidden(layout: &Layout) -> Vec<&'static str> {
    let is_hidden = |id: &str| layout.tiles.find_pane(&id.to_owned()).is_some_and(|tile| !layout.tiles.is_visible(tile));
    panels().iter().map(|panel| panel.id).filter(|id| is_hidden(id)).collect()
}

/// Shows a hidden panel or hides a shown one.
pub fn toggle(layout: &mut Layout, id: &str) {
    if let Some(tile) = layout.tiles.find_pane(&id.to_owned()) {
        layout.tiles.toggle_visibility(tile);
    }
}

/// Brings a panel into sight.
pub fn show(layout: &mut Layout, id: &str) {
    if let Some(tile) = layout.tiles.find_pane(&id.to_owned()) {
        layout.tiles.set_visible(tile, true);
        layout.make_active(|found, _| found == tile);
    }
}

/// Draws the arrangement.
pub fn layout_ui(ui: &mut Ui, layout: &mut Layout, context: &Context<'_>, memory: &mut Memory, out: &mut Vec<Command>) {
    layout.ui(&mut Panes { context, memory, out }, ui);
}

struct Panes<'a, 'c> {
    context: &'a Context<'c>,
    memory: &'a mut Memory,
    out: &'a mut Vec<Command>,
}

impl Behavior<String> for Panes<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, id: &mut String) -> UiResponse {
        if let Some(panel) = panel(id) {
            (panel.draw)(ui, self.context, self.memory, self.out);
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, id: &String) -> WidgetText {
        egui::RichText::new(panel(id).map_or("", |panel| panel.title)).font(theme::heading()).into()
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { prune_single_child_tabs: false, ..SimplificationOptions::default() }
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        28.0
    }

    fn tab_title_spacing(&self, _visuals: &Visuals) -> f32 {
        12.0
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.panel_fill
    }

    fn tab_bg_color(&self, visuals: &Visuals, _tiles: &Tiles<String>, _tile: TileId, _state: &TabState) -> Color32 {
        visuals.panel_fill
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<String>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _visuals: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, visuals: &Visuals, _: &Tiles<String>, _: TileId, state: &TabState) -> Color32 {
        if state.active { visuals.text_color() } else { visuals.weak_text_color() }
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => Stroke::new(1.0, style.visuals.widgets.noninteractive.bg_stroke.color),
            _ => Stroke::new(2.0, style.visuals.selection.stroke.color),
        }
    }

    fn min_size(&self) -> f32 {
        48.0
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// An arrangement of before there were tabs in the middle.
    fn old(map_in_tabs: bool) -> Layout {
        let mut tiles = Tiles::default();
        let [methods, problem, map, step, plots] =
            ["methods", "problem", "map", "step", "plots"].map(|id| tiles.insert_pane(id.to_owned()));
        let left = tiles.insert_tab_tile(vec![methods, problem]);
        let middle = if map_in_tabs { tiles.insert_tab_tile(vec![map]) } else { map };
        let right = tiles.insert_vertical_tile(vec![step, plots]);
        let mut root = Linear::new(LinearDir::Horizontal, vec![left, middle, right]);
        root.shares.set_share(middle, 7.0);
        let root = tiles.insert_container(Container::Linear(root));
        Tree::new(egui::Id::unique("layout"), root, tiles)
    }

    #[test]
    fn a_stored_arrangement_stays_and_new_panels_come_beside_the_map() {
        for map_in_tabs in [false, true] {
            let stored = serde_json::to_string(&old(map_in_tabs)).unwrap_or_default();
            let layout = restored(&stored, false).expect("it fits");
            let tile = |id: &str| layout.tiles.find_pane(&id.to_owned()).expect("a pane");
            let parent = |id: &str| layout.tiles.parent_of(tile(id)).expect("a parent");
            for panel in panels().iter().filter(|panel| belongs(panel.id, false)) {
                let beside = !LEFT.contains(&panel.id) && !RIGHT.contains(&panel.id);
                assert_eq!(parent(panel.id) == parent("map"), beside, "{}", panel.id);
            }
            let Some(Container::Tabs(tabs)) = layout.tiles.get_container(parent("map")) else { panic!("tabs") };
            assert_eq!((tabs.children[0], tabs.active), (tile("map"), Some(tile("map"))));
            let Some(Container::Linear(root)) = layout.root().and_then(|root| layout.tiles.get_container(root)) else {
                panic!("a row")
            };
            assert_eq!(root.children.len(), 3);
            assert_eq!(root.shares.iter().find(|(tile, _)| **tile == parent("map")).map(|(_, share)| *share), Some(7.0));
            let again = serde_json::to_string(&layout).unwrap_or_default();
            assert_eq!(restored(&again, false).as_ref(), Some(&layout));
        }
    }

    #[test]
    fn arrangements_with_unknown_or_double_panels_are_not_taken() {
        let stored = serde_json::to_string(&old(false)).unwrap_or_default();
        assert!(restored(&stored.replace("\"step\"", "\"nonsense\""), false).is_none());
        assert!(restored(&stored.replace("\"step\"", "\"plots\""), false).is_none());
    }
}
