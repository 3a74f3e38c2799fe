#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A user at a real window (Xvfb, a window manager, keys by xdotool): runs, records, switches a stage
# off, interrupts, looks at both workspaces, exports a plot, ends. What is left behind is checked.
#   user_script.sh DOUBLETALK DOUBLETALK_CLI [FOLDER_FOR_PICTURES]
set -euo pipefail
program=$1
cli=$2
work=$(mktemp -d)
pictures=${3:-$work/pictures}
mkdir -p "$pictures" "$work/home" "$work/run"
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }

exec 5> "$work/display"
Xvfb -displayfd 5 -screen 0 1700x1100x24 > /dev/null 2>&1 &
pids+=($!)
for _ in $(seq 100); do [[ -s $work/display ]] && break; sleep 0.1; done
DISPLAY=:$(< "$work/display")
export DISPLAY HOME=$work/home XDG_CONFIG_HOME=$work/home/config XDG_RUNTIME_DIR=$work/run QT_QPA_PLATFORM=xcb
chmod 700 "$work/run"
openbox > /dev/null 2>&1 &
pids+=($!)
sleep 1

"$program" --size 1600x1000 > "$work/log" 2>&1 &
window_pid=$!
pids+=("$window_pid")
for _ in $(seq 100); do
    window=$(xdotool search --onlyvisible --pid "$window_pid" 2> /dev/null | tail -n 1) && [[ -n $window ]] && break
    sleep 0.1
done
sleep 1
look() { import -window "$window" "$pictures/$1.png"; }
look 0-idle
xdotool key shift+r key r
sleep 10
look 1-echo
xdotool key F6 key k
sleep 2
look 2-network
xdotool key F5
sleep 2
xdotool key space
sleep 1
look 3-interrupted
xdotool key shift+r  # keeps the session
sleep 2
xdotool key F1
sleep 1
look 4-keys
xdotool key Escape
xdotool key ctrl+e
sleep 1
look 5-export
xdotool key Escape
sleep 0.5
xdotool key r
sleep 1
xdotool key ctrl+q
for _ in $(seq 50); do kill -0 "$window_pid" 2> /dev/null || break; sleep 0.1; done
kill -0 "$window_pid" 2> /dev/null && fail "the window does not end"
wait "$window_pid" || fail "the window ended with $?: $(< "$work/log")"

session=$(find "$work/home" -name session.json -printf '%h\n' | head -n 1)
[[ -n $session ]] || fail "no session was kept"
for loop in open closed; do
    "$cli" replay "$session" --loop $loop --expect-identical > "$work/replay" 2>&1 ||
        fail "the replay ($loop loop) is not the same: $(tail -n 5 "$work/replay")"
done
for picture in "$pictures"/*.png; do
    colours=$(identify -format %k "$picture")
    ((colours > 50)) || fail "$picture has $colours colours"
done
echo "passed: session $(basename "$session") replays bit for bit, pictures in $pictures"
