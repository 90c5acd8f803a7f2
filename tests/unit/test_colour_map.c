/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colour maps: lightness rises evenly from dark to bright, for eyes that lack a cone type too; neighbours differ
 * little. */
#include <math.h>
#include <string.h>

#include "sono_picture.h"
#include "sono_test.h"

static double linear(uint8_t v)
{
    const double c = v / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* CIE L* of linear sRGB. */
static double lightness(const double rgb[3])
{
    const double y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : y * 24389 / 27;
}

/* Protanopia, deuteranopia, tritanopia. Source: Machado, Oliveira, Fernandes, "A physiologically-based model for
 * simulation of color vision deficiency", IEEE TVCG 15(6), 2009, severity 1.0. */
static const double deficiency[4][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
};

static double seen_lightness(const uint8_t rgb[3], int eye)
{
    double seen[3];
    const double v[3] = {linear(rgb[0]), linear(rgb[1]), linear(rgb[2])};
    for (int i = 0; i < 3; i++) {
        const double *m = deficiency[eye][i];
        seen[i] = fmin(fmax(m[0] * v[0] + m[1] * v[1] + m[2] * v[2], 0.0), 1.0);
    }
    return lightness(seen);
}

static void lightness_rises_for_all_eyes(void **state)
{
    (void)state;
    for (int i = 0; sono_colour_maps[i]; i++) {
        const SonoColourMap *map = sono_colour_maps[i];
        for (int eye = 0; eye < 4; eye++) {
            /* 8-bit rounding may undo a step between neighbours, never over four of them */
            for (int k = 0; k + 4 < 256; k++) {
                const double rise = seen_lightness(map->rgb[k + 4], eye) - seen_lightness(map->rgb[k], eye);
                if (!(rise > 0.0)) {
                    fail_msg("map %s, eye %d, entry %d: lightness changes by %.3f", map->name, eye, k, rise);
                }
            }
            assert_true(seen_lightness(map->rgb[0], eye) < 5.0);
            assert_true(seen_lightness(map->rgb[255], eye) > 90.0);
        }
    }
}

static void steps_are_even(void **state)
{
    (void)state;
    for (int i = 0; sono_colour_maps[i]; i++) {
        const SonoColourMap *map = sono_colour_maps[i];
        for (int k = 32; k + 16 < 256; k += 8) { /* above black, where L* bends */
            const double rise = seen_lightness(map->rgb[k + 16], 0) - seen_lightness(map->rgb[k], 0);
            if (rise < 3.0 || rise > 12.0) {
                fail_msg("map %s, entry %d: lightness rises by %.2f in 16 steps", map->name, k, rise);
            }
        }
    }
}

static void maps_are_found_by_name(void **state)
{
    (void)state;
    assert_true(sono_colour_maps[0] && sono_colour_maps[1] && sono_colour_maps[2]);
    for (int i = 0; sono_colour_maps[i]; i++) {
        assert_ptr_equal(sono_colour_map_find(sono_colour_maps[i]->name), sono_colour_maps[i]);
    }
    assert_non_null(sono_colour_map_find("grey"));
    assert_null(sono_colour_map_find("jet"));
}

static void levels_become_colours(void **state)
{
    (void)state;
    const SonoPictureSpec spec = {
        .width_px = 3, .height_px = 2, .floor_db = -100, .ceiling_db = 0, .map = sono_colour_map_find("grey")};
    const float level_db[] = {-200.0f, -100.0f, -49.8f, 0.0f, 20.0f, NAN};
    uint8_t rgb[18];
    sono_picture_colours(&spec, level_db, rgb);
    const int index[] = {0, 0, 128, 255, 255, 0};
    for (int i = 0; i < 6; i++) {
        assert_memory_equal(rgb + 3 * i, spec.map->rgb[index[i]], 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lightness_rises_for_all_eyes),
        cmocka_unit_test(steps_are_even),
        cmocka_unit_test(maps_are_found_by_name),
        cmocka_unit_test(levels_become_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
