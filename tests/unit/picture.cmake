# SPDX-License-Identifier: GPL-3.0-or-later
sono_test(picture SOURCES unit/test_picture.c LAYERS engine LABELS cpu tsan)
sono_test(colour_map SOURCES unit/test_colour_map.c LAYERS engine LABELS cpu)
sono_test(ticks SOURCES unit/test_ticks.c LAYERS transform LABELS unit)
sono_test(picture_bands SOURCES unit/test_picture_bands.c unit/band_fixture.c LAYERS engine LABELS tiles TIMEOUT 300)
