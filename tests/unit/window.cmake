# SPDX-License-Identifier: GPL-3.0-or-later
if(TARGET sono_render)
  sono_test(tile_feed SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_tile_feed.c LAYERS render LABELS "cpu;tsan" TIMEOUT 300)
  sono_test(feed_cover SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_feed_cover.c LAYERS render LABELS "cpu;tsan" TIMEOUT 300)
  sono_test(view_state SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_view_state.c LAYERS render)
endif()
if(TARGET sonobrush-codec)
  sono_test(editor SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_editor.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/editor_fixture.c LAYERS document LABELS "cpu;tsan")
  sono_test(editor_files SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_editor_files.c
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/editor_fixture.c LAYERS document LABELS "cpu;tsan")
endif()
