#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds into build/release and runs the demonstration:
#   packaging/run.sh                 the demonstration, results in build/release/demo
#   packaging/run.sh -- ARGUMENTS    doubletalk-cli ARGUMENTS, e.g.  -- run --scene double_talk
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release
program=$build/bin/doubletalk-cli
. "$root/packaging/functions.sh"

case ${1:-} in
    "") arguments=(demo --out "$build/demo") ;;
    --) shift; arguments=("$@") ;;
    -h | --help) sed -n '5,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) say "unknown argument '$1'; arguments for doubletalk-cli come after --"; exit 2 ;;
esac

installDependencies run
configureBuild "$build" -DCMAKE_BUILD_TYPE=Release -DDT_TESTS=OFF -DDT_BENCH=OFF -DDT_FUZZ=OFF
buildAll "$build"
[[ -x $program ]] || { say "error: the build made no $program"; exit 1; }
exec "$program" "${arguments[@]}"
