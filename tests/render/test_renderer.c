/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known tiles in, pixels out: every pixel is where and what the plan, the axis and the colour map say in C. */
#include "gl_context.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_renderer.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define WIDTH 320
#define HEIGHT 240

/* A grey ramp: the red of a pixel is the place in the map. */
static uint8_t grey[256][3];
static const SonoColourMap grey_map = {"test-grey", (const uint8_t (*)[3])grey};

static const SonoGlsl languages[] = {SONO_GLSL_330_CORE, SONO_GLSL_300_ES};

static SonoPlan *make_plan(void)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    assert_ok(sono_plan_build(stft, &params, 48000.0, 0, &plan, &err), err);
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
    return plan;
}

static double bin_hz(const SonoPlan *plan)
{
    return sono_plan_freq_hz(plan, 1);
}

static double hop_s(const SonoPlan *plan)
{
    return sono_plan_time_s(plan, 1);
}

/* A strip whose texel of (column, row) has level_of(column, row) dB, with a true gutter. */
static SonoStrip *make_strip(const SonoPlan *plan, int32_t level_t, int32_t level_f, int64_t x,
                             float (*level_of)(int64_t column, int64_t row))
{
    SonoStrip *s = sono_calloc(1, sizeof *s);
    assert_non_null(s);
    s->key = (SonoStripKey){1, plan->key, 0, level_t, level_f, x};
    s->n_rows = (sono_plan_n_bins(plan) + (1 << level_f) - 1) >> level_f;
    s->n_tiles = (s->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    s->data = sono_calloc((size_t)s->n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS, 2 * sizeof *s->data);
    assert_non_null(s->data);
    for (int64_t tile = 0; tile < s->n_tiles; tile++) {
        for (int64_t r = 0; r < SONO_TILE_TEXELS; r++) {
            for (int64_t c = 0; c < SONO_TILE_TEXELS; c++) {
                s->data[2 * ((tile * SONO_TILE_TEXELS + r) * SONO_TILE_TEXELS + c)] =
                    level_of(x * SONO_TILE_INNER + c - 1, tile * SONO_TILE_INNER + r - 1);
            }
        }
    }
    return s;
}

static void free_strip(SonoStrip *s)
{
    sono_free(s->data);
    sono_free(s);
}

static SonoFrame make_frame(const SonoPlan *plan, const SonoDrawStrip *strips, size_t n)
{
    return (SonoFrame){.view = {.width_px = WIDTH,
                                .height_px = HEIGHT,
                                .s_per_px = hop_s(plan),
                                .end_s = 1e6,
                                .axis = {SONO_SCALE_LINEAR, 0.0, HEIGHT * bin_hz(plan)},
                                .floor_db = -100.0,
                                .ceiling_db = 0.0,
                                .map = &grey_map},
                       .plan = plan,
                       .strips = strips,
                       .n_strips = n};
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

/* Draw; rgba[HEIGHT][WIDTH][4], row 0 at the bottom. */
static SonoFrameReport draw(SonoRenderer *r, const GlContext *gl, const SonoFrame *frame, uint8_t *rgba)
{
    SonoError err = {0};
    SonoFrameReport report = {0};
    assert_ok(draw_picture(r, gl->fbo, frame, &report, &err), err);
    glBindFramebuffer(GL_FRAMEBUFFER, gl->fbo);
    glReadPixels(0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    assert_int_equal(glGetError(), GL_NO_ERROR);
    return report;
}

static int expected_red(double db)
{
    return (int)lround(255.0 * fmin(fmax((db + 100.0) / 100.0, 0.0), 1.0));
}

/* For each language: a context, a renderer, and body(). */
typedef void (*Body)(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba);
static void in_both_languages(Body body)
{
    SonoPlan *plan = make_plan();
    static uint8_t rgba[HEIGHT * WIDTH * 4];
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        GlContext gl;
        gl_context_open(&gl, languages[i], WIDTH, HEIGHT, GL_RGBA8);
        SonoRenderer *r = NULL;
        SonoError err = {0};
        assert_ok(sono_renderer_new(&r, &err), err);
        body(r, &gl, plan, rgba);
        sono_renderer_free(r);
        gl_context_close(&gl);
    }
    sono_plan_unref(plan);
}

/* Different in every texel, steps of whole dB that a half float holds exactly. */
static float pattern(int64_t column, int64_t row)
{
    return -(float)((column * 7 + row * 13) % 97);
}

/* One texel to a pixel, across the seams of two strips and of two tiles. */
static void body_exact(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba)
{
    SonoStrip *a = make_strip(plan, 0, 0, 0, pattern);
    SonoStrip *b = make_strip(plan, 0, 0, 1, pattern);
    const SonoDrawStrip strips[] = {{a, plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0},
                                    {b, plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0}};
    SonoFrame frame = make_frame(plan, strips, 2);
    const int64_t first_slice = 100;
    const int64_t first_bin = 150;
    frame.view.t0_s = ((double)first_slice - 0.5) * hop_s(plan);
    frame.view.axis.f0_hz = ((double)first_bin - 0.5) * bin_hz(plan);
    frame.view.axis.f1_hz = ((double)first_bin - 0.5 + HEIGHT) * bin_hz(plan);
    const SonoFrameReport report = draw(r, gl, &frame, rgba);
    assert_int_equal(report.n_uploaded, 4);
    assert_int_equal(report.n_drawn, 4);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const int red = rgba[4 * (y * WIDTH + x)];
            const int want = expected_red((double)pattern(first_slice + x, first_bin + y));
            if (abs(red - want) > 1) {
                fail_msg("pixel %d %d is %d, must be %d", x, y, red, want);
            }
        }
    }
    /* a second frame uploads nothing and is the same */
    static uint8_t again[HEIGHT * WIDTH * 4];
    assert_int_equal(draw(r, gl, &frame, again).n_uploaded, 0);
    assert_memory_equal(rgba, again, sizeof again);
    free_strip(a);
    free_strip(b);
}

static float ramp(int64_t column, int64_t row)
{
    (void)column;
    return -100.0f + 0.09375f * (float)row; /* 1025 rows: -100 .. -4 dB */
}

/* Each axis: a pixel's level is that of its own frequency, interpolated. */
static void body_axes(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba)
{
    SonoStrip *a = make_strip(plan, 0, 0, 0, ramp);
    SonoStrip *b = make_strip(plan, 0, 0, 1, ramp);
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        for (int taps = 1; taps <= 2; taps++) {
            const SonoDrawStrip strips[] = {{a, plan, 0.0, 1.0, 1, taps, false, 0.0, 0.0},
                                            {b, plan, 0.0, 1.0, 1, taps, false, 0.0, 0.0}};
            SonoFrame frame = make_frame(plan, strips, 2);
            frame.view.axis = (SonoFreqAxis){(SonoAxisScale)scale, scale == SONO_SCALE_LOG ? 30.0 : 0.0, 24000.0};
            (void)draw(r, gl, &frame, rgba);
            for (int y = 0; y < HEIGHT; y++) {
                const double hz = sono_freq_axis_hz(&frame.view.axis, (y + 0.5) / HEIGHT);
                const double above = sono_freq_axis_hz(&frame.view.axis, (y + 0.75) / HEIGHT);
                const double row = hz / bin_hz(plan);
                /* two taps take the largest of a pixel: of a rising ramp the upper one */
                const double at = taps == 1 ? row : fmin(above / bin_hz(plan), 1024.0);
                const double db = -100.0 + 0.09375 * at;
                const double slack = taps == 1 ? 1.0 : 1.0 + 255.0 / 100.0 * 0.09375 * 0.5;
                const double red = rgba[4 * (y * WIDTH + WIDTH / 2)];
                if (fabs(red - 255.0 * (db + 100.0) / 100.0) > slack) {
                    fail_msg("%s axis, %d taps, row %d (%.1f Hz) is %.0f, must be %.1f", sono_scale_names[scale], taps,
                             y, hz, red, 255.0 * (db + 100.0) / 100.0);
                }
            }
        }
    }
    free_strip(a);
    free_strip(b);
}

/* Lone peaks, far enough apart to be told from each other. */
static float peaks(int64_t column, int64_t row)
{
    return column % 23 == 11 && row % 19 == 7 ? 0.0f : -100.0f;
}

/* Almost two texels to a pixel: no peak falls between pixels, and none is dimmed. */
static void body_minified(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba)
{
    SonoStrip *strips_made[3];
    SonoDrawStrip strips[3];
    for (int i = 0; i < 3; i++) {
        strips_made[i] = make_strip(plan, 0, 0, i, peaks);
        strips[i] = (SonoDrawStrip){strips_made[i], plan, 0.0, 1.0, 2, 2, false, 0.0, 0.0};
    }
    SonoFrame frame = make_frame(plan, strips, 3);
    const double per_px = 1.97;
    frame.view.s_per_px = per_px * hop_s(plan);
    frame.view.axis.f1_hz = per_px * HEIGHT * bin_hz(plan);
    (void)draw(r, gl, &frame, rgba);
    int n_peaks = 0;
    for (int64_t row = 7; row < (int64_t)(per_px * (HEIGHT - 2)); row += 19) {
        for (int64_t column = 11; column < (int64_t)(per_px * (WIDTH - 2)); column += 23) {
            const int x = (int)((double)(column + 0) / per_px + 0.5 / per_px);
            const int y = (int)((double)row / per_px);
            int brightest = 0;
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    const int px = x + dx < 0 ? 0 : x + dx;
                    const int py = y + dy < 0 ? 0 : y + dy;
                    const int red = rgba[4 * (py * WIDTH + px)];
                    brightest = red > brightest ? red : brightest;
                }
            }
            if (brightest < 254) {
                fail_msg("the peak at slice %ld, bin %ld is drawn at %d of 255", (long)column, (long)row, brightest);
            }
            n_peaks++;
        }
    }
    assert_true(n_peaks > 500);
    for (int i = 0; i < 3; i++) {
        free_strip(strips_made[i]);
    }
}

static float flat(int64_t column, int64_t row)
{
    (void)column;
    (void)row;
    return -50.0f;
}

static float flat_low(int64_t column, int64_t row)
{
    (void)column;
    (void)row;
    return -75.0f;
}

/* A coarse strip stands in where fine ones are missing; nothing is drawn outside the sound; the upload limit holds. */
static void body_fallback(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba)
{
    SonoStrip *coarse = make_strip(plan, 3, 0, 0, flat_low);
    SonoStrip *fine = make_strip(plan, 0, 0, 1, flat);
    const SonoDrawStrip strips[] = {{coarse, plan, 0.0, 1.0, 1, 1, true, 0.0, 0.0},
                                    {fine, plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0}};
    SonoFrame frame = make_frame(plan, strips, 2);
    frame.view.t0_s = -20.0 * hop_s(plan);
    frame.view.end_s = 290.0 * hop_s(plan);
    frame.max_uploads = 1;
    /* what may not be uploaded yet leaves no hole: nor does the first frame, which the coarse strip is uploaded for */
    SonoFrameReport report = draw(r, gl, &frame, rgba);
    assert_true(report.n_waiting > 0);
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        const int x = i % WIDTH;
        if (x >= 20 && x < 310 && rgba[4 * i] == 14) {
            fail_msg("a hole at pixel %d %d in the first frame", x, i / WIDTH);
        }
    }
    while (report.n_waiting > 0) {
        report = draw(r, gl, &frame, rgba);
        assert_true(report.n_uploaded <= 1);
    }
    const int low = expected_red(-75.0);
    const int high = expected_red(-50.0);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const int red = rgba[4 * (y * WIDTH + x)];
            const bool in_sound = x >= 20 && x < 310;
            const bool in_fine = x >= 20 + 254;
            if (in_sound && abs(red - (in_fine ? high : low)) > 1 && x != 273) {
                fail_msg("pixel %d %d is %d", x, y, red);
            }
            if (!in_sound && red != 14) {
                fail_msg("pixel %d %d outside the sound is %d", x, y, red);
            }
        }
    }
    free_strip(coarse);
    free_strip(fine);
}

/* The picture is drawn at the view's place in the target, whatever state the caller left. */
static void body_place(SonoRenderer *r, const GlContext *gl, const SonoPlan *plan, uint8_t *rgba)
{
    SonoStrip *a = make_strip(plan, 0, 0, 0, pattern);
    const SonoDrawStrip strips[] = {{a, plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0}};
    SonoFrame frame = make_frame(plan, strips, 1);
    frame.view.x_px = 40;
    frame.view.y_px = 30;
    frame.view.width_px = 100;
    frame.view.height_px = 80;
    frame.view.t0_s = 9.5 * hop_s(plan);
    frame.view.axis.f0_hz = 4.5 * bin_hz(plan);
    frame.view.axis.f1_hz = 84.5 * bin_hz(plan);
    glBindFramebuffer(GL_FRAMEBUFFER, gl->fbo);
    glClearColor(1.0f, 0.0f, 1.0f, 1.0f);
    glDisable(GL_SCISSOR_TEST);
    glClear(GL_COLOR_BUFFER_BIT);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ZERO, GL_ONE);
    glEnable(GL_CULL_FACE);
    glCullFace(GL_FRONT_AND_BACK);
    glEnable(GL_SCISSOR_TEST);
    glScissor(0, 0, 1, 1);
    glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 17);
    (void)draw(r, gl, &frame, rgba);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *px = &rgba[4 * (y * WIDTH + x)];
            const bool inside = x >= 40 && x < 140 && y >= 30 && y < 110;
            const int want = inside ? expected_red((double)pattern(10 + x - 40, 5 + y - 30)) : 14;
            if (abs(px[0] - want) > 1 || (!inside && px[1] != 15)) {
                fail_msg("pixel %d %d is %d, must be %d", x, y, px[0], want);
            }
        }
    }
    GLint bound = -1;
    glGetIntegerv(GL_CURRENT_PROGRAM, &bound);
    assert_int_equal(bound, 0);
    glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &bound);
    assert_int_equal(bound, 0);
    free_strip(a);
}

static void one_texel_per_pixel(void **state)
{
    (void)state;
    in_both_languages(body_exact);
}
static void axes(void **state)
{
    (void)state;
    in_both_languages(body_axes);
}
static void peaks_survive(void **state)
{
    (void)state;
    in_both_languages(body_minified);
}
static void no_holes(void **state)
{
    (void)state;
    in_both_languages(body_fallback);
}
static void place_and_state(void **state)
{
    (void)state;
    in_both_languages(body_place);
}

/* Levels: one to two texels to a pixel, or the finest; bands cover the height without gaps. */
static void levels_fit(void **state)
{
    (void)state;
    SonoPlan *plan = make_plan();
    for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
        for (double s_per_px = 1e-6; s_per_px < 20.0; s_per_px *= 1.7) {
            const SonoRenderView view = {.width_px = 1280,
                                         .height_px = 700,
                                         .t0_s = 3.0,
                                         .s_per_px = s_per_px,
                                         .end_s = 10800.0,
                                         .axis = {(SonoAxisScale)scale, 20.0, 24000.0}};
            const SonoViewLevels l = sono_view_levels(&view, plan);
            const double density = ldexp(s_per_px / hop_s(plan), -l.level_t);
            assert_true(density < 2.0 && (l.level_t == 0 || density >= 1.0));
            assert_true(l.taps_t == (density > 1.0 ? 2 : 1));
            assert_true(l.n_bands >= 1 && l.bands[0].p0 == 0.0 && l.bands[l.n_bands - 1].p1 == 1.0);
            for (int b = 1; b < l.n_bands; b++) {
                assert_true(l.bands[b].p0 == l.bands[b - 1].p1 && l.bands[b].level_f > l.bands[b - 1].level_f);
            }
            const double strip_s = ldexp(hop_s(plan), l.level_t) * SONO_TILE_INNER;
            assert_true((double)l.x0 * strip_s <= 3.0 + hop_s(plan));
            assert_true((double)l.x1 * strip_s >= fmin(10800.0, 3.0 + 1280.0 * s_per_px) - 1e-9);
        }
    }
    const int32_t overview = sono_view_overview_level(plan, 10800.0);
    assert_true(ldexp(hop_s(plan), overview) * SONO_TILE_INNER >= 10800.0);
    assert_true(ldexp(hop_s(plan), overview - 1) * SONO_TILE_INNER < 10800.0);
    sono_plan_unref(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_texel_per_pixel), cmocka_unit_test(axes),
        cmocka_unit_test(peaks_survive),       cmocka_unit_test(no_holes),
        cmocka_unit_test(place_and_state),     cmocka_unit_test(levels_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
