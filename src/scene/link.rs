//! Links: a scene in the fragment of a URL, compressed and versioned.

use super::{Scene, SceneError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Marks the encoding: deflate of JSON, in base64url. A later encoding takes another letter.
const PREFIX: &str = "s=a";
/// A scene is a few kilobytes; a link that unpacks to more is not one.
const LARGEST_SCENE: usize = 1 << 20;

/// The fragment (without `#`) that says this scene.
pub fn to_link(scene: &Scene) -> String {
    let json = serde_json::to_vec(scene).unwrap_or_default();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(&json, 9)))
}

/// The scene of a link: a whole URL, or its fragment with or without `#`.
///
/// # Errors
/// [`SceneError`] in one sentence where the text holds no scene.
pub fn from_link(text: &str) -> Result<Scene, SceneError> {
    let fragment = text.trim().rsplit_once('#').map_or(text.trim(), |(_, fragment)| fragment);
    let body = fragment.strip_prefix(PREFIX).ok_or(SceneError::BadLink("it has no part that begins with #s=a"))?;
    let packed = URL_SAFE_NO_PAD.decode(body).map_err(|_| SceneError::BadLink("some of its letters are wrong or missing"))?;
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(&packed, LARGEST_SCENE)
        .map_err(|_| SceneError::BadLink("it was cut off or changed on the way"))?;
    let text = std::str::from_utf8(&json).map_err(|_| SceneError::BadLink("it was changed on the way"))?;
    Scene::from_json(text)
}
