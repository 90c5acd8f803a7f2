# SPDX-License-Identifier: GPL-3.0-or-later
# Compile-only check of the one-body texts: C17, GLSL 330 core and 300 es (scripts/cmake/CheckDialect.cmake). Whether they
# also compute the same is checked where they run: against llvmpipe in tests/render.
find_program(SONO_GLSLANG glslangValidator)
mark_as_advanced(SONO_GLSLANG)
if(SONO_GLSLANG)
  add_test(NAME glslang COMMAND ${CMAKE_COMMAND} -DKERNELS=${CMAKE_SOURCE_DIR}/kernels -DGLSLANG=${SONO_GLSLANG}
    -DCC=${CMAKE_C_COMPILER} -DWORK_DIR=${CMAKE_BINARY_DIR}/dialect -P ${CMAKE_SOURCE_DIR}/scripts/cmake/CheckDialect.cmake)
else()
  message(NOTICE "glslangValidator was not found: the GLSL texts are not checked by themselves")
endif()
