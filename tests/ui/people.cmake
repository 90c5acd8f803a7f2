# SPDX-License-Identifier: GPL-3.0-or-later
# What a user, a script and a screen reader do with the window, case by case: mouse and keys, D-Bus, accessibility bus.
if(TARGET sonobrush AND TARGET sonobrush-cli)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  execute_process(COMMAND /usr/bin/python3 -c "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    RESULT_VARIABLE no_atspi OUTPUT_QUIET ERROR_QUIET)
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION AND no_atspi EQUAL 0)
    set(test_access tree tab trip)
    set(test_actions documented states work)
    set(test_window names buttons trip recovery recovery_moved unsaved windows quit missing keyboard typing)
    set(test_screens small dense mirrored)
    set(test_waves waves waves_dense)
    set(test_transforms all problems long remembered notes edits keys)
    foreach(program test_access test_actions test_window test_screens test_waves test_transforms)
      foreach(case ${${program}})
        string(REPLACE "test_" "people_" name ${program}_${case})
        add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh /usr/bin/python3
          ${CMAKE_CURRENT_SOURCE_DIR}/ui/${program}.py ${case})
        set_tests_properties(${name} PROPERTIES LABELS ui TIMEOUT 180 ENVIRONMENT
          "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
      endforeach()
    endforeach()
    set_property(TEST people_screens_small APPEND PROPERTY ENVIRONMENT SONO_SCREEN=800x600)
    # Leaks: it opens a file chooser (app.cmake says what that leaves behind).
    set_property(TEST people_access_trip APPEND PROPERTY ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
  else()
    message(NOTICE "xvfb-run, xdotool, openbox, dbus-run-session or gir1.2-atspi-2.0 was not found: the window is not used as people do")
  endif()
endif()
