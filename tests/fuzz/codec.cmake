# SPDX-License-Identifier: GPL-3.0-or-later
# Mutated sound files through the sandbox, the same ones on every machine.
if(NOT TARGET codec_fixture)
  include(${CMAKE_SOURCE_DIR}/tests/unit/codec_fixture.cmake)
endif()
sono_test(codec_mutations SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_codec_mutations.c LAYERS audio LIBS codec_fixture
          LABELS fuzz TIMEOUT 180)
