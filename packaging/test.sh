#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds and tests:
#   packaging/test.sh            release, asan
#   packaging/test.sh --all      those and tsan, debian13, fuzz, soak, bench
#   packaging/test.sh STAGE...   only these
# Stages: release (all tests, include rules, the embedding example and devices of sound servers of
# its own among them: label device, up to four minutes of real time, nothing beside them), asan (the
# same under address and undefined-behaviour sanitizers, without devices; the window, five minutes
# more, with --all or DT_ASAN_WINDOW=ON), tsan (engine tests under the thread sanitizer), debian13
# (run.sh and the release stage without devices in a fresh Debian 13 folder; root only), fuzz (each
# parser for DT_FUZZ_S seconds, 60), soak (runs for DT_SOAK_S seconds, 120, which must stay equal and
# small; ten minutes of both drifts), bench (speed and memory, printed).
# DT_DEVICES=OFF: the release stage leaves the devices out.
# DT_WERROR=ON|OFF: warnings are errors in the release stage (default: with the compiler of Debian 12).
# The last line is "N passed, N failed"; exit 1 when something failed.
set -uo pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/packaging/functions.sh"

all=(release asan tsan debian13 fuzz soak bench)
stages=()
for argument in "$@"; do
    case $argument in
        --all) stages=("${all[@]}"); DT_ASAN_WINDOW=${DT_ASAN_WINDOW:-ON} ;;
        -h | --help) sed -n '5,19s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
        *)
            [[ " ${all[*]} " == *" $argument "* ]] ||
                { say "unknown stage '$argument'; there are: ${all[*]}"; exit 2; }
            stages+=("$argument")
            ;;
    esac
done
((${#stages[@]})) || stages=(release asan)

passed=0
failed=0
failures=()
pass() { passed=$((passed + ${1:-1})); }
lose() {  # WHAT [COUNT]
    failed=$((failed + ${2:-1}))
    failures+=("$1")
    say "FAILED: $1"
}

# Kernels that place memory very randomly stop the sanitizers of GCC 12 and 14 at start.
steady=()
if setarch "$(uname -m)" -R true 2> /dev/null; then steady=(setarch "$(uname -m)" -R); fi

# Runs ctest in a folder and adds its counts, read from its closing line.
runTests() {  # NAME FOLDER CTEST_OPTION...
    local name=$1 folder=$2 log=$2/ctest.log line
    shift 2
    "${steady[@]}" ctest --test-dir "$folder" --output-on-failure -j2 --no-tests=error "$@" 2>&1 |
        tee "$log"
    local rc=${PIPESTATUS[0]}
    line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$log" | tail -n 1)
    if [[ $line =~ \ ([0-9]+)\ tests?\ failed\ out\ of\ ([0-9]+) ]]; then
        pass $((BASH_REMATCH[2] - BASH_REMATCH[1]))
        if ((BASH_REMATCH[1])); then lose "$name: ${BASH_REMATCH[1]} tests" "${BASH_REMATCH[1]}"; return; fi
        ((rc == 0)) || lose "$name: ctest ended with $rc"
    else
        lose "$name: ctest ran no test"
    fi
}

# Configures and builds; a failed build counts as one failure, and what was built is tested anyway.
buildStage() {  # NAME FOLDER CMAKE_OPTION...
    local name=$1 folder=$2
    shift 2
    configureBuild "$folder" "$@" || { lose "$name: configuration"; return 1; }
    buildAll "$folder" -k 0 || lose "$name: build"
}

sanitized=(-DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" -DDT_TESTS=ON -DDT_PCH=ON)
release_folder=$root/build/test-release

buildRelease() {
    local werror=OFF
    [[ $(g++ -dumpversion) == 12* ]] && werror=ON
    buildStage release "$release_folder" -DCMAKE_BUILD_TYPE=Release -DDT_TESTS=ON -DDT_BENCH=ON \
        "-DDT_WERROR=${DT_WERROR:-$werror}"
}

stage_release() {
    buildRelease || return
    runTests release "$release_folder" -LE 'soak|device'
    # The sound server's own clock decides here: once more when the first time did not do.
    [[ ${DT_DEVICES:-ON} == OFF ]] ||
        runTests devices "$release_folder" -L device -LE soak --repeat until-pass:2
}

stage_asan() {
    local folder=$root/build/test-asan
    buildStage asan "$folder" "${sanitized[@]}" -DDT_SANITIZE=address,undefined \
        "-DDT_WINDOW=${DT_ASAN_WINDOW:-OFF}" || return
    ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1 \
        UBSAN_OPTIONS=print_stacktrace=1 runTests asan "$folder" -LE 'soak|realtime|device'
}

stage_tsan() {
    local folder=$root/build/test-tsan
    buildStage tsan "$folder" "${sanitized[@]}" -DDT_SANITIZE=thread -DDT_WINDOW=OFF || return
    # Qt's libraries are not instrumented: what needs Qt's event loop has the label notsan and stays
    # out, and so do the window's tests.
    TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:suppressions=$root/packaging/tsan.supp" \
        runTests tsan "$folder" -LE 'soak|notsan|install|device|window'
}

stage_debian13() {
    if bash "$root/packaging/test_debian13.sh"; then pass; else lose "debian13"; fi
}

# One line for each fuzzer, "pass NAME ..." or "FAIL NAME ...".
stage_fuzz() {
    local log=$root/build/fuzz-stage.log rc good bad
    mkdir -p "$root/build"
    DT_JOBS=$(buildJobs) sh "$root/tests/fuzz/run.sh" "${DT_FUZZ_S:-60}" "$root/build/fuzz" 2>&1 | tee "$log"
    rc=${PIPESTATUS[0]}
    good=$(grep -c '^pass ' "$log")
    bad=$(grep -c '^FAIL ' "$log")
    pass "$good"
    if ((bad)); then
        lose "fuzz: $bad fuzzers" "$bad"
    elif ((rc != 0 || good == 0)); then
        lose "fuzz: the fuzzers did not run"
    fi
}

stage_soak() {
    buildRelease || return
    if python3 "$root/tests/soak/soak.py" "$release_folder/bin/doubletalk-cli" "${DT_SOAK_S:-120}"; then
        pass
    else
        lose "soak"
    fi
    if [[ $(ctest --test-dir "$release_folder" -N -L soak | tail -n 1) != "Total Tests: 0" ]]; then
        runTests soak "$release_folder" -L soak
    fi
}

stage_bench() {
    buildRelease || return
    if "$release_folder/bin/doubletalk_bench" --benchmark_out="$release_folder/bench.json" \
        --benchmark_out_format=json; then pass; else lose "bench"; fi
}

needed="test"
[[ " ${stages[*]} " =~ \ (debian13|fuzz|soak)\  ]] && needed=all
installDependencies "$needed"
for stage in "${stages[@]}"; do
    start=$SECONDS
    say "stage $stage"
    "stage_$stage"
    say "stage $stage took $((SECONDS - start)) s"
done

for failure in "${failures[@]}"; do echo "failed: $failure"; done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
