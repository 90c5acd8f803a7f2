# SPDX-License-Identifier: GPL-3.0-or-later
if(TARGET sonobrush-cli AND TARGET sonobrush-codec)
  find_program(SONO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(SOX sox)
  if(SONO_PYTHON AND SOX)
    add_test(NAME info_mutations COMMAND ${SONO_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/info_mutations.py)
    set_tests_properties(info_mutations PROPERTIES LABELS fuzz TIMEOUT 300 ENVIRONMENT
      "SONO_CLI=$<TARGET_FILE:sonobrush-cli>;SONO_CODEC=$<TARGET_FILE:sonobrush-codec>")
  else()
    message(NOTICE "python3 or sox was not found: info is not tested with mutated files")
  endif()
endif()
