# SPDX-License-Identifier: GPL-3.0-or-later
# A forbidden include does not compile: scripts/cmake/CheckLayers.cmake tries every pair of layers with the flags that
# their own files are compiled with.
get_property(layers GLOBAL PROPERTY SONO_LAYERS)
set(layer_table "set(LAYERS ${layers})\n")
foreach(layer ${layers})
  get_property(layer_uses GLOBAL PROPERTY SONO_LAYER_${layer}_USES)
  string(APPEND layer_table "set(USES_${layer} ${layer_uses})\n")
endforeach()
if(TARGET sonobrush-cli) # a program, and the top of its own branch: it sees what document sees, and no window
  list(APPEND layers cli)
  string(APPEND layer_table "set(LAYERS ${layers})\nset(USES_cli document)\n")
endif()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/layers/table.cmake CONTENT "${layer_table}" @ONLY)

set(layer_check ${CMAKE_COMMAND} -DTABLE=${CMAKE_BINARY_DIR}/layers/table.cmake
  -DCOMMANDS=${CMAKE_BINARY_DIR}/compile_commands.json -DSOURCE_DIR=${CMAKE_SOURCE_DIR})
add_test(NAME layering COMMAND ${layer_check} -DWORK_DIR=${CMAKE_BINARY_DIR}/layers/try
  -P ${CMAKE_SOURCE_DIR}/scripts/cmake/CheckLayers.cmake)
# The table is made to lie in both directions that matter; the check must notice.
if("pcm" IN_LIST layers AND "transform" IN_LIST layers)
  add_test(NAME layering_notices_a_lie COMMAND ${layer_check} -DPLANT=pcm:transform
    -DWORK_DIR=${CMAKE_BINARY_DIR}/layers/try-lie -P ${CMAKE_SOURCE_DIR}/scripts/cmake/CheckLayers.cmake)
  set_tests_properties(layering_notices_a_lie PROPERTIES PASS_REGULAR_EXPRESSION
    "pcm may include transform's sono_plan.h, but it does not compile")
endif()
