# SPDX-License-Identifier: GPL-3.0-or-later
# What is written twice says the same: manual pages and --help, the window of keys and docs/commands.md, the translations.
find_program(MSGMERGE msgmerge)
if(TARGET sonobrush AND TARGET sonobrush-cli)
  set(kinds man keys)
  if(MSGMERGE)
    list(APPEND kinds po)
  else()
    message(NOTICE "msgmerge was not found: the translations are not checked")
  endif()
  foreach(kind ${kinds})
    add_test(NAME texts_${kind} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/house/check_texts.py ${kind})
    set_tests_properties(texts_${kind} PROPERTIES ENVIRONMENT
      "SONO_SOURCE_DIR=${CMAKE_SOURCE_DIR};SONO_BUILD_DIR=${CMAKE_BINARY_DIR}")
  endforeach()
endif()
