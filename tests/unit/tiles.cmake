# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(strips SOURCES unit/test_strips.c unit/strip_fixture.c LAYERS engine LABELS tiles TIMEOUT 120)
sono_test(strips_partial SOURCES unit/test_strips_partial.c unit/strip_fixture.c LAYERS engine LABELS tiles TIMEOUT 120)
sono_test(tile_cache SOURCES unit/test_tile_cache.c LAYERS engine LABELS tiles TIMEOUT 60)
if(NOT SONO_SANITIZE MATCHES "thread") # its threads are those of band_strips_partial, and it takes minutes there
  sono_test(band_strips SOURCES unit/test_band_strips.c unit/band_fixture.c LAYERS engine LABELS tiles TIMEOUT 300)
endif()
sono_test(band_strips_partial SOURCES unit/test_band_strips_partial.c unit/band_fixture.c LAYERS engine LABELS tiles TIMEOUT 300)
