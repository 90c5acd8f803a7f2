# SPDX-License-Identifier: GPL-3.0-or-later
# The widgets by themselves, in one process with the test: what mouse, pen and keyboard do with the canvas; the stage; the
# watchdog.
if(TARGET sono_view)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION)
    # Accessibility is looked at inside the process; leaks are those of GL drivers and fonts (tests/ui/window.cmake).
    set(canvas_env GTK_A11Y=test GSETTINGS_BACKEND=memory G_DEBUG=fatal-criticals LC_ALL=C.UTF-8
        ASAN_OPTIONS=detect_leaks=0)
    # widget_test(<name> <executable> [ENV...])
    function(widget_test name executable)
      add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh $<TARGET_FILE:${executable}>)
      set_tests_properties(${name} PROPERTIES LABELS ui TIMEOUT 120 ENVIRONMENT "${canvas_env};${ARGN}")
    endfunction()

    function(widget_program name)
      add_executable(${name} ${ARGN})
      target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/src/view)
      target_link_libraries(${name} PRIVATE sono_view sono_flags sono_gtk PkgConfig::CMOCKA m)
    endfunction()
    widget_program(test_canvas ui/test_canvas.c ui/ui_fixture.c)
    widget_program(test_watchdog ui/test_watchdog.c)
    widget_test(canvas test_canvas)
    widget_test(canvas_gles test_canvas GDK_DEBUG=gl-gles)
    widget_test(canvas_no_gl test_canvas GDK_DEBUG=gl-disable SONO_TEST_NO_GL=1)
    widget_test(watchdog test_watchdog)
  else()
    message(NOTICE "xvfb-run, xdotool, openbox or dbus-run-session was not found: the canvas is not tested")
  endif()
endif()
