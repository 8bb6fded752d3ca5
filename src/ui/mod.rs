//! The window: panels around the map, one document, one session, commands between them.
//!
//! May import every room below; nothing imports it but the binary. Panels ([`panels`]) read the scene and the session
//! and emit [`Command`]s, which [`App`] applies at one place. Nothing here computes what a run or a picture consists of.

#[cfg(any(target_arch = "wasm32", test))]
mod address;
mod app;
mod apply;
pub mod background;
mod bars;
mod command;
mod curves;
#[cfg(not(target_arch = "wasm32"))]
mod dialog;
mod document;
mod edit;
mod files;
mod help;
mod icons;
mod launch;
mod layout;
pub mod map;
mod number;
pub mod panels;
mod phone;
mod pursuit;

mod samples;
mod session;
mod shortcuts;
mod snapshot;
mod standing;
mod stored;
mod theme;
mod waiting;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use app::App;
pub use command::{Command, Edit, PlotAxis, SampleFile, SaveAs, ViewFlag};
pub use curves::{Curves, Quantity};
pub use document::Document;
pub use icons::Icon;
#[cfg(not(target_arch = "wasm32"))]
pub use launch::run_native;
pub use launch::{Launch, UiError};
pub use session::{Fault, Lane, Session};
pub use snapshot::{RunSnapshot, Snapshot, trace};
pub use theme::{PHONE_WIDTH, color, install, series, theme_of};
