/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of the canvas that were looked at and found good, in both languages of OpenGL. A synthetic sound is
 * drawn and compared with tests/data/golden/NAME.png: almost all pixels within 2 of 255. With the argument "record" the
 * pictures are written instead (tests/render/record-golden.sh; look at each before it is committed). */
#include "picture_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_transform.h"

#include <cairo.h>

#include <string.h>

#define WIDTH 320
#define HEIGHT 200
#define TOLERANCE 2
#define MAX_DIFFERENT (WIDTH * HEIGHT / 500) /* pixels on the border between two colours */

typedef struct World {
    PictureFixture f;
    SonoPlan *plan;
    SonoPlan *constant_q; /* 24 bands to the octave */
    SonoPcmReader sound;
} World;

static SonoRenderView view_of(const World *w, SonoAxisScale scale, const char *map)
{
    SonoRenderView v = picture_view(&w->f, &w->sound, scale);
    v.map = sono_colour_map_find(map);
    return v;
}

static void draw_view(World *w, const SonoRenderView *view, int reduce)
{
    PictureLane lane;
    picture_lane(&w->f, &lane, w->plan, &w->sound, 0, view);
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lane}, 1, reduce);
    picture_clear_lane(&lane);
}

static void draw_linear(World *w)
{
    const SonoRenderView v = view_of(w, SONO_SCALE_LINEAR, "ember");
    draw_view(w, &v, 1);
}

static void draw_log(World *w)
{
    const SonoRenderView v = view_of(w, SONO_SCALE_LOG, "tide");
    draw_view(w, &v, 1);
}

/* The view reaches beyond both ends of the sound. */
static void draw_mel(World *w)
{
    SonoRenderView v = view_of(w, SONO_SCALE_MEL, "grey");
    v.t0_s = -0.4;
    v.s_per_px *= 1.2;
    draw_view(w, &v, 1);
}

static void draw_reduced(World *w)
{
    const SonoRenderView v = view_of(w, SONO_SCALE_MEL, "ember");
    draw_view(w, &v, 2);
}

static void draw_phase_of_overview(World *w)
{
    SonoRenderView v = view_of(w, SONO_SCALE_LOG, "ember");
    v.s_per_px *= 2.0; /* twice as many slices as pixels: levels of time above 0 */
    v.end_s = 4.0;
    v.t0_s = -2.0;
    v.show = SONO_SHOW_PHASE;
    draw_view(w, &v, 1);
}

/* Level 0: raw phases, magnified. */
static void draw_phase_close(World *w)
{
    SonoRenderView v = view_of(w, SONO_SCALE_LINEAR, "ember");
    v.t0_s = 0.9;
    v.s_per_px = 1.2 / WIDTH;
    v.axis.f1_hz = 2000.0;
    v.show = SONO_SHOW_PHASE;
    draw_view(w, &v, 1);
}

static void draw_with(World *w, const SonoPlan *plan, const SonoRenderView *view)
{
    PictureLane lane;
    picture_lane(&w->f, &lane, plan, &w->sound, 0, view);
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lane}, 1, 1);
    picture_clear_lane(&lane);
}

/* Bands and axis of one law; background below the lowest band. */
static void draw_constant_q(World *w)
{
    SonoRenderView v = view_of(w, SONO_SCALE_LOG, "ember");
    v.axis.f0_hz = 80.0;
    draw_with(w, w->constant_q, &v);
}

/* Low bands on a few pixels, high ones stretched. */
static void draw_constant_q_on_bark(World *w)
{
    const SonoRenderView v = view_of(w, SONO_SCALE_BARK, "tide");
    draw_with(w, w->constant_q, &v);
}

static void add_shape(SonoMask *mask, SonoCombine combine, SonoRegion box, double feather_ms, double feather_hz)
{
    SonoError err = {0};
    const SonoShape shape = {
        .kind = SONO_SHAPE_BOX, .combine = combine, .box = box, .feather_ms = feather_ms, .feather_hz = feather_hz};
    assert_ok(sono_mask_add(mask, &shape, &err), err);
}

/* Two boxes, a hole, a stroke: outlined on a light picture. */
static void draw_selection(World *w)
{
    SonoError err = {0};
    SonoMask mask = {0};
    add_shape(&mask, SONO_COMBINE_ADD, (SonoRegion){0.5, 2.0, 300.0, 3000.0}, 0.0, 0.0);
    add_shape(&mask, SONO_COMBINE_ADD, (SonoRegion){1.5, 2.6, 1500.0, 6000.0}, 0.0, 0.0);
    add_shape(&mask, SONO_COMBINE_SUBTRACT, (SonoRegion){0.9, 1.3, 600.0, 1500.0}, 0.0, 0.0);
    SonoStrokePoint points[] = {{2.9, 500.0, 1.0}, {3.3, 2500.0, 1.0}, {3.7, 700.0, 1.0}};
    const SonoShape stroke = {.kind = SONO_SHAPE_STROKE,
                              .brush = {.radius_ms = 90.0, .radius_oct = 0.4, .hardness = 0.5, .flow = 1.0},
                              .points = points,
                              .n_points = 3};
    assert_ok(sono_mask_add(&mask, &stroke, &err), err);
    SonoRenderView v = view_of(w, SONO_SCALE_MEL, "ember");
    v.ceiling_db = -60.0; /* light */
    PictureLane lane;
    picture_lane(&w->f, &lane, w->plan, &w->sound, 0, &v);
    lane.frame.selection = &mask;
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lane}, 1, 1);
    picture_clear_lane(&lane);
    sono_mask_clear(&mask);
}

static SonoPreview preview_of(const char *operation, double first_param)
{
    const SonoOperation *op = sono_operation_find(operation);
    assert_non_null(op);
    SonoParams params = sono_params_defaults(op->params);
    params.v[0] = op->params.n > 0 ? first_param : 0.0;
    SonoPreview p = {.operation = op, .channel = -1};
    op->args(&params, p.args);
    return p;
}

/* A gain by a feathered box, an erasing stroke over it, the brush's outline; and one of another channel, unseen. */
static void draw_previews(World *w)
{
    SonoError err = {0};
    SonoMask mask = {0};
    add_shape(&mask, SONO_COMBINE_ADD, (SonoRegion){0.5, 2.5, 300.0, 3000.0}, 200.0, 200.0);
    const SonoBrush brush = {.radius_ms = 120.0, .radius_oct = 0.5, .hardness = 0.5, .flow = 1.0};
    const SonoStrokePoint points[] = {{1.4, 700.0, 1.0}, {3.4, 5000.0, 1.0}};
    SonoDab *dabs = NULL;
    size_t n_dabs = 0;
    assert_ok(sono_stroke_dabs(&brush, points, 2, &dabs, &n_dabs, &err), err);
    SonoPreview previews[] = {preview_of("gain", 24.0), preview_of("erase", 0.0), preview_of("gain", 60.0)};
    previews[0].mask = &mask;
    previews[1].dabs = dabs;
    previews[1].n_dabs = n_dabs;
    previews[2].mask = &mask;
    previews[2].channel = 1;
    const SonoRenderView v = view_of(w, SONO_SCALE_MEL, "ember");
    PictureLane lane;
    picture_lane(&w->f, &lane, w->plan, &w->sound, 0, &v);
    lane.frame.previews = previews;
    lane.frame.n_previews = 3;
    lane.frame.cursor = &dabs[n_dabs - 1];
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lane}, 1, 1);
    picture_clear_lane(&lane);
    sono_mask_clear(&mask);
    sono_free(dabs);
}

/* Two channels, channel 0 on top; a selection in the lower one. */
static void draw_lanes(World *w)
{
    SonoMask mask = {0};
    add_shape(&mask, SONO_COMBINE_ADD, (SonoRegion){2.4, 3.6, 0.0, 4000.0}, 0.0, 0.0);
    PictureLane lanes[2];
    for (int i = 0; i < 2; i++) {
        SonoRenderView v = view_of(w, SONO_SCALE_MEL, "ember");
        v.height_px = 99;
        v.y_px = i == 0 ? 101 : 0;
        picture_lane(&w->f, &lanes[i], w->plan, &w->sound, i, &v);
    }
    lanes[1].frame.selection = &mask;
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lanes[0], &lanes[1]}, 2, 1);
    picture_clear_lane(&lanes[0]);
    picture_clear_lane(&lanes[1]);
    sono_mask_clear(&mask);
}

static const struct {
    const char *name;
    void (*draw)(World *w);
} pictures[] = {
    {"linear", draw_linear},
    {"log", draw_log},
    {"mel", draw_mel},
    {"reduced", draw_reduced},
    {"phase", draw_phase_close},
    {"deviation", draw_phase_of_overview},
    {"selection", draw_selection},
    {"previews", draw_previews},
    {"lanes", draw_lanes},
    {"constant-q", draw_constant_q},
    {"constant-q-bark", draw_constant_q_on_bark},
};
#define N_PICTURES (sizeof pictures / sizeof *pictures)

static void open_world(World *w, SonoGlsl language)
{
    picture_open(&w->f, language, WIDTH, HEIGHT);
    w->sound = picture_new_sound(1.0f);
    w->plan = picture_plan(&w->f, w->sound.rate_hz);
    SonoError err = {0};
    const SonoTransform *vqt = sono_transform_find("vqt");
    SonoParams params;
    assert_ok(sono_params_parse(vqt->params, "bins_per_octave=24 fmin_hz=100", &params, &err), err);
    assert_ok(sono_plan_build(vqt, &params, w->sound.rate_hz, 0, &w->constant_q, &err), err);
}

static void close_world(World *w)
{
    sono_plan_unref(w->plan);
    sono_plan_unref(w->constant_q);
    picture_free_sound(&w->sound);
    picture_close(&w->f);
}

/* The picture drawn last, as PNG. */
static void write_png(const World *w, const char *path)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    uint8_t *data = cairo_image_surface_get_data(s);
    const size_t stride = (size_t)cairo_image_surface_get_stride(s);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *px = w->f.rgba + picture_at(&w->f, x, HEIGHT - 1 - y);
            const uint32_t rgb = (uint32_t)px[0] << 16 | (uint32_t)px[1] << 8 | px[2];
            memcpy(data + (size_t)y * stride + 4 * (size_t)x, &rgb, 4);
        }
    }
    cairo_surface_mark_dirty(s);
    const cairo_status_t status = cairo_surface_write_to_png(s, path);
    cairo_surface_destroy(s);
    if (status != CAIRO_STATUS_SUCCESS) {
        fail_msg("%s: %s", path, cairo_status_to_string(status));
    }
}

/* Pixels of the picture drawn last that are not those of the file. */
static int count_different(const World *w, const char *path)
{
    cairo_surface_t *s = cairo_image_surface_create_from_png(path);
    if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS || cairo_image_surface_get_width(s) != WIDTH ||
        cairo_image_surface_get_height(s) != HEIGHT) {
        fail_msg("%s is no picture of %d x %d pixels", path, WIDTH, HEIGHT);
    }
    const uint8_t *data = cairo_image_surface_get_data(s);
    const size_t stride = (size_t)cairo_image_surface_get_stride(s);
    int different = 0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *px = w->f.rgba + picture_at(&w->f, x, HEIGHT - 1 - y);
            uint32_t want = 0;
            memcpy(&want, data + (size_t)y * stride + 4 * (size_t)x, 4);
            const int d0 = abs((int)(want >> 16 & 255) - px[0]);
            const int d1 = abs((int)(want >> 8 & 255) - px[1]);
            const int d2 = abs((int)(want & 255) - px[2]);
            different += d0 > TOLERANCE || d1 > TOLERANCE || d2 > TOLERANCE;
        }
    }
    cairo_surface_destroy(s);
    return different;
}

static void golden_path(char *path, size_t n, const char *name)
{
    const char *source = getenv("SONO_SOURCE_DIR");
    (void)snprintf(path, n, "%s/tests/data/golden/%s.png", source ? source : ".", name);
}

static void compare_all(SonoGlsl language)
{
    World w = {0};
    open_world(&w, language);
    int failed = 0;
    for (size_t i = 0; i < N_PICTURES; i++) {
        char path[512];
        pictures[i].draw(&w);
        golden_path(path, sizeof path, pictures[i].name);
        const int different = count_different(&w, path);
        print_message("  %s: %d pixels differ\n", pictures[i].name, different);
        if (different > MAX_DIFFERENT) {
            const char *build = getenv("SONO_BUILD_DIR");
            (void)snprintf(path, sizeof path, "%s/golden-%s-%s.png", build ? build : ".", pictures[i].name,
                           language == SONO_GLSL_300_ES ? "es" : "core");
            write_png(&w, path);
            print_message("  %s: the picture is now %s\n", pictures[i].name, path);
            failed++;
        }
    }
    close_world(&w);
    assert_int_equal(failed, 0);
}

static void core_pictures(void **state)
{
    (void)state;
    compare_all(SONO_GLSL_330_CORE);
}

static void es_pictures(void **state)
{
    (void)state;
    compare_all(SONO_GLSL_300_ES);
}

/* No picture passes for another: the comparison can fail. */
static void pictures_are_told_apart(void **state)
{
    (void)state;
    World w = {0};
    open_world(&w, SONO_GLSL_330_CORE);
    pictures[N_PICTURES - 1].draw(&w);
    for (size_t i = 0; i + 1 < N_PICTURES; i++) {
        char path[512];
        golden_path(path, sizeof path, pictures[i].name);
        assert_true(count_different(&w, path) > 10 * MAX_DIFFERENT);
    }
    close_world(&w);
}

static int record(void)
{
    World w = {0};
    open_world(&w, SONO_GLSL_330_CORE);
    for (size_t i = 0; i < N_PICTURES; i++) {
        char path[512];
        pictures[i].draw(&w);
        golden_path(path, sizeof path, pictures[i].name);
        write_png(&w, path);
    }
    close_world(&w);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "record") == 0) {
        return record();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_pictures),
        cmocka_unit_test(es_pictures),
        cmocka_unit_test(pictures_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
