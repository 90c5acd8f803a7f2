# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(history SOURCES unit/test_history.c LAYERS document LABELS document)
sono_test(json SOURCES unit/test_json.c LAYERS document LABELS document)
sono_test(edit_script SOURCES unit/test_edit_script.c LAYERS document LABELS document)
sono_test(edit_script_schema SOURCES unit/test_edit_script_schema.c LAYERS document LIBS PkgConfig::CJSON LABELS document)
foreach(name recovery recovery_list)
  sono_test(${name} SOURCES unit/test_${name}.c unit/recovery_fixture.c LAYERS document LABELS "document;tsan" TIMEOUT 120)
endforeach()
sono_test(recovery_crash SOURCES unit/test_recovery_crash.c LAYERS document LABELS document TIMEOUT 300)
foreach(name json edit_script_schema recovery recovery_list)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src/document)
endforeach()

# The published schema by an independent validator, where there is one.
execute_process(COMMAND /usr/bin/python3 -c "import jsonschema" RESULT_VARIABLE no_jsonschema OUTPUT_QUIET ERROR_QUIET)
if(NOT no_jsonschema)
  add_test(NAME edit_script_schema_python
    COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/unit/check_schema.py ${CMAKE_SOURCE_DIR}/docs/edit-script.schema.json
      ${CMAKE_CURRENT_SOURCE_DIR}/data/edits)
  set_tests_properties(edit_script_schema_python PROPERTIES LABELS document)
else()
  message(NOTICE "python3-jsonschema was not found: the schema is not checked by it")
endif()
