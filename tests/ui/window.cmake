# SPDX-License-Identifier: GPL-3.0-or-later
# The window on a real display (Xvfb): painted with the mouse, driven over D-Bus.
if(TARGET sonobrush AND TARGET sonobrush-cli)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  find_program(GDBUS gdbus)
  find_program(IMPORT import)
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION AND GDBUS AND IMPORT)
    set(with_display ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh)
    add_test(NAME window_speech COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/trip.sh
      /usr/share/sounds/alsa/Front_Center.wav)
    add_test(NAME window_music COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/trip.sh
      /usr/share/sonic-pi/samples/loop_amen.flac)
    add_test(NAME window_no_gl COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/no_gl.sh
      /usr/share/sounds/alsa/Front_Center.wav)
    add_test(NAME window_closing COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/closing.sh
      /usr/share/sonic-pi/samples/loop_amen.flac)
    set_tests_properties(window_speech window_music window_no_gl window_closing PROPERTIES LABELS ui TIMEOUT 120 ENVIRONMENT
      "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
  else()
    message(NOTICE "xvfb-run, xdotool, openbox, dbus-run-session, gdbus or import was not found: the window is not tested")
  endif()
endif()
