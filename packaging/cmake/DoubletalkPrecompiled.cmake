# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# DT_PCH: large headers are compiled once for all folders of a kind. For clean builds that nobody
# builds again (the sanitizers in test.sh): a file that forgets an include compiles all the same, and
# ccache finds less. Other builds go without, so nothing can lean on it.
option(DT_PCH "Precompile large headers" OFF)

# dt_precompiled(NAME LIBS... HEADERS...): target NAME, which dt_precompile(TARGET NAME) makes use of.
function(dt_precompiled name)
    cmake_parse_arguments(P "" "" "LIBS;HEADERS" ${ARGN})
    if(NOT DT_PCH)
        return()
    endif()
    file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp "// Only there to carry precompiled headers.\n")
    add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE doubletalk_flags ${P_LIBS})
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON AUTOMOC OFF)
    target_precompile_headers(${name} PRIVATE ${P_HEADERS})
endfunction()

function(dt_precompile target name)
    if(TARGET ${name})
        target_precompile_headers(${target} REUSE_FROM ${name})
        target_compile_options(${target} PRIVATE -Wno-invalid-pch)
    endif()
endfunction()

set(DT_PCH_STANDARD <algorithm> <array> <atomic> <chrono> <cmath> <cstdint> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <span> <string> <thread> <vector> <nlohmann/json.hpp> <tl/expected.hpp>)
