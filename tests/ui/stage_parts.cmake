# SPDX-License-Identifier: GPL-3.0-or-later
# The widgets around the canvas, in a process of their own, under a real pointer.
find_program(XVFB_RUN xvfb-run)
find_program(XDOTOOL xdotool)
find_program(OPENBOX openbox)
find_program(DBUS_RUN_SESSION dbus-run-session)
if(TARGET sono_view AND XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION)
  add_executable(test_stage_parts ui/test_stage_parts.c ui/lanes_fixture.c)
  target_include_directories(test_stage_parts PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(test_stage_parts PRIVATE sono_view sono_flags PkgConfig::CMOCKA m)
  add_test(NAME stage_parts COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh $<TARGET_FILE:test_stage_parts>)
  set_tests_properties(stage_parts PROPERTIES LABELS ui TIMEOUT 180 ENVIRONMENT
    "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;GTK_A11Y=test;GSETTINGS_BACKEND=memory;G_DEBUG=fatal-criticals")
endif()
