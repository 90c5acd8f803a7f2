# SPDX-License-Identifier: GPL-3.0-or-later
# The listener on a player whose device the test drives (player_fixture.c).
foreach(name listener listener_selection)
  sono_test(${name} SOURCES unit/test_${name}.c unit/listener_fixture.c unit/player_fixture.c LAYERS document
    LABELS "document;tsan" TIMEOUT 120)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
endforeach()
# The same with the real device child.
sono_test(listener_virtual SOURCES unit/test_listener_virtual.c LAYERS document LABELS "document;tsan;rt" TIMEOUT 120)
add_dependencies(test_listener_virtual sonobrush-audio)
