#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds into build/release and starts Doubletalk:
#   packaging/run.sh                 the window; without a display the demonstration, whose results
#                                    lie in build/release/demo (report.txt, metrics.json, session/,
#                                    window.png)
#   packaging/run.sh -- ARGUMENTS    doubletalk-cli ARGUMENTS, e.g.  -- run --scene double_talk
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release
program=$build/bin/doubletalk-cli
. "$root/packaging/functions.sh"

case ${1:-} in
    "") arguments=() ;;
    --) shift; arguments=("$@") ;;
    -h | --help) sed -n '5,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) say "unknown argument '$1'; arguments for doubletalk-cli come after --"; exit 2 ;;
esac

installDependencies run
configureBuild "$build" -DCMAKE_BUILD_TYPE=Release -DDT_TESTS=OFF -DDT_BENCH=OFF -DDT_FUZZ=OFF
buildAll "$build"
[[ -x $program ]] || { say "error: the build made no $program"; exit 1; }
((${#arguments[@]})) && exec "$program" "${arguments[@]}"
[[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] && exec "$build/bin/doubletalk"
"$program" demo --out "$build/demo"
QT_QPA_PLATFORM=offscreen "$build/bin/doubletalk" --default-settings --picture "$build/demo/window.png"
say "the window after such a run: ${build#"$root"/}/demo/window.png"
