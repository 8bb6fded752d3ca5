//! Colours, type and spacing: one family in three sizes, an 8-point grid, few lines.

use crate::view;
use eframe::egui::epaint::text::{FontData, FontDefinitions};
use eframe::egui::style::WidgetVisuals;
use eframe::egui::{self, Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Vec2, Visuals};
use std::sync::Arc;

/// The grid's unit in points.
pub const UNIT: f32 = 8.0;
/// How much larger everything is in presenter mode.
pub const PRESENTER_ZOOM: f32 = 1.3;
/// Windows narrower than this, in points, get the layout of a phone.
pub const PHONE_WIDTH: f32 = 700.0;

/// The family of headings.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The font of headings.
pub fn heading() -> FontId {
    FontId::new(14.0, strong_family())
}

/// The font of the name in the top bar and of sheet titles.
pub fn title() -> FontId {
    FontId::new(17.0, strong_family())
}

/// A view's colour in the toolkit's type.
pub fn color([r, g, b]: view::Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The theme that is on.
pub fn theme_of(visuals: &Visuals) -> view::Theme {
    if visuals.dark_mode { view::Theme::Dark } else { view::Theme::Light }
}

/// The colour of the `index`-th method.
pub fn series(visuals: &Visuals, index: usize) -> Color32 {
    color(theme_of(visuals).series(index))
}

/// Installs fonts and the two styles. The fonts are embedded: the same picture on every system.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme);
            style.text_styles = [
                (TextStyle::Small, FontId::proportional(12.0)),
                (TextStyle::Body, FontId::proportional(14.0)),
                (TextStyle::Button, FontId::proportional(14.0)),
                (TextStyle::Monospace, FontId::monospace(14.0)),
                (TextStyle::Heading, heading()),
            ]
            .into();
            style.drag_value_text_style = TextStyle::Body;
            let spacing = &mut style.spacing;
            spacing.item_spacing = Vec2::new(UNIT, 6.0);
            spacing.button_padding = Vec2::new(UNIT, 4.0);
            spacing.menu_margin = Margin::same(8);
            spacing.window_margin = Margin::same(16);
            spacing.interact_size = Vec2::new(32.0, 24.0);
            spacing.icon_width = 16.0;
            spacing.icon_width_inner = 10.0;
            spacing.indent = 16.0;
            spacing.slider_rail_height = 4.0;
            spacing.tooltip_width = 320.0;
            spacing.scroll = egui::style::ScrollStyle::thin();
            style.interaction.selectable_labels = false;
            style.interaction.tooltip_delay = 0.4;
            style.animation_time = 0.08;
        });
    }
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 3] = [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular-subset.otf")),
        ("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold-subset.otf")),
        ("DejaVu Sans", include_bytes!("../../assets/fonts/DejaVuSans-subset.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let regular = vec!["Inter".to_owned(), "DejaVu Sans".to_owned()];
    fonts.families.insert(FontFamily::Proportional, regular.clone());
    fonts.families.insert(FontFamily::Monospace, regular);
    fonts.families.insert(strong_family(), vec!["Inter SemiBold".to_owned(), "DejaVu Sans".to_owned()]);
    fonts
}

fn visuals(theme: egui::Theme) -> Visuals {
    let (mut visuals, view, hover, active, rail, accent, shade) = match theme {
        egui::Theme::Light => (
            Visuals::light(),
            view::Theme::Light,
            Color32::from_rgb(0xEC, 0xEE, 0xF0),
            Color32::from_rgb(0xDD, 0xE3, 0xE9),
            Color32::from_rgb(0xE3, 0xE6, 0xE9),
            Color32::from_rgb(0x00, 0x5F, 0xA8),
            40,
        ),
        egui::Theme::Dark => (
            Visuals::dark(),
            view::Theme::Dark,
            Color32::from_rgb(0x23, 0x27, 0x2E),
            Color32::from_rgb(0x30, 0x37, 0x41),
            Color32::from_rgb(0x2C, 0x31, 0x39),
            Color32::from_rgb(0x5B, 0xB4, 0xF5),
            120,
        ),
    };
    let (ink, faint, ground) = (color(view.ink()), color(view.faint_ink()), color(view.ground()));
    let widget = |fill: Color32, weak: Color32, text: Color32, stroke: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: weak,
        bg_stroke: stroke,
        corner_radius: CornerRadius::same(4),
        fg_stroke: Stroke::new(1.5, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(ground, ground, ink, Stroke::new(1.0, rail));
    visuals.widgets.inactive = widget(rail, Color32::TRANSPARENT, ink, Stroke::NONE);
    visuals.widgets.hovered = widget(active, hover, ink, Stroke::NONE);
    visuals.widgets.active = widget(active, active, ink, Stroke::NONE);
    visuals.widgets.open = widget(active, hover, ink, Stroke::NONE);
    visuals.weak_text_color = Some(faint);
    visuals.panel_fill = ground;
    visuals.window_fill = ground;
    visuals.window_stroke = Stroke::new(1.0, rail);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.extreme_bg_color = hover;
    visuals.text_edit_bg_color = Some(hover);
    visuals.faint_bg_color = hover;
    visuals.code_bg_color = hover;
    visuals.hyperlink_color = accent;
    visuals.selection.bg_fill = accent.gamma_multiply(0.28);
    visuals.selection.stroke = Stroke::new(1.5, accent);
    visuals.warn_fg_color = match theme {
        egui::Theme::Light => Color32::from_rgb(0x8A, 0x4B, 0x00),
        egui::Theme::Dark => Color32::from_rgb(0xF5, 0xB8, 0x4C),
    };
    visuals.error_fg_color = match theme {
        egui::Theme::Light => Color32::from_rgb(0xB3, 0x1B, 0x1B),
        egui::Theme::Dark => Color32::from_rgb(0xFF, 0x8A, 0x80),
    };
    let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(shade) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.indent_has_left_vline = false;
    visuals.slider_trailing_fill = true;
    visuals
}
