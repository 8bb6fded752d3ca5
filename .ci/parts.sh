# The parts of `.ci/run`: one function each, run in a subshell under `set -e`.

# Installs those of the named Debian packages that are absent.
need() {
  local absent=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || absent+=("$package")
  done
  [ ${#absent[@]} = 0 ] && return 0
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${absent[@]}"
}

# What the window links to and draws on: a software Vulkan device and a virtual display.
need_window() {
  need pkg-config libxkbcommon-x11-0 libegl1 libgl1-mesa-dri mesa-vulkan-drivers xvfb xauth fonts-dejavu-core
}

part_fmt() {
  cargo fmt --all --check
}

part_clippy() {
  cargo clippy --workspace --features saddlescope-benches/gui --all-targets -- -D warnings
  cargo clippy -p saddlescope --no-default-features --all-targets -- -D warnings
}

part_docs() {
  RUSTDOCFLAGS="-D warnings" cargo doc -p saddlescope -p saddlescope-core -p saddlescope-kernels --no-deps
  RUSTDOCFLAGS="-D warnings" cargo doc -p saddlescope --no-deps --no-default-features
}

# The headless core, without the window's crates.
part_core() {
  cargo test -p saddlescope -p saddlescope-core -p saddlescope-kernels --no-default-features
}

# The whole workspace: the same tests with the window, and its pictures on a software device.
part_window() {
  need_window
  cargo test --workspace --no-fail-fast
}

# The fuzz target compiles; running it needs a nightly compiler: `cargo +nightly fuzz run formula`.
part_fuzz() {
  need g++
  cargo check --manifest-path fuzz/Cargo.toml --target-dir "$TARGET/fuzz"
}
