# SPDX-License-Identifier: GPL-3.0-or-later
# Listening in the window, on the virtual device.
if(TARGET sonobrush AND TARGET sonobrush-audio)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  execute_process(COMMAND /usr/bin/python3 -c "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    RESULT_VARIABLE no_atspi OUTPUT_QUIET ERROR_QUIET)
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION AND no_atspi EQUAL 0)
    foreach(case play loop selection edit follow keys pointer lost none windows channels)
      add_test(NAME listen_${case} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh /usr/bin/python3
        ${CMAKE_CURRENT_SOURCE_DIR}/ui/test_listen.py ${case})
      set_tests_properties(listen_${case} PROPERTIES LABELS ui TIMEOUT 120 ENVIRONMENT
        "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_AUDIO=$<TARGET_FILE:sonobrush-audio>;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};ASAN_OPTIONS=detect_leaks=0")
    endforeach()
  else()
    message(NOTICE "xvfb-run, xdotool, openbox, dbus-run-session or gir1.2-atspi-2.0 was not found: listening in the window is not tested")
  endif()
endif()
