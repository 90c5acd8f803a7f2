# SPDX-License-Identifier: GPL-3.0-or-later
# The real program on real files. NumPy, where there is one, checks the arrays against a transform of its own.
if(TARGET sonobrush-cli AND TARGET sonobrush-codec)
  find_program(SONO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(SONO_PYTHON)
    add_test(NAME cli COMMAND ${SONO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_cli.py)
    set_tests_properties(cli PROPERTIES LABELS cli TIMEOUT 300 ENVIRONMENT
      "SONO_CLI=$<TARGET_FILE:sonobrush-cli>;SONO_CODEC=$<TARGET_FILE:sonobrush-codec>;SONO_CODEC_TIMEOUT_S=5;SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/lsan.supp:print_suppressions=0")
    add_test(NAME cli_transforms COMMAND ${SONO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_transforms.py)
    set_tests_properties(cli_transforms PROPERTIES LABELS cli TIMEOUT 900 ENVIRONMENT
      "SONO_CLI=$<TARGET_FILE:sonobrush-cli>;SONO_CODEC=$<TARGET_FILE:sonobrush-codec>;SONO_CODEC_TIMEOUT_S=5;SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/lsan.supp:print_suppressions=0")
    if(TARGET sonobrush-audio)
      add_test(NAME cli_play COMMAND ${SONO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_play.py)
      set_tests_properties(cli_play PROPERTIES LABELS "cli;rt" TIMEOUT 300 RUN_SERIAL TRUE ENVIRONMENT
        "SONO_CLI=$<TARGET_FILE:sonobrush-cli>;SONO_CODEC=$<TARGET_FILE:sonobrush-codec>;SONO_AUDIO=$<TARGET_FILE:sonobrush-audio>;SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/lsan.supp:print_suppressions=0")
    endif()
  else()
    message(NOTICE "python3 was not found: the command-line program is not tested")
  endif()
endif()
