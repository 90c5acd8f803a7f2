# SPDX-License-Identifier: GPL-3.0-or-later
# The feeder on an output that the test drives itself (player_fixture.c), and the meters.
foreach(name player player_device player_scrub player_spilled player_soak)
  sono_test(${name} SOURCES unit/test_${name}.c unit/player_fixture.c LAYERS audio LABELS unit TIMEOUT 300)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
endforeach()
set_property(TEST player player_device player_scrub APPEND PROPERTY LABELS tsan)
set_property(TEST player_soak PROPERTY LABELS slow)
sono_test(meters SOURCES unit/test_meters.c LAYERS audio LABELS unit TIMEOUT 120)
