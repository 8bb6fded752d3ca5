# Every command of README.md's sh blocks. A command with the comment "# the window" stays open: it is given a virtual display and
# some seconds, must still run after them, and must have drawn something.

part_readme() {
  need_window
  need imagemagick
  export CARGO_INSTALL_ROOT="$TARGET/install" PATH="$TARGET/install/bin:$PATH"
  mkdir -p target
  local command output="$LOGS/readme-output.log" count=0
  while IFS= read -r command; do
    [ -z "$command" ] && continue
    echo "\$ $command"
    count=$((count + 1))
    if [[ "$command" == *"# the window" ]]; then
      cargo build --release >"$output" 2>&1 || { cat "$output"; return 1; }
      opens_a_window "$command" || { echo "FAILED: $command"; return 1; }
    elif ! bash -euo pipefail -c "$command" >"$output" 2>&1 </dev/null; then
      tail -n 60 "$output"
      echo "FAILED: $command"
      return 1
    fi
  done < <(awk '/^```/ { inside = ($0 == "```sh"); next } inside' README.md)
  echo "measured: $count commands of README.md"
}

opens_a_window() {
  local picture="$LOGS/readme-window.png"
  xvfb-run -a -s "-screen 0 1280x800x24" bash -c '
    timeout --signal=TERM 20 bash -c "exec $1" & shell=$!
    sleep 12
    import -window root "$2"
    wait $shell
    [ $? = 124 ]' _ "$1" "$picture" || return 1
  [ "$(identify -format %k "$picture")" -gt 50 ]
}
