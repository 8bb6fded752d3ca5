//! The scene with its history.

use super::edit::{Edit, EditKey};
use crate::scene::{CameraSpec, Playback, Scene, SceneError};
use std::collections::VecDeque;

/// States that undo can go back to.
const HISTORY: usize = 200;

/// The scene as it is edited. Camera and playback move without leaving a trace in the history.
pub struct Document {
    scene: Scene,
    edits: u64,
    looks: u64,
    past: VecDeque<Scene>,
    future: Vec<Scene>,
    gesture: Option<EditKey>,
}

impl Document {
    /// A document without a history.
    pub fn new(scene: Scene) -> Self {
        Self { scene, edits: 0, looks: 0, past: VecDeque::new(), future: Vec::new(), gesture: None }
    }

    /// Another scene without a history, in the place of the one that was here.
    pub fn replace(&mut self, scene: Scene) {
        let (edits, looks) = (self.edits + 1, self.looks);
        *self = Self { edits, looks, ..Self::new(scene) };
    }

    /// Another number whenever something but camera and playback has changed: what follows the scene compares numbers, for a scene may
    /// carry megabytes of samples and weights.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// Another number whenever anything has changed.
    pub fn changes(&self) -> u64 {
        self.edits + self.looks
    }

    /// The scene now.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Applies an edit and remembers what was before; edits of one gesture are remembered once, edits that change nothing
    /// not at all.
    ///
    /// # Errors
    /// [`SceneError`] for a scene that no reader would take: everything stays as it was.
    pub fn edit(&mut self, edit: Edit) -> Result<(), SceneError> {
        let key = edit.key();
        let before = self.scene.clone();
        edit.apply(&mut self.scene);
        if self.scene == before {
            return Ok(());
        }
        if let Err(error) = self.scene.validate() {
            self.scene = before;
            return Err(error);
        }
        self.edits += 1;
        self.future.clear();
        let continues = key != EditKey::Apart && self.gesture.as_ref() == Some(&key);
        self.gesture = Some(key);
        if !continues {
            self.past.push_back(before);
            if self.past.len() > HISTORY {
                self.past.pop_front();
            }
        }
        Ok(())
    }

    /// The pointer was let go: the next edit is another gesture. A formula is typed in one gesture until something else is edited.
    pub fn end_gesture(&mut self) {
        if self.gesture != Some(EditKey::Formula) {
            self.gesture = None;
        }
    }

    /// Changes what is no edit: the camera and the playback.
    ///
    /// # Errors
    /// [`SceneError`] for a scene that no reader would take: everything stays as it was.
    pub fn look(&mut self, change: impl FnOnce(&mut Option<CameraSpec>, &mut Playback)) -> Result<(), SceneError> {
        let before = (self.scene.view.camera, self.scene.playback.clone());
        change(&mut self.scene.view.camera, &mut self.scene.playback);
        let seen = self.scene.validate_look();
        if seen.is_err() {
            (self.scene.view.camera, self.scene.playback) = before;
        } else if before.0 != self.scene.view.camera || before.1 != self.scene.playback {
            self.looks += 1;
        }
        seen
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) {
        if let Some(mut scene) = self.past.pop_back() {
            self.keep_look(&mut scene);
            self.future.push(std::mem::replace(&mut self.scene, scene));
            self.edits += 1;
            self.gesture = None;
        }
    }

    /// Makes it again.
    pub fn redo(&mut self) {
        if let Some(mut scene) = self.future.pop() {
            self.keep_look(&mut scene);
            self.past.push_back(std::mem::replace(&mut self.scene, scene));
            self.edits += 1;
            self.gesture = None;
        }
    }

    fn keep_look(&self, scene: &mut Scene) {
        let same = scene.methods.len() == self.scene.methods.len();
        let selected = if same { self.scene.playback.selected } else { scene.playback.selected };
        scene.playback = Playback { selected, ..self.scene.playback.clone() };
        if scene.problem == self.scene.problem {
            scene.view.camera = self.scene.view.camera;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::scene::MethodSpec;

    #[test]
    fn a_drag_is_one_entry() {
        let mut document = Document::new(Scene::default());
        let before = document.scene().clone();
        for i in 0..20 {
            document.edit(Edit::Start(Some(vec![0.1 * f64::from(i), 1.0]))).unwrap();
        }
        document.end_gesture();
        document.edit(Edit::Start(Some(vec![-1.0, -1.0]))).unwrap();
        document.undo();
        assert_eq!(document.scene().start, Some(vec![0.1 * 19.0, 1.0]));
        document.undo();
        assert_eq!(document.scene(), &before);
        assert!(!document.can_undo());
        document.redo();
        document.redo();
        assert_eq!(document.scene().start, Some(vec![-1.0, -1.0]));
        assert!(!document.can_redo());
    }

    #[test]
    fn a_new_edit_forgets_what_was_undone_and_looking_is_no_edit() {
        let mut document = Document::new(Scene::default());
        document.edit(Edit::Seed(7)).unwrap();
        document.undo();
        assert!(document.can_redo());
        document.look(|_, playback| playback.step = 12).unwrap();
        assert!(document.can_redo());
        document.edit(Edit::Seed(8)).unwrap();
        assert!(!document.can_redo());
        document.undo();
        assert_eq!(document.scene().playback.step, 12);
    }

    #[test]
    fn the_history_is_bounded() {
        let mut document = Document::new(Scene::default());
        for seed in 100..100 + 2 * HISTORY as u64 {
            document.edit(Edit::Seed(seed)).unwrap();
            document.end_gesture();
        }
        let mut undone = 0;
        while document.can_undo() {
            document.undo();
            undone += 1;
        }
        assert_eq!(undone, HISTORY);
    }

    #[test]
    fn what_no_reader_would_take_is_not_taken() {
        let mut document = Document::new(Scene::default());
        let before = document.scene().clone();
        assert!(document.edit(Edit::Start(Some(vec![1e12, 0.0]))).is_err());
        for _ in 0..200 {
            let _ = document.edit(Edit::AddMethod(MethodSpec::new("gd")));
            let last = document.scene().methods.len() - 1;
            let _ = document.edit(Edit::Fork(last, 1, Default::default(), None));
            assert_eq!(Scene::from_json(&document.scene().to_json()).as_ref(), Ok(document.scene()));
        }
        while document.can_undo() {
            document.undo();
        }
        assert_eq!(document.scene(), &before);
        assert!(document.look(|camera, _| *camera = Some(CameraSpec { center: [0.0; 2], extent: 1e20 })).is_err());
        assert!(document.look(|_, playback| playback.speed = f64::INFINITY).is_err());
        assert_eq!(document.scene(), &before);
    }

    #[test]
    fn numbers_say_what_has_changed() {
        let mut document = Document::new(Scene::default());
        let mut seen = (document.edits(), document.changes());
        let mut step = |document: &Document| {
            let before = std::mem::replace(&mut seen, (document.edits(), document.changes()));
            (seen.0 != before.0, seen.1 != before.1)
        };
        let seed = document.scene().seed;
        document.edit(Edit::Seed(seed)).unwrap();
        document.look(|_, playback| playback.step += 0).unwrap();
        assert!(document.edit(Edit::Steps(0)).is_err() && document.look(|_, playback| playback.speed = 0.0).is_err());
        assert_eq!(step(&document), (false, false));
        document.look(|_, playback| playback.step += 1).unwrap();
        assert_eq!(step(&document), (false, true));
        document.edit(Edit::Seed(seed + 1)).unwrap();
        assert_eq!(step(&document), (true, true));
        document.undo();
        assert_eq!(step(&document), (true, true));
        document.redo();
        assert_eq!(step(&document), (true, true));
        document.replace(Scene::default());
        assert_eq!(step(&document), (true, true));
        assert!(!document.can_undo());
    }

    #[test]
    fn the_chosen_method_stays_chosen_when_one_before_it_goes() {
        let mut document = Document::new(Scene::default());
        document.look(|_, playback| playback.selected = Some(4)).unwrap();
        document.edit(Edit::RemoveMethod(1)).unwrap();
        assert_eq!(document.scene().playback.selected, Some(3));
        document.undo();
        assert_eq!(document.scene().playback.selected, Some(4));
    }

    #[test]
    fn edits_beyond_the_list_change_nothing() {
        let mut document = Document::new(Scene::default());
        document.edit(Edit::RemoveMethod(99)).unwrap();
        document.edit(Edit::Enable(99, false)).unwrap();
        document.edit(Edit::Setting(99, "step_size".to_owned(), None)).unwrap();
        assert!(!document.can_undo());
    }
}
