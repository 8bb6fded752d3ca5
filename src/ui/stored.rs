//! What of the window survives a restart, and what becomes of a stored state that cannot be opened.

use super::app::App;
use super::layout;
use super::panels::Preferences;
use crate::scene::Scene;
use eframe::egui;
use serde::{Deserialize, Serialize};

/// Under which name the state is stored.
pub(super) const KEY: &str = "saddlescope";
/// Under which names stored states are kept that could not be opened; the last one is taken where all are.
const UNREADABLE_KEYS: [&str; 4] =
    ["saddlescope.unreadable", "saddlescope.unreadable.2", "saddlescope.unreadable.3", "saddlescope.unreadable.4"];

/// What survives a restart.
#[derive(Serialize, Deserialize)]
struct Stored {
    scene: String,
    layout: String,
    #[serde(default)]
    laboratory: String,
    preferences: Preferences,
}

impl App {
    /// Takes over what [`App::stored`] returned; what of it cannot be read is left as it is, said, and put aside by the next save.
    pub fn restore(&mut self, ctx: &egui::Context, text: &str) {
        let lost = |app: &mut Self, why: &str| {
            app.say(format!("What was open last time cannot be opened: {why}. It is kept beside what is stored from now on."));
            app.unreadable = Some(text.to_owned());
        };
        let Ok(stored) = serde_json::from_str::<Stored>(text) else {
            lost(self, "it was stored by another version, or cut off");
            return;
        };
        let opened = Scene::from_json(&stored.scene).and_then(|scene| self.open(scene));
        if let Err(error) = opened {
            lost(self, error.to_string().trim_end_matches('.'));
        }
        for (text, network) in [(&stored.layout, false), (&stored.laboratory, true)] {
            if let Some(layout) = layout::restored(text, network) {
                *self.layouts.of(network) = layout;
            }
        }
        self.preferences = stored.preferences;
        self.apply_preferences(ctx);
    }

    /// What is stored when the window closes.
    pub fn stored(&self) -> String {
        let stored = Stored {
            scene: self.scene().to_json(),
            layout: serde_json::to_string(self.layouts.shown(false)).unwrap_or_default(),
            laboratory: serde_json::to_string(self.layouts.shown(true)).unwrap_or_default(),
            preferences: self.preferences.clone(),
        };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Stores the state, and before it the one that could not be opened beside it.
    pub(super) fn keep(&mut self, storage: &mut dyn eframe::Storage) {
        if let Some(text) = self.unreadable.take() {
            let is_free = |key: &&str| storage.get_string(key).is_none_or(|kept| kept == text);
            let key = UNREADABLE_KEYS.into_iter().find(is_free).unwrap_or(UNREADABLE_KEYS[UNREADABLE_KEYS.len() - 1]);
            storage.set_string(key, text);
        }
        storage.set_string(KEY, self.stored());
    }
}
