# SPDX-License-Identifier: GPL-3.0-or-later
# A program for people: it measures, and what it says depends on the machine.
if(TARGET sono_render)
  add_executable(bench_feed ${CMAKE_CURRENT_SOURCE_DIR}/bench/bench_feed.c)
  target_link_libraries(bench_feed PRIVATE sono_render sono_flags m)
endif()
