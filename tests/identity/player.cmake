# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(player_resample SOURCES identity/test_player_resample.c unit/player_fixture.c LAYERS audio LIBS PkgConfig::SOXR
          LABELS identity TIMEOUT 120)
target_include_directories(test_player_resample PRIVATE ${CMAKE_SOURCE_DIR}/src/audio ${CMAKE_SOURCE_DIR}/tests/unit)
