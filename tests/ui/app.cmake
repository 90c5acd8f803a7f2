# SPDX-License-Identifier: GPL-3.0-or-later
# The application around the window: questions, toasts, theme; command line, quitting, recovery; what is installed.
if(TARGET sonobrush AND TARGET sonobrush-cli)
  find_program(XVFB_RUN xvfb-run)
  find_program(XDOTOOL xdotool)
  find_program(OPENBOX openbox)
  find_program(DBUS_RUN_SESSION dbus-run-session)
  find_program(GDBUS gdbus)
  if(XVFB_RUN AND XDOTOOL AND OPENBOX AND DBUS_RUN_SESSION AND GDBUS)
    set(app_env "SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec;SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
    add_executable(test_app_widgets ${CMAKE_CURRENT_SOURCE_DIR}/ui/test_app_widgets.c)
    target_include_directories(test_app_widgets PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/src/app
      ${CMAKE_BINARY_DIR}/src/app)
    target_link_libraries(test_app_widgets PRIVATE sono_app sono_flags PkgConfig::CMOCKA m)
    add_executable(test_windows ${CMAKE_CURRENT_SOURCE_DIR}/ui/test_windows.c)
    target_include_directories(test_windows PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_BINARY_DIR}/src/app)
    target_link_libraries(test_windows PRIVATE sono_app sono_flags PkgConfig::CMOCKA m)
    set(with_display ${CMAKE_CURRENT_SOURCE_DIR}/ui/with-display.sh)
    add_test(NAME app_widgets COMMAND ${with_display} $<TARGET_FILE:test_app_widgets>)
    # Leaks: GTK's file chooser brings libcloudproviders, which leaves the names of its folders (128 bytes each) behind, in
    # stacks that end in GLib, where no suppression can name it.
    set_tests_properties(app_widgets PROPERTIES TIMEOUT 120 ENVIRONMENT
      "${app_env};ASAN_OPTIONS=detect_leaks=0;HOME=${CMAKE_BINARY_DIR}/tests/home;XDG_DATA_HOME=${CMAKE_BINARY_DIR}/tests/home/data;XDG_CONFIG_HOME=${CMAKE_BINARY_DIR}/tests/home/config;GTK_A11Y=test;GSETTINGS_BACKEND=memory;G_DEBUG=fatal-warnings;LC_ALL=C.UTF-8")
    add_test(NAME app_windows COMMAND ${with_display} $<TARGET_FILE:test_windows>)
    set_tests_properties(app_windows PROPERTIES TIMEOUT 180 ENVIRONMENT
      "${app_env};HOME=${CMAKE_BINARY_DIR}/tests/home;XDG_DATA_HOME=${CMAKE_BINARY_DIR}/tests/home/data;XDG_CONFIG_HOME=${CMAKE_BINARY_DIR}/tests/home/config;GTK_A11Y=test;GSETTINGS_BACKEND=memory;G_DEBUG=fatal-criticals;LC_ALL=C.UTF-8")
    add_test(NAME app_manners COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/manners.sh)
    add_test(NAME app_recovery COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/recovery.sh)
    add_test(NAME app_installed COMMAND ${with_display} ${CMAKE_CURRENT_SOURCE_DIR}/ui/installed.sh)
    set_tests_properties(app_manners app_recovery app_installed PROPERTIES TIMEOUT 180 ENVIRONMENT "${app_env}")
  else()
    message(NOTICE "xvfb-run, xdotool, openbox, dbus-run-session or gdbus was not found: the application is not tested")
  endif()
endif()
