# SPDX-License-Identifier: GPL-3.0-or-later
# The device child and its last stage.
set(rt ${CMAKE_CURRENT_LIST_DIR})
sono_test(output_virtual SOURCES ${rt}/test_output_virtual.c ${rt}/rt_stream.c LAYERS audio LABELS tsan TIMEOUT 120)
target_include_directories(test_output_virtual PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
add_dependencies(test_output_virtual sonobrush-audio)
