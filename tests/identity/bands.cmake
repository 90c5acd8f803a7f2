# SPDX-License-Identifier: GPL-3.0-or-later
# Plans over frequency: what must come out the same, and what must come out right.
sono_test(bands_round_trip SOURCES identity/test_bands_round_trip.c identity/bands_fixture.c LAYERS engine LABELS cpu
          TIMEOUT 600)
sono_test(bands_picture SOURCES identity/test_bands_picture.c identity/bands_fixture.c LAYERS engine LABELS "cpu;tsan"
          TIMEOUT 600)
if(NOT SONO_SANITIZE MATCHES "thread") # one thread each: nothing for that sanitizer to find
  sono_test(bands_tones SOURCES identity/test_bands_tones.c identity/bands_fixture.c LAYERS engine LABELS cpu TIMEOUT 600)
  sono_test(bands_merged SOURCES identity/test_bands_merged.c identity/bands_fixture.c LAYERS engine LABELS cpu TIMEOUT 600)
  sono_test(bands_long SOURCES identity/test_bands_long.c identity/bands_fixture.c LAYERS engine LABELS cpu TIMEOUT 600)
endif()
if(TARGET sonobrush-cli AND TARGET sonobrush-codec)
  find_program(SONO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(SONO_PYTHON)
    add_test(NAME peers COMMAND ${SONO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/identity/test_peers.py)
    set_tests_properties(peers PROPERTIES LABELS cpu TIMEOUT 300 ENVIRONMENT
      "SONO_CLI=$<TARGET_FILE:sonobrush-cli>;SONO_CODEC=$<TARGET_FILE:sonobrush-codec>;SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/lsan.supp:print_suppressions=0")
  else()
    message(NOTICE "python3 was not found: arrays are not compared with those of others")
  endif()
endif()
