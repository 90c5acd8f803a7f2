# SPDX-License-Identifier: GPL-3.0-or-later
# What the panels of the window know, without a display.
if(TARGET sono_app)
  sono_test(transform_choice SOURCES unit/test_transform_choice.c LAYERS app LABELS unit)
  target_include_directories(test_transform_choice PRIVATE ${CMAKE_SOURCE_DIR}/src/app)
  sono_test(note_places SOURCES unit/test_note_places.c LAYERS view LABELS unit)
  target_include_directories(test_note_places PRIVATE ${CMAKE_SOURCE_DIR}/src/view)
  sono_test(param_scale SOURCES unit/test_param_scale.c LAYERS app LABELS unit)
  target_include_directories(test_param_scale PRIVATE ${CMAKE_SOURCE_DIR}/src/app)
endif()
