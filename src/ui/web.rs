//! The page: the scene in the address, and what the page's scripts can ask.

use super::command::Command;
use super::files::Inbox;
use super::snapshot::Snapshot;
use super::{App, Launch};
use crate::problem::data::{DataSet, files_of, provide};
use crate::scene::{Scene, to_link};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eframe::egui;
use std::cell::RefCell;
use std::collections::BTreeSet;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The last frame, its scene, and what edits of the document it has.
    static LIVE: RefCell<Option<(Snapshot, Scene, u64)>> = const { RefCell::new(None) };
    /// Sets whose images are being fetched.
    static UNDER_WAY: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// The page's launch: the scene of the address, where it has one.
pub fn launch() -> Launch {
    match fragment() {
        Some(text) => Launch::from_link(&text),
        None => Launch::default(),
    }
}

fn fragment() -> Option<String> {
    let hash = web_sys::window()?.location().hash().ok()?;
    (hash.len() > 1).then_some(hash)
}

/// Opens the scene of the address whenever it changes.
pub(super) fn follow_address(ctx: &egui::Context, inbox: &Inbox) {
    let (ctx, inbox) = (ctx.clone(), inbox.clone());
    let changed = Closure::<dyn FnMut()>::new(move || {
        if let Some(text) = fragment() {
            inbox.push(&ctx, Command::Load(text));
        }
    });
    if let Some(window) = web_sys::window() {
        window.set_onhashchange(Some(changed.as_ref().unchecked_ref()));
    }
    changed.forget();
}

/// Starts the window in `canvas`.
///
/// # Errors
/// What the browser says where it can draw neither with WebGPU nor with WebGL 2.
pub async fn run(canvas: web_sys::HtmlCanvasElement) -> Result<(), JsValue> {
    let launch = launch();
    let create: eframe::AppCreator<'static> = Box::new(move |cc| Ok(Box::new(App::new(cc, launch)?)));
    eframe::WebRunner::new().start(canvas, eframe::WebOptions::default(), create).await
}

/// Keeps the state of a frame for the page's scripts; a scene is copied when it was edited, its camera and playback in each frame.
pub(super) fn publish(snapshot: &Snapshot, scene: &Scene, edits: u64) {
    LIVE.with_borrow_mut(|live| match live {
        Some((seen, kept, of)) if *of == edits => {
            seen.clone_from(snapshot);
            (kept.view.camera, kept.playback) = (scene.view.camera, scene.playback.clone());
        }
        _ => *live = Some((snapshot.clone(), scene.clone(), edits)),
    });
}

/// Fetches the images of a data set, which are no part of the program; that they are there, or why not, arrives in the inbox.
pub(super) fn fetch(ctx: &egui::Context, inbox: &Inbox, set: &'static DataSet) {
    if !UNDER_WAY.with_borrow_mut(|sets| sets.insert(set.id)) {
        return;
    }
    let (ctx, inbox) = (ctx.clone(), inbox.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let lost = match files(set.id).await {
            Ok(files) => {
                provide(set.id, files);
                None
            }
            Err(_) => Some(format!(
                "The images of {} could not be loaded: check the connection and choose them again, or choose another problem.",
                set.name
            )),
        };
        UNDER_WAY.with_borrow_mut(|sets| sets.remove(set.id));
        inbox.push(&ctx, Command::Images(set.id, lost));
    });
}

async fn files(set: &str) -> Result<Vec<Vec<u8>>, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    // All of them are under way before the first is waited for.
    let asked: Vec<_> = files_of(set).iter().map(|name| window.fetch_with_str(&format!("data/{name}"))).collect();
    let mut files = Vec::new();
    for response in asked {
        files.push(body(response).await?);
    }
    Ok(files)
}

async fn body(response: js_sys::Promise) -> Result<Vec<u8>, JsValue> {
    let response: web_sys::Response = wasm_bindgen_futures::JsFuture::from(response).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let buffer = wasm_bindgen_futures::JsFuture::from(response.array_buffer()?).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

fn ask(answer: impl FnOnce(&Snapshot, &Scene) -> Option<String>) -> String {
    let answer = LIVE.with(|live| {
        let live = live.try_borrow().ok()?;
        let (snapshot, scene, _) = live.as_ref()?;
        answer(snapshot, scene)
    });
    answer.unwrap_or_else(|| "null".to_owned())
}

/// What is on the screen, as JSON.
#[wasm_bindgen]
pub fn saddlescope_state() -> String {
    ask(|snapshot, _| serde_json::to_string(snapshot).ok())
}

/// The scene as it would be saved.
#[wasm_bindgen]
pub fn saddlescope_scene() -> String {
    ask(|_, scene| Some(scene.to_json()))
}

/// The recording of every run of the scene.
#[wasm_bindgen]
pub fn saddlescope_trace() -> String {
    ask(|_, scene| super::snapshot::trace(scene))
}

/// The scene as the fragment of a link.
#[wasm_bindgen]
pub fn saddlescope_link() -> String {
    ask(|_, scene| Some(to_link(scene)))
}

/// Puts the scene into the address without a new entry of the browser's history; returns the address.
pub(super) fn link(scene: &Scene) -> String {
    let fragment = format!("#{}", to_link(scene));
    let address = || {
        let window = web_sys::window()?;
        window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&fragment)).ok()?;
        window.location().href().ok()
    };
    address().unwrap_or_else(|| fragment.clone())
}

/// Opens the browser's dialog for a file; what comes of it arrives in the inbox.
pub(super) fn choose_file(ctx: &egui::Context, inbox: &Inbox) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let input: web_sys::HtmlInputElement = document.create_element("input").ok()?.dyn_into().ok()?;
    input.set_type("file");
    let (ctx, inbox, chosen) = (ctx.clone(), inbox.clone(), input.clone());
    let changed = Closure::<dyn FnMut()>::new(move || {
        let Some(file) = chosen.files().and_then(|files| files.get(0)) else { return };
        let (ctx, inbox) = (ctx.clone(), inbox.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let bytes = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await;
            let bytes = bytes.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec());
            let bytes = bytes.map_err(|_| "the browser does not give it".to_owned());
            inbox.push(&ctx, super::files::read_bytes(&file.name(), bytes));
        });
    });
    input.set_onchange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
    input.click();
    Some(())
}

/// Offers a file to save.
pub(super) fn download(name: &str, bytes: &[u8]) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let anchor: web_sys::HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&format!("data:application/octet-stream;base64,{}", STANDARD.encode(bytes)));
    anchor.set_download(name);
    anchor.click();
    Some(())
}
