# SPDX-License-Identifier: GPL-3.0-or-later
# The conformance suite: every row of src/engine/backends.def passes it.
sono_test(transform SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/backend/test_transform.c LAYERS transform LABELS cpu)
sono_test(conformance SOURCES backend/test_conformance.c backend/conformance_fixture.c LAYERS engine LABELS "cpu;tsan"
          TIMEOUT 300)
if(NOT SONO_SANITIZE MATCHES "thread") # one thread: nothing for that sanitizer to find
  sono_test(reference SOURCES backend/test_reference.c backend/conformance_fixture.c LAYERS engine LABELS cpu TIMEOUT 300)
endif()
sono_test(engine SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/backend/test_engine.c LAYERS engine LABELS "cpu;tsan")
sono_test(bands SOURCES backend/test_bands.c backend/bands_checks.c LAYERS transform LABELS cpu TIMEOUT 300)
target_include_directories(test_bands PRIVATE ${CMAKE_SOURCE_DIR}/src/transform)
