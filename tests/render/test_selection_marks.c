/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks on the pixels of a view: the outline of a selection and what is dimmed, and the weights of previews by mask. */
#include "picture_fixture.h"
#include "sono_test.h"

#include "mask_pixels.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define WIDTH 300
#define HEIGHT 180
#define S_PER_PX 0.01
#define HZ_PER_PX 20.0

static const SonoGlsl languages[] = {SONO_GLSL_330_CORE, SONO_GLSL_300_ES};

/* A sound that is one even colour: a strip of one level. */
typedef struct World {
    PictureFixture f;
    SonoPlan *plan;
    SonoStrip strip;
    PictureLane lane;
    uint8_t *plain;
} World;

static void open_world(World *w, SonoGlsl language)
{
    memset(w, 0, sizeof *w);
    picture_open(&w->f, language, WIDTH, HEIGHT);
    w->plan = picture_plan(&w->f, 48000.0);
    w->plain = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    w->strip = (SonoStrip){.key = {1, w->plan->key, 0, 8, 0, 0}, .n_rows = sono_plan_n_bins(w->plan)};
    w->strip.n_tiles = (w->strip.n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    const size_t n = (size_t)w->strip.n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS;
    w->strip.data = sono_calloc(n, 2 * sizeof *w->strip.data);
    assert_true(w->plain && w->strip.data);
    for (size_t i = 0; i < n; i++) {
        w->strip.data[2 * i] = -50.0f;
    }
    w->lane.draws[0] = (SonoDrawStrip){&w->strip, w->plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0};
    w->lane.frame = (SonoFrame){.view = {.width_px = WIDTH,
                                         .height_px = HEIGHT,
                                         .s_per_px = S_PER_PX,
                                         .end_s = 100.0,
                                         .axis = {SONO_SCALE_LINEAR, 0.0, HEIGHT * HZ_PER_PX},
                                         .floor_db = -100.0,
                                         .ceiling_db = 0.0,
                                         .map = sono_colour_maps[0]},
                                .plan = w->plan,
                                .strips = w->lane.draws,
                                .n_strips = 1};
}

static void close_world(World *w)
{
    sono_free(w->strip.data);
    sono_free(w->plain);
    sono_plan_unref(w->plan);
    picture_close(&w->f);
}

static void draw(World *w)
{
    (void)picture_draw(&w->f, (const PictureLane *const[]){&w->lane}, 1, 1);
}

/* Edges at whole pixels; corners in pixels of the view. */
static SonoShape box_px(double x0, double y0, double x1, double y1, SonoCombine combine)
{
    return (SonoShape){.kind = SONO_SHAPE_BOX,
                       .combine = combine,
                       .box = {x0 * S_PER_PX, x1 * S_PER_PX, y0 * HZ_PER_PX, y1 * HZ_PER_PX}};
}

static void add(SonoMask *mask, SonoShape shape)
{
    SonoError err = {0};
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

typedef enum Seen { SEEN_PLAIN, SEEN_DIM, SEEN_LIGHT, SEEN_DARK, SEEN_OTHER } Seen;

/* What was done to a pixel. */
static Seen seen_at(const World *w, int x, int y)
{
    const uint8_t *px = w->f.rgba + picture_at(&w->f, x, y);
    const uint8_t *plain = w->plain + picture_at(&w->f, x, y);
    const int sum = px[0] + px[1] + px[2];
    const int before = plain[0] + plain[1] + plain[2];
    if (memcmp(px, plain, 4) == 0) {
        return SEEN_PLAIN;
    }
    if (px[0] > 225 && px[1] > 225 && px[2] > 225) {
        return SEEN_LIGHT;
    }
    if (abs(sum - (int)lround(0.25 * before)) < 6) {
        return SEEN_DARK;
    }
    return abs(sum - (int)lround((1.0 - MARK_DIM_OPACITY) * before)) < 6 ? SEEN_DIM : SEEN_OTHER;
}

static void expect(const World *w, int x, int y, Seen want)
{
    if (seen_at(w, x, y) != want) {
        const uint8_t *px = w->f.rgba + picture_at(&w->f, x, y);
        fail_msg("pixel %d %d is %d %d %d (%d), must be %d", x, y, px[0], px[1], px[2], (int)seen_at(w, x, y),
                 (int)want);
    }
}

/* A box with a hole in it, pixel by pixel. */
static void outlines_are_one_pixel_wide(void **state)
{
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        World w;
        open_world(&w, languages[l]);
        draw(&w);
        memcpy(w.plain, w.f.rgba, (size_t)WIDTH * HEIGHT * 4);
        SonoMask mask = {0};
        add(&mask, box_px(40, 30, 140, 110, SONO_COMBINE_ADD));
        add(&mask, box_px(80, 60, 100, 80, SONO_COMBINE_SUBTRACT));
        w.lane.frame.selection = &mask;
        draw(&w);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                const bool in_box = x >= 40 && x < 140 && y >= 30 && y < 110;
                const bool near_box = x >= 39 && x < 141 && y >= 29 && y < 111;
                const bool deep = x >= 41 && x < 139 && y >= 31 && y < 109;
                const bool in_hole = x >= 80 && x < 100 && y >= 60 && y < 80;
                const bool at_hole = x >= 79 && x < 101 && y >= 59 && y < 81;
                const bool deep_hole = x >= 81 && x < 99 && y >= 61 && y < 79;
                const bool corner = (x == 39 || x == 140) && (y == 29 || y == 110); /* four neighbours are asked */
                const bool hole_corner = (x == 79 || x == 100) && (y == 59 || y == 80);
                Seen want = SEEN_DIM;
                if (in_hole) {
                    want = deep_hole ? SEEN_DIM : SEEN_DARK;
                } else if (in_box) {
                    want = !deep || (at_hole && !hole_corner) ? SEEN_LIGHT : SEEN_PLAIN;
                } else if (near_box && !corner) {
                    want = SEEN_DARK;
                }
                expect(&w, x, y, want);
            }
        }
        sono_mask_clear(&mask);
        w.lane.frame.selection = &mask; /* an empty one is none */
        draw(&w);
        assert_memory_equal(w.f.rgba, w.plain, (size_t)WIDTH * HEIGHT * 4);
        close_world(&w);
    }
}

/* On every map, on the darkest and on the lightest picture, outline and picture differ on one side of the line at
 * least, as the dark line and the light one do. */
static void outlines_show_on_every_map(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE);
    SonoMask mask = {0};
    add(&mask, box_px(40, 30, 140, 110, SONO_COMBINE_ADD));
    w.lane.frame.selection = &mask;
    for (const SonoColourMap *const *map = sono_colour_maps; *map; map++) {
        for (int step = 0; step <= 4; step++) {
            w.lane.frame.view.map = *map;
            w.lane.frame.view.floor_db = -50.0 - 25.0 * step;
            w.lane.frame.view.ceiling_db = w.lane.frame.view.floor_db + 100.0;
            draw(&w);
            const uint8_t *light = w.f.rgba + picture_at(&w.f, 40, 70);
            const uint8_t *dark = w.f.rgba + picture_at(&w.f, 39, 70);
            for (int c = 0; c < 3; c++) {
                assert_true(light[c] - dark[c] > 150);
            }
        }
    }
    sono_mask_clear(&mask);
    close_world(&w);
}

/* What is thinner than a pixel still shows; what reaches beyond the view has no line at the view's edge. */
static void extremes_show(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE);
    draw(&w);
    memcpy(w.plain, w.f.rgba, (size_t)WIDTH * HEIGHT * 4);
    SonoMask mask = {0};
    w.lane.frame.selection = &mask;
    for (int shift = 0; shift < 5; shift++) {
        add(&mask,
            box_px(50.1 + 0.2 * shift, 20.1 + 0.2 * shift, 50.11 + 0.2 * shift, 20.11 + 0.2 * shift, SONO_COMBINE_ADD));
        draw(&w);
        int n_light = 0;
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            n_light += seen_at(&w, i % WIDTH, i / WIDTH) == SEEN_LIGHT;
        }
        assert_int_equal(n_light, 1);
        sono_mask_clear(&mask);
    }
    add(&mask, box_px(-50, -50, WIDTH + 50, HEIGHT + 50, SONO_COMBINE_ADD));
    draw(&w);
    assert_memory_equal(w.f.rgba, w.plain, (size_t)WIDTH * HEIGHT * 4);
    sono_mask_clear(&mask);
    SonoShape band = box_px(0, 60, 1, 90, SONO_COMBINE_ADD);
    band.box.t0_s = -1e9;
    band.box.t1_s = 1e9;
    add(&mask, band);
    draw(&w);
    for (int x = 0; x < WIDTH; x++) {
        expect(&w, x, 60, SEEN_LIGHT);
        expect(&w, x, 75, SEEN_PLAIN);
        expect(&w, x, 95, SEEN_DIM);
    }
    sono_mask_clear(&mask);
    /* elsewhere: nothing is dimmed */
    add(&mask, box_px(WIDTH + 100, 10, WIDTH + 200, 20, SONO_COMBINE_ADD));
    draw(&w);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        expect(&w, i % WIDTH, i / WIDTH, SEEN_PLAIN);
    }
    sono_mask_clear(&mask);
    close_world(&w);
}

/* The weights of a preview by mask are those of the commit's mask at the pixels' centres, on every axis. */
static void previews_have_the_masks_weights(void **state)
{
    (void)state;
    static float got[WIDTH * HEIGHT];
    static float want[WIDTH * HEIGHT];
    for (size_t l = 0; l < 2; l++) {
        World w;
        open_world(&w, languages[l]);
        SonoError err = {0};
        SonoMask mask = {0};
        SonoShape soft = box_px(40, 30, 140, 110, SONO_COMBINE_ADD);
        soft.feather_ms = 200.0;
        soft.feather_hz = 300.0;
        add(&mask, soft);
        SonoStrokePoint points[] = {{0.6, 900.0, 0.5}, {2.4, 2500.0, 1.0}};
        add(&mask, (SonoShape){.kind = SONO_SHAPE_STROKE,
                               .brush = {.radius_ms = 200.0, .radius_oct = 0.3, .hardness = 0.2, .flow = 0.8},
                               .points = points,
                               .n_points = 2});
        add(&mask, box_px(90, 50, 110, 70, SONO_COMBINE_SUBTRACT));
        const SonoPreview preview = {.operation = sono_operation_find("erase"), .channel = -1, .mask = &mask};
        w.lane.frame.previews = &preview;
        w.lane.frame.n_previews = 1;
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            SonoRenderView *v = &w.lane.frame.view;
            v->axis.scale = (SonoAxisScale)scale;
            v->axis.f0_hz = scale == SONO_SCALE_LOG ? 50.0 : 0.0;
            draw(&w);
            assert_ok(sono_renderer_read_mask(w.f.renderer, got, &err), err);
            double time_s[WIDTH];
            double freq_hz[HEIGHT];
            for (int x = 0; x < WIDTH; x++) {
                time_s[x] = v->t0_s + (x + 0.5) * v->s_per_px;
            }
            for (int y = 0; y < HEIGHT; y++) {
                freq_hz[y] = sono_freq_axis_hz(&v->axis, (y + 0.5) / HEIGHT);
            }
            assert_ok(sono_mask_render(&mask, time_s, WIDTH, freq_hz, HEIGHT, want, HEIGHT, &err), err);
            double worst = 0.0;
            double painted = 0.0;
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                const double wanted = (double)want[i % WIDTH * HEIGHT + i / WIDTH];
                worst = fmax(worst, fabs((double)got[i] - wanted));
                painted += wanted;
            }
            assert_true(painted > 5000.0);
            assert_true(worst < 5e-4); /* 16-bit floats */
        }
        sono_mask_clear(&mask);
        close_world(&w);
    }
}

/* A mask that changes in place, as a box being dragged does, is seen to have changed. */
static void changes_are_seen(void **state)
{
    (void)state;
    World w;
    open_world(&w, SONO_GLSL_330_CORE);
    SonoMask mask = {0};
    add(&mask, box_px(40, 30, 140, 110, SONO_COMBINE_ADD));
    SonoShape *shape = &mask.shapes[0];
    const uint64_t first = mask_pixels_hash(&mask, &w.lane.frame.view);
    shape->box.t1_s += 1e-9;
    assert_true(mask_pixels_hash(&mask, &w.lane.frame.view) != first);
    shape->box.t1_s -= 1e-9;
    shape->combine = SONO_COMBINE_SUBTRACT;
    assert_true(mask_pixels_hash(&mask, &w.lane.frame.view) != first);
    shape->combine = SONO_COMBINE_ADD;
    w.lane.frame.view.t0_s += 1e-9;
    assert_true(mask_pixels_hash(&mask, &w.lane.frame.view) != first);
    sono_mask_clear(&mask);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlines_are_one_pixel_wide),
        cmocka_unit_test(outlines_show_on_every_map),
        cmocka_unit_test(extremes_show),
        cmocka_unit_test(previews_have_the_masks_weights),
        cmocka_unit_test(changes_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
