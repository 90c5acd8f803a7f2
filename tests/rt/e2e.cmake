# SPDX-License-Identifier: GPL-3.0-or-later
# From a file to what another client of a sound server hears.
find_program(SONO_JACKD jackd)
mark_as_advanced(SONO_JACKD)
if(SONO_JACKD AND TARGET sonobrush-cli)
  add_executable(e2e_tap ${CMAKE_CURRENT_LIST_DIR}/e2e_tap.c)
  target_link_libraries(e2e_tap PRIVATE sono_flags PkgConfig::PORTAUDIO)
  # The server has no real-time thread here; where the user may, it gets priority instead (nice goes on without).
  # sono_e2e_test(<name> CHANNELS RATE PERIOD ARGUMENTS...): on a server with so many channels
  function(sono_e2e_test name channels rate period)
    add_test(NAME ${name} COMMAND nice -n -15 ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/with-loopback.sh -- /usr/bin/python3 -B
      ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/test_e2e.py ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT 240 RUN_SERIAL TRUE ENVIRONMENT
      "CH=${channels};RATE=${rate};PERIOD=${period};SONO_BUILD_DIR=${CMAKE_BINARY_DIR};SONO_AUDIO=$<TARGET_FILE:sonobrush-audio>;SONO_CODEC=${CMAKE_BINARY_DIR}/src/codec/sonobrush-codec")
  endfunction()
  # Long periods: nothing here is about latency, and a late server plays a period twice.
  foreach(channels 2 8 64)
    foreach(rate 48000 192000)
      set(period 4096)
      if(rate GREATER 48000)
        set(period 8192) # the longest there is
      endif()
      sono_e2e_test(e2e_bits_${channels}ch_${rate} ${channels} ${rate} ${period} bits ${channels} ${rate})
    endforeach()
  endforeach()
  sono_e2e_test(e2e_resampled 2 48000 4096 resampled 48000)
  sono_e2e_test(e2e_hostile 2 48000 4096 hostile)
else()
  message(NOTICE "jackd was not found: what is played is not compared with what is heard")
endif()
