# SPDX-License-Identifier: GPL-3.0-or-later
# The audio layer and its child program. Files are made with libsndfile itself, so tests link it; the layer does not.
if(NOT TARGET codec_fixture)
  include(${CMAKE_CURRENT_LIST_DIR}/codec_fixture.cmake)
endif()

sono_test(codec_quantise SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_quantise.c LAYERS audio LABELS unit)
target_include_directories(test_codec_quantise PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
sono_test(codec_formats SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_formats.c LAYERS audio LIBS codec_fixture
          LABELS unit TIMEOUT 60)
sono_test(codec_save SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_save.c LAYERS audio LIBS codec_fixture LABELS unit
          TIMEOUT 120)
target_compile_definitions(test_codec_save PRIVATE _DEFAULT_SOURCE)

add_executable(hostile_codec ${CMAKE_CURRENT_LIST_DIR}/hostile_codec.c)
target_include_directories(hostile_codec PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
target_link_libraries(hostile_codec PRIVATE sono_flags)
sono_test(codec_hostile_child SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_hostile_child.c LAYERS audio
          LIBS codec_fixture LABELS unit TIMEOUT 60 ENV "SONO_HOSTILE_CODEC=$<TARGET_FILE:hostile_codec>")
target_compile_definitions(test_codec_hostile_child PRIVATE _DEFAULT_SOURCE)
add_dependencies(test_codec_hostile_child hostile_codec)
sono_test(codec_hostile_files SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_hostile_files.c LAYERS audio
          LIBS codec_fixture LABELS unit TIMEOUT 60)
target_compile_definitions(test_codec_hostile_files PRIVATE _DEFAULT_SOURCE)
sono_test(codec_large SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_large.c LAYERS audio LIBS codec_fixture
          LABELS slow TIMEOUT 300)
target_compile_definitions(test_codec_large PRIVATE _DEFAULT_SOURCE)
sono_test(codec_cage SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_cage.c ${CMAKE_SOURCE_DIR}/src/codec/sandbox.c LAYERS audio
          LABELS unit)
target_include_directories(test_codec_cage PRIVATE ${CMAKE_SOURCE_DIR}/src/audio ${CMAKE_SOURCE_DIR}/src/codec)
