//! Colours: maps, the series of methods, inks and themes; every other place takes them from here.

use serde::{Deserialize, Serialize};

/// An sRGB colour, gamma-encoded.
pub type Rgb = [u8; 3];

/// Which ground things are drawn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark ink on a bright ground.
    #[default]
    Light,
    /// Bright ink on a dark ground.
    Dark,
}

/// The colours of function values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorMap {
    /// Quiet, made for each theme: low is darker than high.
    #[default]
    Quiet,
    /// Viridis.
    Viridis,
    /// Cividis: the same to nearly every eye.
    Cividis,
    /// Two hues about a neutral middle.
    Diverging,
}

impl ColorMap {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Quiet, Self::Viridis, Self::Cividis, Self::Diverging];
    /// Colours of [`texels`](Self::texels).
    pub const TEXELS: usize = 256;

    /// The name in a menu.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiet => "Quiet",
            Self::Viridis => "Viridis",
            Self::Cividis => "Cividis",
            Self::Diverging => "Diverging",
        }
    }

    fn table(self, theme: Theme) -> &'static Table {
        match (self, theme) {
            (Self::Quiet, Theme::Light) => &DAYLIGHT,
            (Self::Quiet, Theme::Dark) => &NIGHT,
            (Self::Viridis, _) => &VIRIDIS,
            (Self::Cividis, _) => &CIVIDIS,
            (Self::Diverging, Theme::Light) => &BALANCE_LIGHT,
            (Self::Diverging, Theme::Dark) => &BALANCE_DARK,
        }
    }

    /// The colour at t, clamped to [0, 1]; NaN counts as 0.
    pub fn color(self, theme: Theme, t: f64) -> Rgb {
        let table = self.table(theme);
        let position = if t > 0.0 { t.min(1.0) } else { 0.0 } * (table.len() - 1) as f64;
        let index = (position as usize).min(table.len() - 2);
        let s = position - index as f64;
        let (from, to) = (bytes(table[index]), bytes(table[index + 1]));
        [0, 1, 2].map(|k| (f64::from(from[k]) * (1.0 - s) + f64::from(to[k]) * s).round() as u8)
    }

    /// The map as the texture that shaders read: RGBA, opaque, t = i / 255.
    pub fn texels(self, theme: Theme) -> [[u8; 4]; Self::TEXELS] {
        std::array::from_fn(|i| {
            let [r, g, b] = self.color(theme, i as f64 / (Self::TEXELS - 1) as f64);
            [r, g, b, 255]
        })
    }
}

impl Theme {
    /// Axis text, markers.
    pub fn ink(self) -> Rgb {
        bytes(match self {
            Self::Light => 0x1B1F24,
            Self::Dark => 0xE8EAED,
        })
    }

    /// Secondary text, frames.
    pub fn faint_ink(self) -> Rgb {
        bytes(match self {
            Self::Light => 0x5A626C,
            Self::Dark => 0x9AA3AE,
        })
    }

    /// The ground around the map.
    pub fn ground(self) -> Rgb {
        bytes(match self {
            Self::Light => 0xFBFBFA,
            Self::Dark => 0x14161A,
        })
    }

    /// Where the function has no value.
    pub fn void(self) -> Rgb {
        bytes(match self {
            Self::Light => 0xD3D3D3,
            Self::Dark => 0x2B2B2E,
        })
    }

    /// The line around paths and markers that parts them from any map.
    pub fn casing(self) -> Rgb {
        bytes(match self {
            Self::Light => 0xFFFFFF,
            Self::Dark => 0x0B0D10,
        })
    }

    /// The tints of regions: Hessian positive definite, indefinite, negative definite, nearly singular.
    pub fn curvature_tints(self) -> [Rgb; 4] {
        match self {
            Self::Light => [0x2A78C2, 0xE39A2D, 0xB03A78, 0x777777],
            Self::Dark => [0x3E8EDB, 0xD98A1F, 0xC2508C, 0x8A8A8A],
        }
        .map(bytes)
    }

    /// The colour of the `index`-th method: eight that differ for every eye (Okabe and Ito 2008, set darker or brighter
    /// for the ground), then again with another [`series_dash`].
    pub fn series(self, index: usize) -> Rgb {
        const LIGHT: [u32; 8] = [0x005FA8, 0xC8450B, 0x00724F, 0xC4559B, 0x8A6100, 0x0E86B8, 0x3A3A3A, 0x5B3FB0];
        const DARK: [u32; 8] = [0x5BB4F5, 0xFF8A4C, 0x2FD3A0, 0xDB66B2, 0xF5C542, 0xB9E3FF, 0xF2F2F2, 0xB39DFF];
        let table = match self {
            Self::Light => LIGHT,
            Self::Dark => DARK,
        };
        bytes(table[index % table.len()])
    }
}

/// The dash pattern of the `index`-th method in pixels, on and off in turn; empty for a solid line. Two methods of
/// like colour never share it, up to 24 methods.
pub fn series_dash(index: usize) -> &'static [f32] {
    const DASHES: [&[f32]; 6] =
        [&[], &[9.0, 4.0], &[2.0, 3.5], &[9.0, 3.0, 2.0, 3.0], &[14.0, 4.0], &[5.0, 2.5, 1.5, 2.5, 1.5, 2.5]];
    DASHES[(index / 8 % 3) * 2 + usize::from(index % 8 >= 4)]
}

type Table = [u32; 33];

fn bytes(rgb: u32) -> Rgb {
    let [_, r, g, b] = rgb.to_be_bytes();
    [r, g, b]
}

/// Blue to cream with even steps of lightness: a quiet ground for dark paths.
const DAYLIGHT: Table = [
    0x75A3D2, 0x78A6D3, 0x7BA9D5, 0x7EACD7, 0x81B0D9, 0x84B3DA, 0x87B6DC, 0x8AB9DD, 0x8DBDDF, 0x90C0E0, 0x93C3E1, 0x97C6E1,
    0x9AC9E2, 0x9DCCE2, 0xA1D0E2, 0xA4D3E2, 0xA8D6E2, 0xADD8E2, 0xB1DBE1, 0xB6DEE0, 0xBBE0DF, 0xC0E2DD, 0xC6E4DC, 0xCBE6DA,
    0xD1E8D8, 0xD6EBD7, 0xDCEDD7, 0xE2EFD8, 0xE7F1D9, 0xEDF3DC, 0xF3F5DE, 0xF8F7E1, 0xFEF9E4,
];

/// Indigo to sea green with even steps of lightness: a quiet ground for bright paths.
const NIGHT: Table = [
    0x0B0D21, 0x0C1025, 0x0E132A, 0x0F162E, 0x111933, 0x121C37, 0x13203C, 0x152340, 0x162645, 0x172A48, 0x182E4C, 0x193250,
    0x193654, 0x1A3957, 0x1B3D5A, 0x1C415D, 0x1D4561, 0x1E4A63, 0x204E66, 0x225269, 0x24566B, 0x275A6D, 0x2A5E6F, 0x2D6271,
    0x306673, 0x346A74, 0x386E76, 0x3D7278, 0x417679, 0x46797A, 0x4A7D7C, 0x4F817D, 0x53857E,
];

/// Blue, near white, vermilion.
const BALANCE_LIGHT: Table = [
    0x4076B9, 0x497EBE, 0x5286C2, 0x5B8EC7, 0x6496CB, 0x6D9FD0, 0x77A7D4, 0x81AFD8, 0x8CB7DB, 0x97BEDF, 0xA2C6E2, 0xAECEE6,
    0xB9D6EA, 0xC5DDED, 0xD1E5F0, 0xDEECF1, 0xEDF1ED, 0xF5EBDB, 0xF4E2CB, 0xF2D8BD, 0xEFCFAF, 0xECC5A1, 0xE9BC94, 0xE5B287,
    0xE2A87A, 0xDF9E6E, 0xDB9463, 0xD78A59, 0xD3804F, 0xCF7646, 0xCA6B3C, 0xC56032, 0xC15627,
];

/// Blue, near black, orange.
const BALANCE_DARK: Table = [
    0x488ACB, 0x4583C0, 0x437BB5, 0x4073AA, 0x3D6C9F, 0x3A6494, 0x375D89, 0x35567E, 0x324F73, 0x2F4868, 0x2B415E, 0x273B54,
    0x24344A, 0x202E3F, 0x1D2835, 0x1C222A, 0x221F1F, 0x2D231D, 0x37271D, 0x412B1D, 0x4B301D, 0x54341E, 0x5F391E, 0x693E1E,
    0x73421E, 0x7E471E, 0x884D1E, 0x93521F, 0x9D5820, 0xA85D21, 0xB26322, 0xBD6924, 0xC86F25,
];

/// Smith and van der Walt 2015, public domain (CC0).
const VIRIDIS: Table = [
    0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453781, 0x424086, 0x3E4989, 0x3B528B, 0x375B8D, 0x33638D, 0x2F6B8E,
    0x2C728E, 0x297A8E, 0x26828E, 0x23898E, 0x21918C, 0x1F988B, 0x1FA088, 0x22A785, 0x28AE80, 0x32B67A, 0x3FBC73, 0x4EC36B,
    0x5EC962, 0x70CF57, 0x84D44B, 0x98D83E, 0xADDC30, 0xC2DF23, 0xD8E219, 0xECE51B, 0xFDE725,
];

/// Nuñez, Anderton, Renslow 2018, doi:10.1371/journal.pone.0199239.
const CIVIDIS: Table = [
    0x00224E, 0x00285B, 0x002E6A, 0x053371, 0x1A386F, 0x273E6E, 0x32436D, 0x3B496C, 0x434E6C, 0x4B546C, 0x535A6D, 0x5A5F6E,
    0x61656F, 0x686A71, 0x6F7073, 0x767676, 0x7D7C78, 0x848279, 0x8C8878, 0x938E78, 0x9B9476, 0xA39A74, 0xABA072, 0xB4A76F,
    0xBCAE6C, 0xC4B468, 0xCDBB63, 0xD5C25E, 0xDEC958, 0xE7D150, 0xF0D846, 0xF9E03A, 0xFEE838,
];
