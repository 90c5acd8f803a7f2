# SPDX-License-Identifier: GPL-3.0-or-later
if(TARGET sono_app)
  sono_test(settings SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_settings.c LAYERS app TIMEOUT 60)
  target_include_directories(test_settings PRIVATE ${CMAKE_SOURCE_DIR}/src/app)
endif()
