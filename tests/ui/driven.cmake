# SPDX-License-Identifier: GPL-3.0-or-later
# The window driven from outside (tests/ui/sonoui.py): what a user does from end to end, every action, and a monkey.
if(TARGET sonobrush AND TARGET sonobrush-cli)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(XPROP xprop)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  # Debian's own, which sees the bindings that Debian's packages bring
  execute_process(COMMAND /usr/bin/python3 -c "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    RESULT_VARIABLE no_atspi OUTPUT_QUIET ERROR_QUIET)
  if(XVFB_RUN AND XDOTOOL AND XPROP AND OPENBOX AND DBUS_RUN_SESSION AND NOT no_atspi)
    # driven_test(<name> <script> <seconds> ARGUMENT...)
    function(driven_test name script timeout_s)
      add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh /usr/bin/python3
        ${CMAKE_CURRENT_SOURCE_DIR}/ui/${script}.py ${ARGN})
      set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout_s} ENVIRONMENT
        "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1")
    endfunction()
    driven_test(driven_actions test_actions 180)
    driven_test(driven_user test_window 300)
    driven_test(driven_monkey test_monkey 300 11 29 today)
  else()
    message(NOTICE "xvfb-run, xdotool, xprop, openbox, dbus-run-session or python3-gi with gir1.2-atspi-2.0 was not found: "
      "the window is not driven from outside")
  endif()
endif()
