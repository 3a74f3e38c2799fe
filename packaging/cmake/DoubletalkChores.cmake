# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Chores as targets: format, lint, check, bench. A missing tool is reported when the target runs, so
# that nobody needs it just to build.

# Everything below a folder that a build makes.
function(dt_built_targets folder result)
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    set(built "")
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type MATCHES "EXECUTABLE|(STATIC|SHARED|MODULE|OBJECT)_LIBRARY")
            list(APPEND built ${target})
        endif()
    endforeach()
    get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    foreach(subfolder IN LISTS subfolders)
        dt_built_targets(${subfolder} below)
        list(APPEND built ${below})
    endforeach()
    set(${result} "${built}" PARENT_SCOPE)
endfunction()

function(dt_chore name comment)
    add_custom_target(${name} COMMAND ${CMAKE_COMMAND} -DCHORE=${name} -DSOURCE=${CMAKE_SOURCE_DIR}
            -DBUILD=${CMAKE_BINARY_DIR} -DTESTS=${DT_TESTS} -DBENCH=${DT_BENCH} -DCTEST=${CMAKE_CTEST_COMMAND}
            -P ${CMAKE_SOURCE_DIR}/packaging/cmake/chore.cmake
        USES_TERMINAL VERBATIM COMMENT "${comment}")
endfunction()

function(dt_chores)
    dt_chore(format "clang-format on every tracked source")
    dt_chore(lint "Include rules, clang-tidy on the sources")
    dt_chore(check "All tests but soak and device tests")
    dt_chore(bench "Benchmarks")
    if(DT_TESTS)
        dt_built_targets(${CMAKE_SOURCE_DIR} built)
        add_dependencies(check ${built})
    endif()
    if(TARGET doubletalk_bench)
        add_dependencies(bench doubletalk_bench)
    endif()
endfunction()
