//! The page: the scene in the address, and what the page's scripts can ask.

use super::command::Command;
use super::files::Inbox;
use super::snapshot::Snapshot;
use super::{App, Launch};
use crate::scene::{Scene, to_link};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eframe::egui;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static LIVE: RefCell<Option<(Snapshot, Scene)>> = const { RefCell::new(None) };
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
    fetch_data().await;
    let launch = launch();
    let create: eframe::AppCreator<'static> = Box::new(move |cc| Ok(Box::new(App::new(cc, launch)?)));
    eframe::WebRunner::new().start(canvas, eframe::WebOptions::default(), create).await
}

/// Keeps the state of a frame for the page's scripts.
pub(super) fn publish(snapshot: &Snapshot, scene: &Scene) {
    LIVE.with(|live| *live.borrow_mut() = Some((snapshot.clone(), scene.clone())));
}

/// Fetches the files of the data sets that are not part of the program; a set whose files do not come says so when it is chosen.
async fn fetch_data() {
    use crate::problem::data::{page_files, provide};
    let Some(window) = web_sys::window() else { return };
    // All of them are under way before the first is waited for.
    let asked: Vec<_> = page_files().map(|name| (name, window.fetch_with_str(&format!("data/{name}")))).collect();
    let mut files = Vec::new();
    for (name, response) in asked {
        if let Ok(bytes) = body(response).await {
            files.push((name, bytes));
        }
    }
    provide(files);
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
        let (snapshot, scene) = live.as_ref()?;
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
