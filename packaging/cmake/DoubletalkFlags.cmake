# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
find_program(DT_CCACHE ccache)
if(DT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${DT_CCACHE})
endif()

add_library(doubletalk_flags INTERFACE)
target_include_directories(doubletalk_flags INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/doubletalk>)
target_compile_features(doubletalk_flags INTERFACE cxx_std_20)
# -ffp-contract=off: the same bits whatever the processor offers. The other two change no value: nobody
# here reads errno or floating-point traps, and loops become vector code without them.
target_compile_options(doubletalk_flags INTERFACE
    $<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow=local;-Wno-restrict;-Wno-missing-field-initializers;-ffp-contract=off;-fno-trapping-math;-fno-math-errno>)
if(DT_WERROR)
    target_compile_options(doubletalk_flags INTERFACE $<BUILD_INTERFACE:-Werror>)
endif()
if(DT_SANITIZE)
    add_compile_options(-fsanitize=${DT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${DT_SANITIZE})
endif()
