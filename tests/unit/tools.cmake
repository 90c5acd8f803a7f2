# SPDX-License-Identifier: GPL-3.0-or-later
# What a pointer does to view, selection and strokes; no display.
if(TARGET sono_render)
  sono_test(selection SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_selection.c LAYERS render TIMEOUT 60)
  foreach(name tools tools_select)
    sono_test(${name} SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${name}.c
      ${CMAKE_CURRENT_SOURCE_DIR}/unit/scene_fixture.c LAYERS render TIMEOUT 60)
  endforeach()
endif()
