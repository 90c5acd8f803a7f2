# SPDX-License-Identifier: GPL-3.0-or-later
# The shared bodies run as GLSL (OpenGL 3.3 core and OpenGL ES 3.0, without a window) against the same text run as C.
if(TARGET sono_render)
  sono_test(gl_bodies SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/parity/test_gl_bodies.c
    ${CMAKE_CURRENT_SOURCE_DIR}/render/gl_context.c LAYERS render LIBS sono_kernels LABELS gl)
  target_include_directories(test_gl_bodies PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/render)

  # Every specialised text, written out and handed to another compiler than the driver's.
  find_program(SONO_GLSLANG glslangValidator)
  if(SONO_GLSLANG)
    add_executable(write_shader_texts ${CMAKE_CURRENT_SOURCE_DIR}/parity/write_shader_texts.c)
    target_link_libraries(write_shader_texts PRIVATE sono_render sono_flags)
    add_test(NAME shader_texts COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/parity/check_shader_texts.sh
      $<TARGET_FILE:write_shader_texts> ${CMAKE_BINARY_DIR}/shader_texts ${SONO_GLSLANG})
  endif()
endif()
