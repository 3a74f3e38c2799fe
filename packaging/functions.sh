# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# shellcheck shell=bash
# What run.sh and test.sh share; sourced, with $root set to the repository.

say() { echo "doubletalk: $*" >&2; }

installed_now=no
installDependencies() {  # SET
    local rc=0
    bash "$root/packaging/install_dependencies.sh" "$1" || rc=$?
    case $rc in
        0) ;;
        3) installed_now=yes ;;
        *) exit 1 ;;
    esac
}

# At most one compiler for each 1.5 GB of memory: a machine that swaps is slower than one that waits.
buildJobs() {
    local cores memory_kb
    cores=$(nproc)
    memory_kb=$(awk '/^MemTotal:/ {print $2}' /proc/meminfo 2> /dev/null || true)
    local by_memory=$((${memory_kb:-99999999} / 1500000))
    ((by_memory < 1)) && by_memory=1
    echo $((by_memory < cores ? by_memory : cores))
}

# Runs a command with its output in a log; the log's end is shown when it fails.
quietly() {  # LOG COMMAND...
    local log=$1
    shift
    "$@" > "$log" 2>&1 && return 0
    local rc=$?
    tail -n 60 "$log" >&2
    say "error: '$1' failed (exit $rc); the whole output is in $log"
    return $rc
}

# Configures a build folder unless it already is with these very options. Ninja runs cmake again by
# itself when a CMake file changes. New packages or a moved source tree need a fresh start, because
# CMake remembers what it found.
configureBuild() {  # FOLDER CMAKE_OPTION...
    local folder=$1 fresh=()
    shift
    local stamp=$folder/.configured
    if [[ $installed_now == no && -f $folder/build.ninja && -f $stamp &&
        $(< "$stamp") == "$root $*" ]]; then
        return 0
    fi
    [[ -f $folder/CMakeCache.txt ]] && fresh=(--fresh)
    mkdir -p "$folder"
    rm -f "$stamp"
    say "configuring ${folder#"$root"/}"
    quietly "$folder/configure.log" cmake "${fresh[@]}" -G Ninja -S "$root" -B "$folder" "$@" ||
        return 1
    echo "$root $*" > "$stamp"
}

buildAll() {  # FOLDER NINJA_OPTION...
    local folder=$1
    shift
    if [[ $(ninja -C "$folder" -n 2> /dev/null | tail -n 1) != *"no work to do"* ]]; then
        say "building ${folder#"$root"/} (some minutes the first time)"
        ninja -C "$folder" -j "$(buildJobs)" "$@" >&2
    fi
}
