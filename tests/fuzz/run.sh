#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later

# Builds every fuzzer with clang and runs each for so many seconds (60); one line says pass or FAIL.
# usage: tests/fuzz/run.sh [seconds] [build folder] [fuzzer...]
# What crashed lies in <build folder>/fuzz/findings; a second run with the file as argument repeats it.
set -eu
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
build=${2:-$source_dir/build/fuzz}
[ $# -gt 2 ] && shift 2 || shift $#
command -v clang++ > /dev/null || { echo "clang++ is missing: install clang and libclang-rt-dev" >&2; exit 1; }

if [ -z "${DT_FUZZ_NO_BUILD:-}" ]; then
    cmake -S "$source_dir" -B "$build" -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DDT_FUZZ=ON -DDT_TESTS=OFF > "$build.log" 2>&1 || { tail -20 "$build.log" >&2; exit 1; }
    cmake --build "$build" --target fuzzers -j "${DT_JOBS:-$(nproc)}" >> "$build.log" 2>&1 ||
        { tail -40 "$build.log" >&2; exit 1; }
fi

[ $# -gt 0 ] || set -- "$build"/fuzz/*_fuzz
mkdir -p "$build/fuzz/findings" "$build/fuzz/logs"
failed=0
for program in "$@"; do
    name=$(basename "$program" _fuzz)
    grown=$build/fuzz/corpus/$name
    mkdir -p "$grown"
    seeds=$source_dir/tests/fuzz/corpus/$name
    [ -d "$seeds" ] || seeds=
    log=$build/fuzz/logs/$name.log
    # Memory and time of one input are bounded: a small file must not cost much of either.
    if "$build/fuzz/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$build/fuzz/findings/$name-" \
        "$grown" $seeds > "$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "pass $name ($runs runs in $seconds s)"
    else
        echo "FAIL $name (see $log)"
        failed=1
    fi
done
exit $failed
