# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later

# One engine folder = one static library doubletalk_<name>; all of them together make
# doubletalk_engine. DEPENDS names the folders below it, so the linker keeps the layering.
function(dt_engine_module name)
    cmake_parse_arguments(M "" "" "SOURCES;DEPENDS;LIBS" ${ARGN})
    add_library(doubletalk_${name} STATIC ${M_SOURCES})
    list(TRANSFORM M_DEPENDS PREPEND doubletalk_)
    target_link_libraries(doubletalk_${name} PUBLIC doubletalk_flags ${M_DEPENDS} ${M_LIBS})
    set_target_properties(doubletalk_${name} PROPERTIES AUTOMOC OFF POSITION_INDEPENDENT_CODE ON)
    dt_precompile(doubletalk_${name} doubletalk_pch)
    set_property(GLOBAL APPEND PROPERTY DT_ENGINE_MODULES doubletalk_${name})
    set_property(GLOBAL APPEND PROPERTY DT_ENGINE_LIBS ${M_LIBS})
endfunction()

# One Qt Test program out of one file: tests/engine/echo/nlms_canceller_test.cpp → target
# nlms_canceller_test. LIBS: doubletalk_<module> and others. GUARD links the allocation and lock guard.
function(dt_test source)
    cmake_parse_arguments(T "GUARD" "TIMEOUT" "LIBS;LABELS;ENVIRONMENT" ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    # moc is called here: AUTOMOC costs a target and several steps for every program. A test's class
    # derives from QObject itself, so moc needs no header.
    set(moc ${CMAKE_CURRENT_BINARY_DIR}/${name}.moc)
    add_custom_command(OUTPUT ${moc} COMMAND Qt6::moc -o ${moc} ${CMAKE_CURRENT_SOURCE_DIR}/${source}
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} VERBATIM)
    add_executable(${name} ${source} ${moc})
    set_target_properties(${name} PROPERTIES AUTOMOC OFF RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)  # what is tested is optimised
    target_link_libraries(${name} PRIVATE doubletalk_flags ${T_LIBS} Qt6::Test)
    target_compile_definitions(${name} PRIVATE DT_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DT_BINARY_DIR="${CMAKE_BINARY_DIR}")
    dt_precompile(${name} doubletalk_test_pch)
    if(T_GUARD)
        target_link_libraries(${name} PRIVATE doubletalk_test_guard)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
        ENVIRONMENT "DOUBLETALK_RESOURCES=${CMAKE_SOURCE_DIR}/resources;QT_QPA_PLATFORM=offscreen;${T_ENVIRONMENT}")
endfunction()
