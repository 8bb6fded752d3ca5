//! Short names of a scene's methods.

use super::{MethodSpec, Scene};
use crate::optim::{Setting, method};

impl Scene {
    /// A short name for each method that no other has.
    pub fn method_names(&self) -> Vec<String> {
        (0..self.methods.len()).map(|index| self.method_name(index)).collect()
    }

    fn method_name(&self, index: usize) -> String {
        let spec = &self.methods[index];
        let known = method(&spec.id).map_or(spec.id.as_str(), |m| m.name);
        // An identifier of up to three letters is the field's own abbreviation.
        let short = if spec.id.len() <= 3 { spec.id.to_uppercase() } else { known.to_owned() };
        let plain = |other: &&MethodSpec| other.id == spec.id && choice(other) == choice(spec);
        let same = self.methods.iter().filter(plain).count();
        let place = self.methods[..index].iter().filter(plain).count() + 1;
        let number = if same > 1 { format!(" {place}") } else { String::new() };
        match choice(spec) {
            Some(special) => format!("{short} · {}{number}", method(special).map_or(special, |m| m.name).replace('_', " ")),
            None => format!("{short}{number}"),
        }
    }
}

/// The first of its settings that is a choice: what tells it from others of its kind.
fn choice(spec: &MethodSpec) -> Option<&str> {
    spec.settings.values().find_map(|value| if let Setting::Name(name) = value { Some(name.as_str()) } else { None })
}
