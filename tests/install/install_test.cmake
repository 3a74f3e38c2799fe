# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the built tree, moves the result elsewhere (an installed package must not know where it
# was made), and builds and runs the project beside this file against it.
#   cmake -DBUILD=<build folder> -DSOURCE=<repository> -DFLAGS=<compiler flags> -DTYPE=<build type>
#         -DCOMPILER=<c++ compiler> -P install_test.cmake
cmake_minimum_required(VERSION 3.25)
set(work ${BUILD}/install_test)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})

function(step what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE rc OUTPUT_VARIABLE out ERROR_VARIABLE out)
    if(NOT rc EQUAL 0)
        message(FATAL_ERROR "${what} failed (${rc}):\n${out}")
    endif()
    set(output "${out}" PARENT_SCOPE)
endfunction()

step("cmake --install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${work}/made)
file(RENAME ${work}/made ${work}/prefix)

file(GLOB_RECURSE package_files ${work}/prefix/*.cmake ${work}/prefix/*.h)
foreach(file IN LISTS package_files)
    file(READ ${file} text)
    foreach(place IN ITEMS ${SOURCE}/ ${BUILD}/ ${work}/made)
        string(FIND "${text}" "${place}" at)
        if(NOT at EQUAL -1)
            message(FATAL_ERROR "${file} names ${place}, which exists on this machine only")
        endif()
    endforeach()
endforeach()

step("configuring the consumer" ${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/tests/install -B ${work}/build
    -DCMAKE_PREFIX_PATH=${work}/prefix -DCMAKE_BUILD_TYPE=${TYPE} -DCMAKE_CXX_COMPILER=${COMPILER}
    "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF)
step("building the consumer" ${CMAKE_COMMAND} --build ${work}/build)
step("the consumer" ${work}/build/consumer)
message(STATUS "${output}")
