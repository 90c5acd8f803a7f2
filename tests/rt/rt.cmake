# SPDX-License-Identifier: GPL-3.0-or-later
# The device child and its last stage.
set(rt ${CMAKE_CURRENT_LIST_DIR})
sono_test(output_virtual SOURCES ${rt}/test_output_virtual.c ${rt}/rt_stream.c LAYERS audio LABELS tsan TIMEOUT 120)
target_include_directories(test_output_virtual PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
add_dependencies(test_output_virtual sonobrush-audio)
set_tests_properties(output_virtual PROPERTIES RUN_SERIAL TRUE) # what it plays and takes is in step with the clock

add_executable(hostile_audio ${rt}/hostile_audio.c)
target_include_directories(hostile_audio PRIVATE ${CMAKE_SOURCE_DIR}/src/audio)
target_link_libraries(hostile_audio PRIVATE sono_flags)
sono_test(output_hostile SOURCES ${rt}/test_output_hostile.c ${rt}/rt_stream.c
          ${CMAKE_SOURCE_DIR}/src/device/portaudio_names.c ${CMAKE_SOURCE_DIR}/src/device/device_text.c LAYERS audio LABELS tsan TIMEOUT 120
          ENV "SONO_HOSTILE_AUDIO=$<TARGET_FILE:hostile_audio>")
target_include_directories(test_output_hostile PRIVATE ${CMAKE_SOURCE_DIR}/src/audio ${CMAKE_SOURCE_DIR}/src/device)
target_compile_definitions(test_output_hostile PRIVATE _DEFAULT_SOURCE)
add_dependencies(test_output_hostile hostile_audio)

# A JACK server without hardware. scripts/test.sh insists on jackd.
find_program(SONO_JACKD jackd)
mark_as_advanced(SONO_JACKD)
if(SONO_JACKD)
  add_executable(test_output_jack ${rt}/test_output_jack.c ${rt}/rt_stream.c)
  target_include_directories(test_output_jack PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/src/audio)
  target_link_libraries(test_output_jack PRIVATE sono_audio sono_flags PkgConfig::CMOCKA m)
  add_dependencies(test_output_jack sonobrush-audio)
  # sono_jack_test(<name> CHANNELS RATE PERIOD ARGUMENTS...)
  function(sono_jack_test name channels rate period)
    add_test(NAME ${name} COMMAND ${rt}/with-loopback.sh -- $<TARGET_FILE:test_output_jack> ${ARGN})
    set_tests_properties(${name} PROPERTIES TIMEOUT 240 RUN_SERIAL TRUE ENVIRONMENT
      "CH=${channels};RATE=${rate};PERIOD=${period};SONO_AUDIO=$<TARGET_FILE:sonobrush-audio>")
  endfunction()
  foreach(rate 48000 192000)
    math(EXPR period "${rate} * 1024 / 48000")
    foreach(channels 2 8 64)
      sono_jack_test(output_jack_${channels}ch_${rate} ${channels} ${rate} ${period} bits ${channels} ${rate})
    endforeach()
  endforeach()
  sono_jack_test(output_jack_loss 2 48000 256 loss 2)
else()
  message(NOTICE "jackd was not found: the device child is not tested against a sound server")
endif()

# The last stage alone.
sono_test(last_stage SOURCES ${rt}/test_last_stage.c LAYERS audio LIBS sono_last_stage TIMEOUT 60)
sono_test(last_stage_threads SOURCES ${rt}/test_last_stage_threads.c LAYERS audio LIBS sono_last_stage
          Threads::Threads LABELS tsan TIMEOUT 120)

# Sanitizers allocate and call the system wherever they like, so these say nothing under them.
if(NOT SONO_SANITIZE)
  sono_test(last_stage_rt SOURCES ${rt}/test_last_stage_rt.c ${rt}/rt_trap.c LAYERS audio LIBS sono_last_stage
            Threads::Threads ${CMAKE_DL_LIBS} TIMEOUT 240)
  file(GLOB rtsan_archives /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.rtsan-${CMAKE_SYSTEM_PROCESSOR}.a)
  if(rtsan_archives)
    list(GET rtsan_archives -1 rtsan)
    sono_test(last_stage_rtsan SOURCES ${rt}/test_last_stage_rt.c ${rt}/rt_trap.c LAYERS audio LIBS sono_last_stage
              -Wl,--whole-archive ${rtsan} -Wl,--no-whole-archive stdc++ Threads::Threads ${CMAKE_DL_LIBS} TIMEOUT 240)
    target_compile_definitions(test_last_stage_rtsan PRIVATE SONO_RTSAN=1)
  else()
    message(NOTICE "RealtimeSanitizer: its runtime was not found (libclang-rt-19-dev); last_stage_rtsan is left out")
  endif()
endif()
