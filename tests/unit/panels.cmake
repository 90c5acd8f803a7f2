# SPDX-License-Identifier: GPL-3.0-or-later
# What the panels of the window know, without a display.
if(TARGET sono_app)
  sono_test(param_scale SOURCES unit/test_param_scale.c LAYERS app LABELS unit)
  target_include_directories(test_param_scale PRIVATE ${CMAKE_SOURCE_DIR}/src/app)
endif()
