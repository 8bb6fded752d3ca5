//! The system's dialogs for files, asked on a thread of their own: the window goes on while they are open.

use super::command::Command;
use super::files::{Inbox, NO_DIALOG, read_bytes};
use eframe::egui;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a dialog is open: one at a time.
static OPEN: AtomicBool = AtomicBool::new(false);

/// What a dialog answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// This file. That it may be written over was asked by the dialog.
    Chosen(PathBuf),
    /// None after all.
    Cancelled,
    /// The system has no dialog.
    Unavailable,
}

/// Asks where to save and writes the file; what comes of it arrives in the inbox. Without a dialog the file goes to the folder
/// that the program was started in, under a name that no file has.
pub fn save(ctx: &egui::Context, inbox: &Inbox, name: &str, bytes: &[u8]) {
    let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = rfd::AsyncFileDialog::new().set_title("Save").set_file_name(name);
    let dialog = dialog.add_filter(extension.to_uppercase(), &[extension]).save_file();
    let (name, bytes) = (name.to_owned(), bytes.to_vec());
    ask(ctx, inbox, dialog, move |answer| written(answer, &std::env::current_dir().unwrap_or_default(), &name, &bytes));
}

/// Asks for a file of a scene or of samples and reads it; what comes of it arrives in the inbox.
pub fn open(ctx: &egui::Context, inbox: &Inbox) {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title("Open a scene, samples or weights")
        .add_filter("Scenes, samples and weights", &["json", "csv", "idx3-ubyte", "idx1-ubyte"])
        .add_filter("All files", &["*"])
        .pick_file();
    ask(ctx, inbox, dialog, |answer| match answer {
        Answer::Chosen(path) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Some(read_bytes(&name, std::fs::read(path).map_err(|error| error.to_string())))
        }
        Answer::Cancelled => None,
        Answer::Unavailable => Some(Command::Notice(NO_DIALOG.to_owned())),
    });
}

/// Waits for a dialog and takes what `then` makes of its answer to the inbox.
fn ask(
    ctx: &egui::Context,
    inbox: &Inbox,
    dialog: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    then: impl FnOnce(Answer) -> Option<Command> + Send + 'static,
) {
    if OPEN.swap(true, Ordering::AcqRel) {
        inbox.push(ctx, Command::Notice("A file dialog is open already.".to_owned()));
        return;
    }
    let asking = Asking;
    let (wake, answers) = (ctx.clone(), inbox.clone());
    let thread = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
        let _asking = asking;
        let answer = if !has_dialogs() {
            Answer::Unavailable
        } else {
            pollster::block_on(dialog).map_or(Answer::Cancelled, |file| Answer::Chosen(file.path().to_owned()))
        };
        if let Some(command) = then(answer) {
            answers.push(&wake, command);
        }
    });
    if let Err(error) = thread {
        inbox.push(ctx, Command::Notice(format!("No file dialog can be opened: {error}.")));
    }
}

/// Held while a dialog is open.
struct Asking;

impl Drop for Asking {
    fn drop(&mut self) {
        OPEN.store(false, Ordering::Release);
    }
}

/// Whether the desktop has dialogs for files: on its bus stands the portal of freedesktop.org.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn has_dialogs() -> bool {
    let version = zbus::blocking::Connection::session().and_then(|bus| {
        let (name, path) = ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop");
        let question = &("org.freedesktop.portal.FileChooser", "version");
        bus.call_method(Some(name), path, Some("org.freedesktop.DBus.Properties"), "Get", question)
    });
    version.is_ok()
}

/// Whether the desktop has dialogs for files: these systems always do.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn has_dialogs() -> bool {
    true
}

/// Writes a file where it was chosen to be; returns what to say.
fn written(answer: Answer, folder: &Path, name: &str, bytes: &[u8]) -> Option<Command> {
    let said = match answer {
        Answer::Cancelled => return None,
        Answer::Chosen(path) => match std::fs::write(&path, bytes) {
            Ok(()) => format!("Saved as {}.", path.display()),
            Err(error) => format!("{} could not be written: {error}.", path.display()),
        },
        Answer::Unavailable => numbered(folder, name, bytes),
    };
    Some(Command::Notice(said))
}

/// Writes a file under a name that no other has: `name`, else with a number from 2 on.
fn numbered(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for number in 1..1000 {
        let name = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{extension}") };
        match std::fs::OpenOptions::new().write(true).create_new(true).open(folder.join(&name)) {
            Ok(mut file) => {
                return match file.write_all(bytes) {
                    Ok(()) => format!("Saved as {name} in {}.", folder.display()),
                    Err(error) => format!("{name} could not be written: {error}."),
                };
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return format!("{name} could not be written: {error}."),
        }
    }
    "Nothing was saved: this folder holds a thousand of these files.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the test's own, gone with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("saddlescope-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn said(command: Option<Command>) -> String {
        match command {
            Some(Command::Notice(text)) => text,
            other => panic!("{other:?} is no notice"),
        }
    }

    #[test]
    fn without_a_dialog_nothing_is_written_over() {
        let folder = Folder::new("numbered");
        for (number, name) in ["scene.json", "scene-2.json", "scene-3.json"].into_iter().enumerate() {
            let text = said(written(Answer::Unavailable, &folder.0, "scene.json", &[number as u8]));
            assert_eq!(text, format!("Saved as {name} in {}.", folder.0.display()));
        }
        assert_eq!(std::fs::read(folder.0.join("scene.json")).expect("written"), [0]);
        let nowhere = said(written(Answer::Unavailable, &folder.0.join("none"), "scene.json", &[]));
        assert!(nowhere.starts_with("scene.json could not be written: "), "{nowhere}");
    }

    #[test]
    fn a_chosen_file_is_written_and_a_cancelled_dialog_says_nothing() {
        let folder = Folder::new("chosen");
        let path = folder.0.join("picture.png");
        for bytes in [&[1, 2][..], &[3]] {
            let text = said(written(Answer::Chosen(path.clone()), &folder.0, "other.png", bytes));
            assert_eq!(text, format!("Saved as {}.", path.display()));
            assert_eq!(std::fs::read(&path).expect("written"), bytes);
        }
        assert_eq!(written(Answer::Cancelled, &folder.0, "other.png", &[4]), None);
        assert_eq!(std::fs::read_dir(&folder.0).expect("a folder").count(), 1);
        assert!(said(written(Answer::Chosen(folder.0.clone()), &folder.0, "x.png", &[])).contains("could not be written"));
    }

    #[test]
    fn one_dialog_at_a_time_and_the_answer_arrives_later() {
        let (ctx, inbox) = (egui::Context::default(), Inbox::default());
        let (answer, waiting) = std::sync::mpsc::channel::<()>();
        ask(&ctx, &inbox, std::future::ready(None), move |_| {
            waiting.recv().expect("the test goes on");
            Some(Command::Notice("done".to_owned()))
        });
        ask(&ctx, &inbox, std::future::ready(None), |_| panic!("a second dialog"));
        assert_eq!(inbox.take(), [Command::Notice("A file dialog is open already.".to_owned())]);
        answer.send(()).expect("the thread waits");
        while OPEN.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        assert_eq!(inbox.take(), [Command::Notice("done".to_owned())]);
    }
}
