/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The preview: its mask is the commit's mask, and its colours are those of the operation's C body. */
#include "gl_context.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_renderer.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define WIDTH 256
#define HEIGHT 192

static uint8_t grey[256][3];
static const SonoColourMap grey_map = {"test-grey", (const uint8_t (*)[3])grey};
static const SonoGlsl languages[] = {SONO_GLSL_330_CORE, SONO_GLSL_300_ES};

typedef struct Fixture {
    GlContext gl;
    SonoRenderer *renderer;
    SonoPlan *plan;
    SonoStrip strip;
    SonoDrawStrip draw;
    SonoFrame frame;
    uint8_t rgba[HEIGHT * WIDTH * 4];
} Fixture;

/* Columns of whole dB, the same in every row: levels of -96 .. 0. */
static float level_of_column(int64_t column)
{
    return -(float)((column * 5) % 97);
}

static void fixture_open(Fixture *f, SonoGlsl language)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
    gl_context_open(&f->gl, language, WIDTH, HEIGHT, GL_RGBA8);
    assert_ok(sono_renderer_new(&f->renderer, &err), err);
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    assert_ok(sono_plan_build(stft, &params, 48000.0, 0, &f->plan, &err), err);
    const int32_t n_tiles = (sono_plan_n_bins(f->plan) + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    f->strip =
        (SonoStrip){.key = {1, f->plan->key, 0, 0, 0, 0}, .n_tiles = n_tiles, .n_rows = sono_plan_n_bins(f->plan)};
    const int64_t n_texels = (int64_t)n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS;
    f->strip.data = sono_calloc((size_t)n_texels, 2 * sizeof *f->strip.data);
    assert_non_null(f->strip.data);
    for (int64_t i = 0; i < n_texels; i++) {
        f->strip.data[2 * i] = level_of_column(i % SONO_TILE_TEXELS);
    }
    f->draw = (SonoDrawStrip){&f->strip, f->plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0};
    const double hop_s = sono_plan_time_s(f->plan, 1);
    const double bin_hz = sono_plan_freq_hz(f->plan, 1);
    f->frame = (SonoFrame){.view = {.width_px = WIDTH,
                                    .height_px = HEIGHT,
                                    .t0_s = -0.5 * hop_s,
                                    .s_per_px = hop_s,
                                    .end_s = 1e6,
                                    .axis = {SONO_SCALE_LINEAR, 3.5 * bin_hz, (3.5 + HEIGHT) * bin_hz},
                                    .floor_db = -200.0,
                                    .ceiling_db = 55.0,
                                    .map = &grey_map},
                           .plan = f->plan,
                           .strips = &f->draw,
                           .n_strips = 1};
}

static void fixture_close(Fixture *f)
{
    sono_renderer_free(f->renderer);
    sono_plan_unref(f->plan);
    sono_free(f->strip.data);
    gl_context_close(&f->gl);
}

/* A picture of one lane. */
static SonoStatus draw_picture(SonoRenderer *r, unsigned target, const SonoFrame *frame, SonoFrameReport *report,
                               SonoError *err)
{
    static const float background[3] = {0.055f, 0.06f, 0.07f};
    const SonoRenderView *v = &frame->view;
    SonoStatus status =
        sono_renderer_begin(r, target, v->x_px + v->width_px, v->y_px + v->height_px, 1, background, err);
    if (status == SONO_OK) {
        status = sono_renderer_draw(r, frame, report, err);
        const SonoStatus ended = sono_renderer_end(r, status == SONO_OK ? err : NULL);
        status = status == SONO_OK ? ended : status;
    }
    return status;
}

static void draw(Fixture *f)
{
    SonoError err = {0};
    assert_ok(draw_picture(f->renderer, f->gl.fbo, &f->frame, NULL, &err), err);
    glBindFramebuffer(GL_FRAMEBUFFER, f->gl.fbo);
    glReadPixels(0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, f->rgba);
}

static SonoPreview preview_of(const char *operation, const char *param, double value, const SonoDab *dabs, size_t n)
{
    SonoError err = {0};
    const SonoOperation *op = sono_operation_find(operation);
    assert_non_null(op);
    SonoParams params = sono_params_defaults(op->params);
    if (param) {
        assert_ok(sono_params_set(op->params, &params, param, value, &err), err);
    }
    SonoPreview p = {.operation = op, .dabs = dabs, .n_dabs = n};
    op->args(&params, p.args);
    return p;
}

static void nothing_painted_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        Fixture f;
        fixture_open(&f, languages[i]);
        draw(&f);
        static uint8_t plain[HEIGHT * WIDTH * 4];
        memcpy(plain, f.rgba, sizeof plain);
        const double nowhere_s = f.frame.view.t0_s + 2.0 * WIDTH * f.frame.view.s_per_px;
        const SonoDab far_away = {nowhere_s, 1000.0, 0.1, 100.0, 0.0, 0.5, 1.0};
        const SonoDab no_weight = {0.5, 1000.0, 0.2, 500.0, 0.0, 0.5, 0.0};
        const SonoPreview previews[] = {preview_of("gain", "gain_db", -40.0, NULL, 0),
                                        preview_of("erase", NULL, 0.0, &far_away, 1),
                                        preview_of("gain", "gain_db", 12.0, &no_weight, 1)};
        f.frame.previews = previews;
        f.frame.n_previews = 3;
        draw(&f);
        assert_memory_equal(plain, f.rgba, sizeof plain);
        fixture_close(&f);
    }
}

/* Under full weight a pixel has the level that the C body gives; beside it nothing changes. */
static void colours_are_the_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        Fixture f;
        fixture_open(&f, languages[i]);
        const double hop_s = sono_plan_time_s(f.plan, 1);
        const double bin_hz = sono_plan_freq_hz(f.plan, 1);
        const SonoDab dab = {128.0 * hop_s, 100.0 * bin_hz, 60.0 * hop_s, 50.0 * bin_hz, 0.0, 1.0, 1.0};
        for (const SonoOperation *const *op = sono_operations; *op; op++) {
            const SonoPreview p = preview_of((*op)->name, NULL, 0.0, &dab, 1);
            f.frame.previews = &p;
            f.frame.n_previews = 1;
            draw(&f);
            for (int x = 0; x < SONO_TILE_INNER; x++) {
                const bool under = abs(x - 128) < 55;
                const double db = (double)level_of_column(x + 1);
                SonoCplx z = {(float)pow(10.0, db / 20.0), 0.0f};
                const float weight = under ? 1.0f : 0.0f;
                if (!p.operation->takes_state) { /* those have no preview */
                    p.operation->run(&z, &weight, 1, p.args, &z);
                }
                const double want = 20.0 * log10(fmax(hypot((double)z.re, (double)z.im), 1e-10)) + 200.0;
                const int red = f.rgba[4 * (97 * WIDTH + x)];
                if ((under || abs(x - 128) > 65) && fabs(red - want) > 1.0) {
                    fail_msg("%s, column %d: %d, must be %.1f", p.operation->name, x, red, want);
                }
            }
        }
        fixture_close(&f);
    }
}

/* The mask texture against sono_mask_render at the pixels' centres. */
static void check_mask(Fixture *f, const SonoShape *shape)
{
    SonoError err = {0};
    const SonoRenderView *v = &f->frame.view;
    static double time_s[WIDTH];
    static double freq_hz[HEIGHT];
    static float want[WIDTH * HEIGHT];
    static float got[WIDTH * HEIGHT];
    for (int x = 0; x < WIDTH; x++) {
        time_s[x] = v->t0_s + (x + 0.5) * v->s_per_px;
    }
    for (int y = 0; y < HEIGHT; y++) {
        freq_hz[y] = sono_freq_axis_hz(&v->axis, (y + 0.5) / HEIGHT);
    }
    memset(want, 0, sizeof want);
    SonoMask mask = {0};
    assert_ok(sono_mask_add(&mask, shape, &err), err);
    assert_ok(sono_mask_render(&mask, time_s, WIDTH, freq_hz, HEIGHT, want, HEIGHT, &err), err);
    SonoDab *dabs = NULL;
    size_t n = 0;
    assert_ok(sono_stroke_dabs(&shape->brush, shape->points, shape->n_points, &dabs, &n, &err), err);
    /* as it is painted: growing, so that the texture is added to */
    for (size_t part = n / 3; part <= n; part = part == n ? n + 1 : n) {
        const SonoPreview p = preview_of("erase", NULL, 0.0, dabs, part);
        f->frame.previews = &p;
        f->frame.n_previews = 1;
        draw(f);
    }
    assert_ok(sono_renderer_read_mask(f->renderer, got, &err), err);
    double worst = 0.0;
    double sum = 0.0;
    double painted = 0.0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const double d = fabs((double)got[y * WIDTH + x] - (double)want[x * HEIGHT + y]);
            worst = fmax(worst, d);
            sum += d;
            painted += (double)want[x * HEIGHT + y];
        }
    }
    const double mean = sum / (WIDTH * HEIGHT);
    print_message("  %zu dabs: worst %.2e, mean %.2e, painted %.0f px\n", n, worst, mean, painted);
    assert_true(painted > 500.0);
    assert_true(worst < 4e-3 && mean < 2e-4); /* 16-bit floats, once per overlapping dab */
    sono_mask_clear(&mask);
    sono_free(dabs);
}

static void mask_is_the_commits_mask(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        Fixture f;
        fixture_open(&f, languages[i]);
        const double hop_s = sono_plan_time_s(f.plan, 1);
        SonoStrokePoint points[] = {{30.0 * hop_s, 700.0, 0.4},
                                    {110.0 * hop_s, 2500.0, 1.0},
                                    {200.0 * hop_s, 900.0, 0.7},
                                    {210.0 * hop_s, 950.0, 0.2}};
        SonoShape shape = {.kind = SONO_SHAPE_STROKE, .points = points, .n_points = 4};
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            f.frame.view.axis = (SonoFreqAxis){(SonoAxisScale)scale, scale == SONO_SCALE_LOG ? 100.0 : 0.0, 5000.0};
            for (int oct = 0; oct < 2; oct++) {
                shape.brush = (SonoBrush){.radius_ms = 250.0,
                                          .radius_hz = oct ? 0.0 : 400.0,
                                          .radius_oct = oct ? 0.3 : 0.0,
                                          .hardness = 0.4,
                                          .flow = 0.5,
                                          .pressure_to_size = 0.5,
                                          .pressure_to_flow = 0.5};
                check_mask(&f, &shape);
            }
        }
        fixture_close(&f);
    }
}

/* Two strokes with the same effect build up; the outline of the brush is drawn and leaves no trace. */
static void strokes_join_and_the_ring_passes(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f, SONO_GLSL_330_CORE);
    const double hop_s = sono_plan_time_s(f.plan, 1);
    const double bin_hz = sono_plan_freq_hz(f.plan, 1);
    const SonoDab half = {128.0 * hop_s, 100.0 * bin_hz, 60.0 * hop_s, 50.0 * bin_hz, 0.0, 1.0, 0.5};
    const SonoPreview previews[] = {preview_of("erase", NULL, 0.0, &half, 1), preview_of("erase", NULL, 0.0, &half, 1)};
    f.frame.previews = previews;
    f.frame.n_previews = 2;
    draw(&f);
    const double want = (double)level_of_column(128 + 1) + 20.0 * log10(0.25) + 200.0;
    assert_true(fabs(f.rgba[4 * (97 * WIDTH + 128)] - want) <= 1.0);

    f.frame.n_previews = 0;
    draw(&f);
    static uint8_t plain[HEIGHT * WIDTH * 4];
    memcpy(plain, f.rgba, sizeof plain);
    f.frame.cursor = &half;
    draw(&f);
    int changed = 0;
    for (size_t p = 0; p < WIDTH * HEIGHT; p++) {
        changed += memcmp(&plain[4 * p], &f.rgba[4 * p], 4) != 0;
    }
    assert_true(changed > 200 && changed < 3000); /* a line, about 2 pi 55 px long */
    f.frame.cursor = NULL;
    draw(&f);
    assert_memory_equal(plain, f.rgba, sizeof plain);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_painted_changes_nothing),
        cmocka_unit_test(colours_are_the_operation),
        cmocka_unit_test(mask_is_the_commits_mask),
        cmocka_unit_test(strokes_join_and_the_ring_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
