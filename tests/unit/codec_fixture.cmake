# SPDX-License-Identifier: GPL-3.0-or-later
include_guard()
add_library(codec_fixture STATIC ${CMAKE_CURRENT_LIST_DIR}/codec_fixture.c)
target_include_directories(codec_fixture PUBLIC ${CMAKE_CURRENT_LIST_DIR} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(codec_fixture PRIVATE _XOPEN_SOURCE=700)
target_link_libraries(codec_fixture PRIVATE sono_flags PkgConfig::CMOCKA PUBLIC sono_audio PkgConfig::SNDFILE)
