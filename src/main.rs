//! The binary of saddlescope: on the desktop the headless commands or the window, in the browser the page.

#[cfg(not(target_arch = "wasm32"))]
use std::process::ExitCode;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> ExitCode {
    match saddlescope::cli::parse() {
        Err(status) => status,
        Ok(arguments) => match &arguments.command {
            Some(command) => saddlescope::cli::run(command),
            None => match arguments.scene() {
                Err(error) => saddlescope::cli::refuse(&error),
                Ok(scene) => window(scene),
            },
        },
    }
}

#[cfg(all(not(target_arch = "wasm32"), feature = "gui"))]
fn window(scene: Option<saddlescope::scene::Scene>) -> ExitCode {
    use saddlescope::ui::{Launch, run_native};
    env_logger::Builder::new().filter_level(log::LevelFilter::Error).parse_default_env().init();
    match run_native(Launch { scene, ..Launch::default() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("saddlescope: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(all(not(target_arch = "wasm32"), not(feature = "gui")))]
fn window(_: Option<saddlescope::scene::Scene>) -> ExitCode {
    saddlescope::cli::refuse(&"this build has no window; see saddlescope --help for the commands")
}

/// Starts the window on the element `canvas`; what goes wrong is thrown, and index.html has a sentence for it.
#[cfg(all(target_arch = "wasm32", feature = "gui"))]
fn main() {
    use wasm_bindgen::{JsCast as _, JsValue};
    let _ = eframe::WebLogger::init(log::LevelFilter::Warn);
    let start = async {
        let document = web_sys::window().and_then(|window| window.document());
        let canvas = document.and_then(|d| d.get_element_by_id("canvas")).ok_or("the page has no canvas")?;
        saddlescope::ui::web::run(canvas.dyn_into()?).await
    };
    wasm_bindgen_futures::spawn_local(async {
        let ended: Result<(), JsValue> = start.await;
        if let Err(error) = ended {
            wasm_bindgen::throw_val(error);
        }
    });
}

#[cfg(all(target_arch = "wasm32", not(feature = "gui")))]
fn main() {}
