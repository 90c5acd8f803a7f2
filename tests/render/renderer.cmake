# SPDX-License-Identifier: GPL-3.0-or-later
# The renderer without a window: known tiles against colours computed in C, masks against sono_mask_render.
if(TARGET sono_render)
  sono_test(renderer SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_renderer.c
    ${CMAKE_CURRENT_SOURCE_DIR}/render/gl_context.c LAYERS render LABELS gl)
  sono_test(preview SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_preview.c
    ${CMAKE_CURRENT_SOURCE_DIR}/render/gl_context.c LAYERS render LABELS gl)
endif()
if(TARGET sono_render)
  sono_test(scene SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_scene.c
    ${CMAKE_CURRENT_SOURCE_DIR}/render/gl_context.c LAYERS render LABELS gl TIMEOUT 120)
endif()
