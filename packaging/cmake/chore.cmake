# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the targets format, lint, check and bench run: cmake -DCHORE=format ... -P chore.cmake
# Environment: DT_LINT, a regular expression the paths to lint have in them ("engine/codec"; without it
# everything in engine, app and ui); DT_JOBS, how many at a time (default: one a processor core).
cmake_minimum_required(VERSION 3.25)

if(DEFINED ENV{DT_JOBS})
    set(jobs $ENV{DT_JOBS})
else()
    cmake_host_system_information(RESULT jobs QUERY NUMBER_OF_LOGICAL_CORES)
endif()

# Sets RESULT to the program, or stops with what to install.
function(dt_need result program package)
    find_program(found_${program} ${program})
    if(NOT found_${program})
        message(FATAL_ERROR "${CHORE}: ${program} was not found. Install it (Debian: apt install ${package}) and try again.")
    endif()
    set(${result} ${found_${program}} PARENT_SCOPE)
endfunction()

function(dt_run)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${SOURCE} RESULT_VARIABLE rc)
    if(NOT rc EQUAL 0)
        message(FATAL_ERROR "${CHORE}: there were faults (exit ${rc}), see above")
    endif()
endfunction()

# Tracked files of these patterns, from the root of the sources.
function(dt_tracked result)
    dt_need(git git git)
    execute_process(COMMAND ${git} ls-files -- ${ARGN} WORKING_DIRECTORY ${SOURCE}
        OUTPUT_VARIABLE files RESULT_VARIABLE rc OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT rc EQUAL 0 OR files STREQUAL "")
        message(FATAL_ERROR "${CHORE}: ${SOURCE} is not a git checkout, so it is unknown which files are ours")
    endif()
    string(REPLACE "\n" ";" files "${files}")
    set(${result} "${files}" PARENT_SCOPE)
endfunction()

if(CHORE STREQUAL "format")
    dt_need(clang_format clang-format clang-format)
    dt_tracked(files *.cpp *.h)
    list(LENGTH files count)
    message(STATUS "${count} files")
    dt_run(${clang_format} -i ${files})
elseif(CHORE STREQUAL "lint")
    dt_need(python python3 python3)
    dt_run(${python} tests/check_includes.py)
    dt_need(clang_tidy clang-tidy clang-tidy)
    dt_need(run_clang_tidy run-clang-tidy clang-tidy)
    dt_tracked(files engine/*.cpp app/*.cpp ui/*.cpp)
    list(FILTER files INCLUDE REGEX "$ENV{DT_LINT}")
    list(LENGTH files count)
    if(count EQUAL 0)
        message(FATAL_ERROR "lint: no source has '$ENV{DT_LINT}' (DT_LINT) in its path")
    endif()
    message(STATUS "clang-tidy: ${count} files")
    list(TRANSFORM files REPLACE "(.+)" "^${SOURCE}/\\1$")
    # GCC's names of warnings are not clang's.
    dt_run(${run_clang_tidy} -quiet -p ${BUILD} -j ${jobs} -clang-tidy-binary ${clang_tidy}
        -extra-arg=-Wno-unknown-warning-option ${files})
elseif(CHORE STREQUAL "check")
    if(NOT TESTS)
        message(FATAL_ERROR "check: this build has no tests; configure it with -DDT_TESTS=ON")
    endif()
    dt_run(${CTEST} --test-dir ${BUILD} --output-on-failure --no-tests=error -j ${jobs} -LE "soak|device")
elseif(CHORE STREQUAL "bench")
    if(NOT BENCH)
        message(FATAL_ERROR "bench: this build has no benchmarks; configure it with -DDT_BENCH=ON")
    endif()
    dt_run(${BUILD}/bin/doubletalk_bench)
else()
    message(FATAL_ERROR "chore.cmake: there is no chore '${CHORE}'; there are format, lint, check, bench")
endif()
