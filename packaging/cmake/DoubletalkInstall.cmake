# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
include(CMakePackageConfigHelpers)

# doubletalk_engine: one static library out of the objects of all engine folders. It is what gets
# installed; inside this tree the folders' own libraries serve as well.
function(dt_engine_library)
    get_property(modules GLOBAL PROPERTY DT_ENGINE_MODULES)
    get_property(libs GLOBAL PROPERTY DT_ENGINE_LIBS)
    list(REMOVE_DUPLICATES libs)
    add_library(doubletalk_engine STATIC)
    foreach(module IN LISTS modules)
        get_target_property(type ${module} TYPE)
        if(NOT type STREQUAL "INTERFACE_LIBRARY")
            target_sources(doubletalk_engine PRIVATE $<TARGET_OBJECTS:${module}>)
        endif()
    endforeach()
    target_include_directories(doubletalk_engine INTERFACE
        $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/doubletalk>)
    target_compile_features(doubletalk_engine PUBLIC cxx_std_20)
    target_link_libraries(doubletalk_engine PUBLIC ${libs})
    set_target_properties(doubletalk_engine PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME engine)
    add_library(Doubletalk::engine ALIAS doubletalk_engine)
    dt_install_engine("${libs}")
endfunction()

# Turns the linked targets into the find_dependency() lines of the package configuration. A target
# this function does not know stops the configuration here, not in the build of whoever embeds us.
function(dt_dependency_lines libs result)
    set(lines "")
    set(pkg_config "")
    foreach(lib IN LISTS libs)
        if(lib MATCHES "^PkgConfig::(.+)$")
            string(APPEND pkg_config "dt_find_pkg_config(${CMAKE_MATCH_1} ${DT_PKG_CONFIG_${CMAKE_MATCH_1}})\n")
        elseif(lib MATCHES "^Threads::")
            string(APPEND lines "find_dependency(Threads)\n")
        elseif(lib MATCHES "^tl::")
            string(APPEND lines "find_dependency(tl-expected CONFIG)\n")
        elseif(lib MATCHES "^(fmt|nlohmann_json|CLI11)::")
            string(APPEND lines "find_dependency(${CMAKE_MATCH_1} CONFIG)\n")
        elseif(lib MATCHES "::")
            message(FATAL_ERROR "packaging/cmake/DoubletalkInstall.cmake does not know how an "
                "installed engine finds ${lib}: add it to dt_dependency_lines()")
        endif()
    endforeach()
    set(${result} "${lines}${pkg_config}" PARENT_SCOPE)
endfunction()

function(dt_install_engine libs)
    # Headers that show a library's own types; they serve their .cpp files only.
    set(private_headers "aec3_linear_factory\\.h|webrtc_backend\\.h")
    set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Doubletalk)
    install(TARGETS doubletalk_engine EXPORT DoubletalkTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/engine
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/doubletalk FILES_MATCHING PATTERN "*.h"
        REGEX "/(${private_headers})$" EXCLUDE)
    install(EXPORT DoubletalkTargets NAMESPACE Doubletalk:: DESTINATION ${config_dir})
    install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doubletalk)
    if(EXISTS ${CMAKE_SOURCE_DIR}/resources/scenes)
        install(DIRECTORY ${CMAKE_SOURCE_DIR}/resources/scenes ${CMAKE_SOURCE_DIR}/resources/presets
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doubletalk)
    endif()

    dt_dependency_lines("${libs}" DT_DEPENDENCY_LINES)
    configure_package_config_file(${CMAKE_SOURCE_DIR}/packaging/cmake/DoubletalkConfig.cmake.in
        ${CMAKE_BINARY_DIR}/DoubletalkConfig.cmake INSTALL_DESTINATION ${config_dir}
        NO_SET_AND_CHECK_MACRO)
    # Before 1.0 a new minor version may change the interface.
    write_basic_package_version_file(${CMAKE_BINARY_DIR}/DoubletalkConfigVersion.cmake
        COMPATIBILITY SameMinorVersion)
    install(FILES ${CMAKE_BINARY_DIR}/DoubletalkConfig.cmake
        ${CMAKE_BINARY_DIR}/DoubletalkConfigVersion.cmake DESTINATION ${config_dir})
endfunction()
