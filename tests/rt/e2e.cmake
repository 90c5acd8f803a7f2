# SPDX-License-Identifier: GPL-3.0-or-later
# From a file to what another client of a sound server hears.
find_program(SONO_JACKD jackd)
mark_as_advanced(SONO_JACKD)
if(SONO_SANITIZE)
  # sanitizers are too slow to be in time for a sound server, and its loopback hides nothing from them that others miss
elseif(SONO_JACKD AND TARGET sonobrush-cli)
  add_executable(e2e_tap ${CMAKE_CURRENT_LIST_DIR}/e2e_tap.c)
  target_link_libraries(e2e_tap PRIVATE sono_flags PkgConfig::PORTAUDIO)
  # sono_e2e_test(<name> CHANNELS RATE PERIOD ARGUMENTS...): on a server with so many channels
  function(sono_e2e_test name channels rate period)
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/with-loopback.sh -- /usr/bin/python3 -B
      ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/test_e2e.py ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT 240 RUN_SERIAL TRUE ENVIRONMENT
      "REALTIME=1;CH=${channels};RATE=${rate};PERIOD=${period};SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_AUDIO=$<TARGET_FILE:sonobrush-audio>;SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec")
  endfunction()
  # Long periods: nothing here is about latency, and a late server plays a period twice. No 64 channels: JACK's loopback
  # copies a period while a client that only plays is already writing the next one; output_jack_64ch_* has the device's
  # own inputs instead, which JACK keeps in order.
  sono_e2e_test(e2e_bits_2ch_48000 2 48000 4096 bits 2 48000)
  sono_e2e_test(e2e_bits_8ch_192000 8 192000 8192 bits 8 192000)
  sono_e2e_test(e2e_resampled 2 48000 4096 resampled 48000)
  sono_e2e_test(e2e_hostile 2 48000 4096 hostile)
else()
  message(NOTICE "jackd was not found: what is played is not compared with what is heard")
endif()
