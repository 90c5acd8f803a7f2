# SPDX-License-Identifier: GPL-3.0-or-later
# A monkey in the window (tests/ui/test_monkey.py): seeds that are always the same, so that a
# change is judged and not the day. Let it loose on others by hand: test_monkey.py SEED..., or `today`.
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
    add_test(NAME monkey COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh /usr/bin/python3
      ${CMAKE_CURRENT_SOURCE_DIR}/ui/test_monkey.py 11 29)
    # Leaks: it opens file choosers (app.cmake says what those leave behind).
    set_tests_properties(monkey PROPERTIES TIMEOUT 400 ENVIRONMENT
      "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_AUDIO=${CMAKE_BINARY_DIR}/src/device/sonobrush-audio;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1;ASAN_OPTIONS=detect_leaks=0")
  else()
    message(NOTICE "xvfb-run, xdotool, xprop, openbox, dbus-run-session or python3-gi with gir1.2-atspi-2.0 was not found: "
      "no monkey is let loose")
  endif()
endif()
