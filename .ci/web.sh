# The page: the program as WebAssembly in dist/, and its drive in a browser.

WASM_LIMIT=3500000 # bytes of the wasm after gzip

need_node() {
  command -v npm >/dev/null || need nodejs npm
  npm ci --prefix tests/web --no-audit --no-fund --loglevel=error
}

# cargo for wasm32-unknown-unknown. Where rustup has the target, the usual one; else Debian's compiler builds the standard
# library for it.
cargo_wasm() {
  export CARGO_TARGET_DIR="$TARGET/web"
  if rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
    cargo "$@" --target wasm32-unknown-unknown
  else
    need rustc-web cargo-web rust-web-src rust-web-llvm
    local linker
    linker="$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$linker" \
      /usr/bin/cargo "$@" -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown
  fi
}

# wasm-bindgen of the very version that the crate links.
wasm_bindgen() {
  local version
  version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  local tool="$TARGET/tools/bin/wasm-bindgen"
  if ! "$tool" --version 2>/dev/null | grep -qF " $version"; then
    CARGO_TARGET_DIR="$TARGET/tools/build" cargo install wasm-bindgen-cli --version "$version" --root "$TARGET/tools" --force
  fi
  "$tool" "$@"
}

# index.html with the module in the place of Trunk's link.
page() {
  awk '/<link data-trunk rel="copy-dir"/ { next }
    /<link data-trunk rel="rust"/ { link = 1 }
    link && />/ {
      link = 0
      print "<link rel=\"preload\" href=\"saddlescope_bg.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin>"
      print "<script type=\"module\">"
      print "  import init, * as bindings from \"./saddlescope.js\";"
      print "  await init({ module_or_path: \"saddlescope_bg.wasm\" });"
      print "  window.wasmBindings = bindings;"
      print "</script>"
      next
    }
    !link' index.html
}

# Builds dist/: index.html, saddlescope.js, saddlescope_bg.wasm, and a .gz beside each; the data sets in data/.
part_web() {
  need_node
  cargo_wasm build --profile web --bin saddlescope
  rm -rf dist && mkdir dist
  wasm_bindgen --target web --no-typescript --out-dir dist "$TARGET/web/wasm32-unknown-unknown/web/saddlescope.wasm"
  tests/web/node_modules/.bin/wasm-opt -Os --strip-debug --strip-producers \
    --enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
    --enable-reference-types --enable-multivalue -o dist/optimized.wasm dist/saddlescope_bg.wasm
  mv dist/optimized.wasm dist/saddlescope_bg.wasm
  page >dist/index.html
  cp -r assets/data dist/data
  gzip -9 -k dist/index.html dist/saddlescope.js dist/saddlescope_bg.wasm
  local size
  size=$(stat -c %s dist/saddlescope_bg.wasm.gz)
  echo "measured: wasm $(stat -c %s dist/saddlescope_bg.wasm) bytes, gzip $size bytes"
  if [ "$size" -ge $WASM_LIMIT ]; then
    echo "the wasm has $size bytes after gzip; the limit is $WASM_LIMIT"
    return 1
  fi
}

# Drives dist/ in Chromium, with the native program beside it to compare runs with.
part_browser() {
  need_node
  need chromium fonts-dejavu-core
  if [ ! -f dist/index.html ]; then part_web; fi
  cargo build --release --bin saddlescope
  SADDLESCOPE="$TARGET/release/saddlescope" node --test --test-reporter=spec tests/web/drive.test.mjs
}
