# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(jobs SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_jobs.c LAYERS base LABELS "unit;tsan")
sono_test(base SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_base.c LAYERS base LABELS unit)
