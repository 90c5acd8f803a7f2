# SPDX-License-Identifier: GPL-3.0-or-later
# What the widgets around the canvas say and show, without a display.
if(TARGET sono_view)
  sono_test(follow SOURCES unit/test_follow.c LAYERS view LABELS unit)
  sono_test(readout SOURCES unit/test_readout.c LAYERS view LABELS unit)
  sono_test(lane_painting SOURCES unit/test_lane_painting.c LAYERS view LABELS unit)
  target_include_directories(test_lane_painting PRIVATE ${CMAKE_SOURCE_DIR}/src/view)
endif()
if(TARGET sono_render)
  sono_test(peaks_feed SOURCES unit/test_peaks_feed.c LAYERS render LABELS "unit;tsan" TIMEOUT 120)
  target_include_directories(test_peaks_feed PRIVATE ${CMAKE_SOURCE_DIR}/src/render)
endif()
