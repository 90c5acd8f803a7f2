# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(axis_bands SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_axis_bands.c LAYERS transform LABELS unit)
