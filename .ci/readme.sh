# Every command of README.md's sh blocks. A command with the comment "# the window" stays open: it is given a virtual display, must
# draw on it and go on; one with "# exit 1" is expected to end so, any other with 0.

part_readme() {
  need_window
  need imagemagick
  export CARGO_INSTALL_ROOT="$TARGET/install" PATH="$TARGET/install/bin:$PATH"
  mkdir -p target
  local command output="$LOGS/readme-output.log" count=0 status expected
  while IFS= read -r command; do
    [ -z "$command" ] && continue
    echo "\$ $command"
    count=$((count + 1))
    if [[ "$command" == *"# the window" ]]; then
      cargo build --release >"$output" 2>&1 || { cat "$output"; return 1; }
      opens_a_window "$command" || { echo "FAILED: $command"; return 1; }
    else
      [[ "$command" == *"# exit 1"* ]] && expected=1 || expected=0
      status=0
      bash -euo pipefail -c "$command" >"$output" 2>&1 </dev/null || status=$?
      if [ $status != $expected ]; then
        tail -n 60 "$output"
        echo "FAILED: $command (exit $status, not $expected)"
        return 1
      fi
    fi
  done < <(awk '/^```/ { inside = ($0 == "```sh"); next } inside' README.md)
  echo "measured: $count commands of README.md"
}

# Whether the command draws within a minute and still runs some seconds later.
opens_a_window() {
  local picture="$LOGS/readme-window.png"
  xvfb-run -a -s "-screen 0 1280x800x24" bash -c '
    bash -c "exec $1" & window=$!
    for _ in $(seq 60); do
      sleep 1
      kill -0 $window || exit 1
      import -window root "$2"
      if [ "$(identify -format %k "$2")" -gt 50 ]; then
        sleep 3
        kill $window
        exit
      fi
    done
    kill $window
    exit 1' _ "$1" "$picture"
}
