# SPDX-License-Identifier: GPL-3.0-or-later
# The renderer without a window: known tiles against colours computed in C, masks against sono_mask_render, lanes and
# reduced pictures against each other, pictures against those that were looked at, previews against commits.
if(TARGET sono_render)
  set(gl_context ${CMAKE_CURRENT_SOURCE_DIR}/render/gl_context.c)
  set(picture ${gl_context} ${CMAKE_CURRENT_SOURCE_DIR}/render/picture_fixture.c)
  sono_test(renderer SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_renderer.c ${gl_context} LAYERS render LABELS gl)
  sono_test(preview SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_preview.c ${gl_context} LAYERS render LABELS gl)
  sono_test(lanes SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_lanes.c ${picture} LAYERS render LABELS gl)
  target_include_directories(test_lanes PRIVATE ${CMAKE_SOURCE_DIR}/src/render)
  sono_test(selection_marks SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_selection_marks.c ${picture}
    LAYERS render LABELS gl)
  target_include_directories(test_selection_marks PRIVATE ${CMAKE_SOURCE_DIR}/src/render)
  sono_test(rows SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_rows.c ${picture} LAYERS render LABELS gl TIMEOUT 240)
  sono_test(readings SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_readings.c ${picture} LAYERS render LABELS gl
    TIMEOUT 240)
  sono_test(golden SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_golden.c ${picture} LAYERS render
    LIBS PkgConfig::CAIRO LABELS gl)
  sono_test(preview_commit SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_preview_commit.c ${picture}
    LAYERS render document LABELS gl TIMEOUT 240)
  set(stage ${gl_context} ${CMAKE_CURRENT_SOURCE_DIR}/render/scene_stage.c)
  sono_test(scene SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_scene.c ${stage} LAYERS render LABELS gl TIMEOUT 120)
  sono_test(switch SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_switch.c ${stage} LAYERS render LABELS gl TIMEOUT 120)
  sono_test(scene_lanes SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_scene_lanes.c ${stage} LAYERS render LABELS gl
    TIMEOUT 120)
  target_include_directories(test_scene_lanes PRIVATE ${CMAKE_SOURCE_DIR}/src/render)
  sono_test(steady SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_steady.c ${stage} LAYERS render LABELS gl
    TIMEOUT 240)
  sono_test(scene_picture SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/render/test_scene_picture.c ${stage} LAYERS render
    LABELS gl TIMEOUT 120)

  add_executable(bench_renderer ${CMAKE_CURRENT_SOURCE_DIR}/render/bench_renderer.c ${gl_context})
  target_include_directories(bench_renderer PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(bench_renderer PRIVATE sono_render sono_flags PkgConfig::CMOCKA m)
endif()
