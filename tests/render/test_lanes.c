/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be equal is: a lane alone and beside others, a preview of a gain and the louder sound, a picture before and
 * after its colours were changed. And what a reduced picture and the phase view show. */
#include "picture_fixture.h"
#include "sono_test.h"

#include "colour_textures.h"
#include "tile_textures.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define WIDTH 480
#define HEIGHT 240

static const SonoGlsl languages[] = {SONO_GLSL_330_CORE, SONO_GLSL_300_ES};
static uint8_t grey[256][3];
static const SonoColourMap grey_map = {"test-grey", (const uint8_t (*)[3])grey};

typedef struct World {
    PictureFixture f;
    SonoPlan *plan;
    SonoPcmReader sound;
    PictureLane lanes[2];
    uint8_t *kept; /* a copy of a picture */
} World;

static void open_world(World *w, SonoGlsl language, float gain)
{
    memset(w, 0, sizeof *w);
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
    picture_open(&w->f, language, WIDTH, HEIGHT);
    w->sound = picture_new_sound(gain);
    w->plan = picture_plan(&w->f, w->sound.rate_hz);
    w->kept = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    assert_non_null(w->kept);
}

static void close_world(World *w)
{
    picture_clear_lane(&w->lanes[0]);
    picture_clear_lane(&w->lanes[1]);
    sono_plan_unref(w->plan);
    picture_free_sound(&w->sound);
    picture_close(&w->f);
    sono_free(w->kept);
}

static void keep(World *w)
{
    memcpy(w->kept, w->f.rgba, (size_t)WIDTH * HEIGHT * 4);
}

static SonoFrameReport draw_one(World *w, int lane, int reduce)
{
    return picture_draw(&w->f, (const PictureLane *const[]){&w->lanes[lane]}, 1, reduce);
}

/* One lane over the whole picture, grey. */
static void make_lane(World *w, SonoAxisScale scale)
{
    SonoRenderView v = picture_view(&w->f, &w->sound, scale);
    v.map = &grey_map;
    picture_lane(&w->f, &w->lanes[0], w->plan, &w->sound, 0, &v);
}

/* Two lanes of 119 pixels with a gap of 2. */
static void make_two_lanes(World *w)
{
    for (int i = 0; i < 2; i++) {
        SonoRenderView v = picture_view(&w->f, &w->sound, SONO_SCALE_MEL);
        v.height_px = 119;
        v.y_px = i == 0 ? 121 : 0;
        picture_lane(&w->f, &w->lanes[i], w->plan, &w->sound, i, &v);
    }
}

static void box_mask(SonoMask *mask, SonoRegion box)
{
    SonoError err = {0};
    const SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = box};
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

static SonoPreview gain_preview(double gain_db, const SonoMask *mask)
{
    const SonoOperation *gain = sono_operation_find("gain");
    SonoParams params = sono_params_defaults(gain->params);
    params.v[0] = gain_db;
    SonoPreview p = {.operation = gain, .channel = -1, .mask = mask};
    gain->args(&params, p.args);
    return p;
}

/* Rows of the lane are the same bits, and rows outside it are not. */
static void check_rows(const World *w, const SonoRenderView *v)
{
    const size_t first = picture_at(&w->f, 0, v->y_px);
    assert_memory_equal(w->f.rgba + first, w->kept + first, (size_t)v->height_px * WIDTH * 4);
}

/* With a selection, a preview and the brush's outline in each, at full and at half resolution. */
static void a_lane_does_not_know_its_neighbours(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        World w;
        open_world(&w, languages[l], 1.0f);
        make_two_lanes(&w);
        SonoMask mask = {0};
        box_mask(&mask, (SonoRegion){0.7, 1.9, 500.0, 4000.0});
        const SonoDab dab = {2.5, 900.0, 0.2, 0.0, 0.5, 0.5, 1.0};
        SonoPreview previews[] = {gain_preview(12.0, &mask), gain_preview(-20.0, NULL)};
        previews[1].dabs = &dab;
        previews[1].n_dabs = 1;
        for (int i = 0; i < 2; i++) {
            w.lanes[i].frame.selection = i == 0 ? &mask : NULL;
            w.lanes[i].frame.previews = previews;
            w.lanes[i].frame.n_previews = 2;
            w.lanes[i].frame.cursor = i == 1 ? &dab : NULL;
        }
        for (int reduce = 1; reduce <= 3; reduce++) {
            (void)picture_draw(&w.f, (const PictureLane *const[]){&w.lanes[0], &w.lanes[1]}, 2, reduce);
            keep(&w);
            /* the gap shows the background */
            const uint8_t background[4] = {26, 51, 102, 255};
            for (int x = 0; x < WIDTH; x++) {
                assert_memory_equal(w.kept + picture_at(&w.f, x, 119), background, 4);
                assert_memory_equal(w.kept + picture_at(&w.f, x, 120), background, 4);
            }
            for (int i = 0; i < 2; i++) {
                (void)draw_one(&w, i, reduce);
                check_rows(&w, &w.lanes[i].frame.view);
            }
        }
        sono_mask_clear(&mask);
        close_world(&w);
    }
}

/* Colours, range, axis and what is shown are in the shader: nothing is uploaded, and back is the same picture. */
static void looking_differently_uploads_nothing(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE, 1.0f);
    make_lane(&w, SONO_SCALE_LINEAR);
    const SonoRenderView view = w.lanes[0].frame.view;
    assert_true(draw_one(&w, 0, 1).n_uploaded > 0);
    keep(&w);
    for (int change = 0; change < 6; change++) {
        SonoRenderView *v = &w.lanes[0].frame.view;
        *v = view;
        v->map = change == 0 ? sono_colour_maps[1] : v->map;
        v->floor_db = change == 1 ? -60.0 : v->floor_db;
        v->ceiling_db = change == 2 ? -20.0 : v->ceiling_db;
        v->show = change == 3 ? SONO_SHOW_PHASE : v->show;
        v->axis.scale = change == 4 ? SONO_SCALE_MEL : v->axis.scale;
        v->axis.f1_hz = change == 5 ? 5000.0 : v->axis.f1_hz;
        assert_int_equal(draw_one(&w, 0, 1).n_uploaded, 0);
        assert_memory_not_equal(w.f.rgba, w.kept, (size_t)WIDTH * HEIGHT * 4);
    }
    w.lanes[0].frame.view = view;
    assert_int_equal(draw_one(&w, 0, 1).n_uploaded, 0);
    assert_memory_equal(w.f.rgba, w.kept, (size_t)WIDTH * HEIGHT * 4);
    close_world(&w);
}

/* Gain under a mask that covers everything is the picture of the sound that is as much louder. */
static void a_gain_of_everything_is_the_louder_sound(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            World w;
            open_world(&w, languages[l], 0.125f); /* an eighth is exact in binary */
            make_lane(&w, (SonoAxisScale)scale);
            SonoMask mask = {0};
            box_mask(&mask, (SonoRegion){-1.0, 1e3, 0.0, 1e6});
            const SonoPreview preview = gain_preview(20.0 * log10(8.0), &mask);
            w.lanes[0].frame.previews = &preview;
            w.lanes[0].frame.n_previews = 1;
            (void)draw_one(&w, 0, 1);
            keep(&w);
            picture_clear_lane(&w.lanes[0]);
            picture_free_sound(&w.sound);
            w.sound = picture_new_sound(1.0f);
            w.sound.revision = 2;
            make_lane(&w, (SonoAxisScale)scale);
            (void)draw_one(&w, 0, 1);
            int off_by_one = 0;
            for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 4; i++) {
                const size_t x = i / 4 % WIDTH;
                if ((x > 345 && x < 375) || x > WIDTH - 3) {
                    continue; /* beside silence, which is at the tiles' floor however loud the rest is */
                }
                const int d = abs(w.f.rgba[i] - w.kept[i]);
                assert_true(d <= 1);
                off_by_one += d;
            }
            print_message("  %s: %d of %d pixels on the other side of a step\n", sono_scale_names[scale],
                          off_by_one / 3, WIDTH * HEIGHT);
            assert_true(off_by_one / 3 < WIDTH * HEIGHT / 500);
            sono_mask_clear(&mask);
            close_world(&w);
        }
    }
}

/* A preview of one channel is seen in its lane only. */
static void previews_stay_in_their_channel(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE, 1.0f);
    make_two_lanes(&w);
    const PictureLane *const both[] = {&w.lanes[0], &w.lanes[1]};
    (void)picture_draw(&w.f, both, 2, 1);
    keep(&w);
    SonoMask mask = {0};
    box_mask(&mask, (SonoRegion){0.0, 4.0, 0.0, 12000.0});
    SonoPreview preview = gain_preview(-40.0, &mask);
    for (int i = 0; i < 2; i++) {
        w.lanes[i].frame.previews = &preview;
        w.lanes[i].frame.n_previews = 1;
    }
    preview.channel = 1;
    (void)picture_draw(&w.f, both, 2, 1);
    check_rows(&w, &w.lanes[0].frame.view);
    const size_t lower = picture_at(&w.f, 0, 0);
    assert_memory_not_equal(w.f.rgba + lower, w.kept + lower, (size_t)119 * WIDTH * 4);
    preview.channel = -1;
    (void)picture_draw(&w.f, both, 2, 1);
    const size_t upper = picture_at(&w.f, 0, 121);
    assert_memory_not_equal(w.f.rgba + upper, w.kept + upper, (size_t)119 * WIDTH * 4);
    sono_mask_clear(&mask);
    close_world(&w);
}

/* A reduced picture is the picture, only softer: nearly the same brightness in every part (a larger pixel takes the
 * largest of more texels), and the same edges of the sound. */
static void reduced_is_the_same_only_softer(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        World w;
        open_world(&w, languages[l], 1.0f);
        make_lane(&w, SONO_SCALE_MEL);
        w.lanes[0].frame.view.t0_s = -0.5; /* and ends before the right edge */
        w.lanes[0].frame.view.s_per_px *= 1.25;
        const SonoFrameReport first = draw_one(&w, 0, 1);
        assert_true(first.n_uploaded > 0);
        keep(&w);
        assert_int_equal(draw_one(&w, 0, 2).n_uploaded, 0);
        assert_memory_not_equal(w.f.rgba, w.kept, (size_t)WIDTH * HEIGHT * 4);
        double worst = 0.0;
        for (int by = 0; by < HEIGHT; by += 40) {
            for (int bx = 0; bx < WIDTH; bx += 40) {
                int sums[2] = {0};
                for (int i = 0; i < 1600; i++) {
                    const size_t at = picture_at(&w.f, bx + i % 40, by + i / 40);
                    sums[0] += w.kept[at];
                    sums[1] += w.f.rgba[at];
                }
                worst = fmax(worst, fabs((double)(sums[0] - sums[1]) / 1600.0));
            }
        }
        print_message("  brightness of a part differs by at most %.1f of 255\n", worst);
        assert_true(worst < 12.0);
        close_world(&w);
    }
}

/* The colour of a known phase, and of a known deviation, is the one that the formula gives; pixels between two texels
 * have the colour of one of them and not of a phase in between. */
static void phases_have_their_colours(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        World w;
        open_world(&w, languages[l], 1.0f);
        const int32_t n_rows = sono_plan_n_bins(w.plan);
        SonoStrip strip = {.n_rows = n_rows, .n_tiles = (n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER};
        const size_t n = (size_t)strip.n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS;
        strip.data = sono_calloc(n, 2 * sizeof *strip.data);
        assert_non_null(strip.data);
        for (int level = 0; level < 2; level++) {
            strip.key = (SonoStripKey){.revision = 7, .plan = w.plan->key, .level_t = level};
            for (size_t i = 0; i < n; i++) {
                strip.data[2 * i] = -20.0f;
                strip.data[2 * i + 1] = i % 2 ? 0.4f : -0.3f; /* columns take turns */
            }
            w.lanes[0].draws[0] = (SonoDrawStrip){&strip, w.plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0};
            SonoRenderView v = picture_view(&w.f, &w.sound, SONO_SCALE_LINEAR);
            v.show = SONO_SHOW_PHASE;
            v.s_per_px = 0.23 * ldexp(sono_plan_time_s(w.plan, 1), level); /* magnified */
            v.end_s = 1e6;
            w.lanes[0].frame = (SonoFrame){.view = v, .plan = w.plan, .strips = w.lanes[0].draws, .n_strips = 1};
            (void)draw_one(&w, 0, 1);
            const double place = (-20.0 - v.floor_db) / (v.ceiling_db - v.floor_db);
            double want[2][3];
            colour_of_phase(level == 0, -0.3, place, want[0]);
            colour_of_phase(level == 0, 0.4, place, want[1]);
            int seen[2] = {0};
            for (int x = 0; x < WIDTH; x++) {
                const uint8_t *px = w.f.rgba + picture_at(&w.f, x, HEIGHT / 2);
                int which = -1;
                for (int k = 0; k < 2; k++) {
                    double worst = 0.0;
                    for (int c = 0; c < 3; c++) {
                        worst = fmax(worst, fabs(255.0 * want[k][c] - px[c]));
                    }
                    which = worst <= 3.0 ? k : which;
                }
                if (which < 0) {
                    fail_msg("pixel %d has the colour %d %d %d of neither phase", x, px[0], px[1], px[2]);
                }
                seen[which]++;
            }
            assert_true(seen[0] > WIDTH / 3 && seen[1] > WIDTH / 3);
        }
        w.lanes[0].frame.n_strips = 0;
        sono_free(strip.data);
        close_world(&w);
    }
}

static void colours_of_phases_make_sense(void **state)
{
    (void)state;
    double a[3];
    double b[3];
    colour_of_phase(true, -0.5, 1.0, a); /* a circle closes */
    colour_of_phase(true, 0.5, 1.0, b);
    for (int c = 0; c < 3; c++) {
        assert_true(fabs(a[c] - b[c]) < 1e-9);
    }
    colour_of_phase(false, 0.0, 1.0, a); /* no deviation is grey, silence is black */
    assert_true(fabs(a[0] - a[1]) < 1e-3 && fabs(a[1] - a[2]) < 1e-3);
    colour_of_phase(true, 0.2, 0.0, a);
    assert_true(a[0] < 1e-9 && a[1] < 1e-9 && a[2] < 1e-9);
    colour_of_phase(false, 1.0, 1.0, a);
    colour_of_phase(false, -1.0, 1.0, b);
    assert_true(a[0] > a[2] && b[2] > b[0]); /* above is warm, below is cold */
    assert_string_equal(sono_show_names[SONO_SHOW_LEVEL], "level");
    assert_string_equal(sono_show_names[SONO_SHOW_PHASE], "phase");
    assert_null(sono_show_names[2]);
}

/* What the picture being drawn has used is never thrown out, by whatever lane; in the next picture the oldest goes. */
static void lanes_do_not_take_each_others_tiles(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE, 1.0f);
    float *data = sono_calloc((size_t)SONO_TILE_TEXELS * SONO_TILE_TEXELS, 2 * sizeof *data);
    assert_non_null(data);
    SonoStrip strip = {.n_tiles = 1, .n_rows = 200, .data = data};
    TileTextures tiles;
    tile_textures_init(&tiles);
    tiles.picture = 1;
    glActiveTexture(GL_TEXTURE0);
    int n = 0;
    for (; n <= TILE_ARRAYS * TILE_LAYERS; n++) {
        strip.key = (SonoStripKey){.revision = 1, .channel = n % 8, .x = n};
        if (tile_textures_upload(&tiles, &strip, 0) < 0) {
            break;
        }
    }
    assert_true(n >= TILE_LAYERS && n <= TILE_ARRAYS * TILE_LAYERS); /* as many as there is memory for */
    for (int i = 0; i < n; i++) {
        assert_true(tile_textures_find(&tiles, &(SonoStripKey){.revision = 1, .channel = i % 8, .x = i}, 0) >= 0);
    }
    tiles.picture = 200;
    for (int i = 1; i < n; i++) {
        (void)tile_textures_find(&tiles, &(SonoStripKey){.revision = 1, .channel = i % 8, .x = i}, 0);
    }
    assert_true(tile_textures_upload(&tiles, &strip, 0) >= 0);
    assert_true(tile_textures_find(&tiles, &(SonoStripKey){.revision = 1}, 0) < 0);
    assert_true(tile_textures_find(&tiles, &(SonoStripKey){.revision = 1, .channel = 1, .x = 1}, 0) >= 0);
    tile_textures_clear(&tiles);
    sono_free(data);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lane_does_not_know_its_neighbours),
        cmocka_unit_test(lanes_do_not_take_each_others_tiles),
        cmocka_unit_test(looking_differently_uploads_nothing),
        cmocka_unit_test(a_gain_of_everything_is_the_louder_sound),
        cmocka_unit_test(previews_stay_in_their_channel),
        cmocka_unit_test(reduced_is_the_same_only_softer),
        cmocka_unit_test(phases_have_their_colours),
        cmocka_unit_test(colours_of_phases_make_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
