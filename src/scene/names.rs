//! Short names of a scene's methods.

use super::{MethodSpec, Scene};
use crate::optim::{Setting, method};

impl Scene {
    /// A short name for each method that no other has.
    pub fn method_names(&self) -> Vec<String> {
        let plain: Vec<String> = self.methods.iter().map(MethodSpec::name).collect();
        let numbered = |(index, name): (usize, &String)| {
            let place = |until: usize| plain[..until].iter().filter(|other| *other == name).count();
            if place(plain.len()) > 1 { format!("{name} {}", place(index) + 1) } else { name.clone() }
        };
        let from = |(name, spec): (String, &MethodSpec)| match &spec.fork {
            Some(fork) => format!("{name} from {}", fork.step),
            None => name,
        };
        plain.iter().enumerate().map(numbered).zip(&self.methods).map(from).collect()
    }
}

impl MethodSpec {
    /// The method's name, with the first of its settings that is a choice.
    pub fn name(&self) -> String {
        let known = |id: &str| method(id).map_or_else(|_| id.to_owned(), |m| m.name.to_owned());
        // An identifier of up to three letters is the field's own abbreviation.
        let short = if self.id.len() <= 3 { self.id.to_uppercase() } else { known(&self.id) };
        let choice = self.settings.values().find_map(|value| if let Setting::Name(name) = value { Some(name) } else { None });
        match choice {
            Some(special) => format!("{short} · {}", known(special).replace('_', " ")),
            None => short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::ForkSpec;

    #[test]
    fn no_two_methods_have_one_name() {
        let mut scene = Scene { methods: ["gd", "tr", "adam", "gd", "tr"].map(MethodSpec::new).to_vec(), ..Scene::default() };
        scene.methods[4].settings.insert("metric".to_owned(), Setting::Name("rmsprop".to_owned()));
        assert_eq!(scene.method_names(), ["GD 1", "TR", "Adam", "GD 2", "TR · RMSProp"]);
        let fork = Some(Box::new(ForkSpec { origin: scene.methods[2].clone(), stream: 2, step: 120, moved: Default::default() }));
        scene.methods.push(MethodSpec { fork, ..MethodSpec::new("adam") });
        assert_eq!(scene.method_names()[5], "Adam 2 from 120");
        scene.methods.remove(2);
        assert_eq!(scene.method_names()[4], "Adam from 120");
    }
}
