# SPDX-License-Identifier: GPL-3.0-or-later
# Hands on the whole window: strokes in a queue, interrupted drags, whose the keys are.
if(TARGET sonobrush AND TARGET sonobrush-cli)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  find_program(SONO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(SONO_PYTHON)
    execute_process(COMMAND ${SONO_PYTHON} -c "import gi; gi.require_version('Atspi', '2.0')" RESULT_VARIABLE no_atspi
      OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION AND SONO_PYTHON AND NOT no_atspi)
    add_test(NAME window_hands COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh ${SONO_PYTHON}
      ${CMAKE_CURRENT_SOURCE_DIR}/ui/test_hands.py)
    set_tests_properties(window_hands PROPERTIES LABELS ui TIMEOUT 300 ENVIRONMENT
      "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
  else()
    message(NOTICE "xvfb-run, xdotool, openbox, dbus-run-session or python3-gi was not found: hands are not tested")
  endif()
endif()
