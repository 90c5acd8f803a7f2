/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every axis shows every plan's rows: where they are to a fiftieth of a texel, in levels that fit however axis and rows
 * relate, nothing outside of them, and as the CPU painter shows them. */
#include "picture_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define WIDTH 64
#define HEIGHT 400
#define RATE 48000.0

static const SonoGlsl languages[] = {SONO_GLSL_330_CORE, SONO_GLSL_300_ES};

static const struct {
    const char *transform, *params;
} banks[] = {{"stft", "size=2048"},
             {"stft", "size=65536 hop=16384"},
             {"cqt", "bins_per_octave=96 fmin_hz=20"},
             {"cqt", "bins_per_octave=12 fmin_hz=40"},
             {"vqt", "bins_per_octave=48 gamma_hz=20"},
             {"erb", ""},
             {"mel", ""},
             {"bark", ""}};
#define N_BANKS (sizeof banks / sizeof *banks)

static SonoPlan *make_plan(size_t bank, double rate_hz)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    SonoParams params;
    const SonoTransform *t = sono_transform_find(banks[bank].transform);
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, banks[bank].params, &params, &err), err);
    assert_ok(sono_plan_build(t, &params, rate_hz, 0, &plan, &err), err);
    return plan;
}

/* A colour map that is a ramp of grey. */
static uint8_t grey[256][3];
static const SonoColourMap grey_map = {"test-grey", (const uint8_t (*)[3])grey};

static void make_grey(void)
{
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
}

/* Strip 0 of level 0, all tiles: row r has r mod 4 dB, which a picture of 0 to 3 dB tells finely. */
static SonoStrip *make_saw(const SonoPlan *plan)
{
    SonoStrip *s = sono_calloc(1, sizeof *s);
    assert_non_null(s);
    s->key = (SonoStripKey){1, plan->key, 0, 0, 0, 0};
    s->n_rows = plan->n_rows;
    s->n_tiles = (s->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    s->data = sono_calloc((size_t)s->n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS, 2 * sizeof *s->data);
    assert_non_null(s->data);
    for (int32_t tile = 0; tile < s->n_tiles; tile++) {
        for (int32_t y = 0; y < SONO_TILE_TEXELS; y++) {
            const int32_t row = tile * SONO_TILE_INNER + y - 1;
            for (int32_t x = 0; x < SONO_TILE_TEXELS; x++) {
                s->data[2 * ((tile * SONO_TILE_TEXELS + y) * SONO_TILE_TEXELS + x)] = (float)(row & 3);
            }
        }
    }
    return s;
}

static void free_saw(SonoStrip *s)
{
    sono_free(s->data);
    sono_free(s);
}

static void check_saw(PictureFixture *f, const SonoPlan *plan, const SonoStrip *saw, SonoFreqAxis axis, int *n_checked)
{
    PictureLane lane = {.frame = {.plan = plan,
                                  .n_strips = 1,
                                  .view = {.width_px = WIDTH,
                                           .height_px = HEIGHT,
                                           .s_per_px = 0.01 * (double)plan->picture_hop / RATE,
                                           .end_s = 1e6,
                                           .axis = axis,
                                           .floor_db = 0.0,
                                           .ceiling_db = 3.0,
                                           .map = &grey_map}}};
    lane.draws[0] = (SonoDrawStrip){saw, plan, 0.0, 1.0, 1, 1, false, 0.0, 0.0};
    lane.frame.strips = lane.draws;
    (void)picture_draw(f, (const PictureLane *const[]){&lane}, 1, 1);
    for (int y = 0; y < HEIGHT; y++) {
        const uint8_t *px = f->rgba + picture_at(f, WIDTH / 2, y);
        const double row = sono_plan_row_at(plan, sono_freq_axis_hz(&axis, (y + 0.5) / HEIGHT));
        const bool outside = row < -0.5 || row > plan->n_rows - 0.5;
        if (outside && memcmp(px, (const uint8_t[]){26, 51, 102}, 3) != 0) {
            fail_msg("%s, %s axis from %.1f to %.1f Hz: pixel %d (row %.2f) is no background", plan->transform,
                     sono_scale_names[axis.scale], axis.f0_hz, axis.f1_hz, y, row);
        }
        const double saw_db = fmod(row, 4.0);
        if (row < 0.0 || row > plan->n_rows - 1.0 || saw_db > 2.97) {
            continue;
        }
        if (fabs(3.0 / 255.0 * px[0] - saw_db) > 0.02 + 0.5 * 3.0 / 255.0) {
            fail_msg("%s, %s axis from %.1f to %.1f Hz: pixel %d shows row 4 n + %.3f, not %.3f", plan->transform,
                     sono_scale_names[axis.scale], axis.f0_hz, axis.f1_hz, y, 3.0 / 255.0 * px[0], saw_db);
        }
        (*n_checked)++;
    }
}

static void body_rows(SonoGlsl language)
{
    PictureFixture f;
    make_grey();
    picture_open(&f, language, WIDTH, HEIGHT);
    for (size_t b = 0; b < N_BANKS; b++) {
        SonoPlan *plan = make_plan(b, RATE);
        SonoStrip *saw = make_saw(plan);
        int n_checked = 0;
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            for (int at = 0; at < 6; at++) { /* a few rows at the bottom, at the top, and between */
                const double first = at == 0 ? -8.0 : (plan->n_rows - 1.0) * at / 5.0 - (at == 5 ? 12.0 : 0.0);
                const double f0_hz = fmax(sono_plan_row_hz(plan, first), scale == SONO_SCALE_LOG ? 1.0 : 0.0);
                const double f1_hz = sono_plan_row_hz(plan, first + 19.0);
                if (isfinite(f1_hz) && f1_hz < 4.0 * RATE) {
                    check_saw(&f, plan, saw, (SonoFreqAxis){(SonoAxisScale)scale, f0_hz, f1_hz}, &n_checked);
                }
            }
        }
        assert_true(n_checked > 5 * 4 * HEIGHT / 3);
        free_saw(saw);
        sono_plan_unref(plan);
    }
    picture_close(&f);
}

static void rows_are_where_they_belong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        body_rows(languages[i]);
    }
}

/* One to two texels to a pixel, or the finest level; bands without a gap. */
static void levels_fit_any_axis(void **state)
{
    (void)state;
    int n_falling = 0;
    int n_rising = 0;
    for (size_t b = 0; b < N_BANKS; b++) {
        SonoPlan *plan = make_plan(b, RATE);
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            const SonoRenderView v = {.width_px = 800,
                                      .height_px = 120,
                                      .s_per_px = 0.01,
                                      .end_s = 100.0,
                                      .axis = {(SonoAxisScale)scale, scale == SONO_SCALE_LOG ? 10.0 : 0.0, 24000.0}};
            const SonoViewLevels l = sono_view_levels(&v, plan);
            assert_true(l.n_bands >= 1 && l.bands[0].p0 == 0.0 && l.bands[l.n_bands - 1].p1 == 1.0);
            for (int i = 0; i < l.n_bands; i++) {
                const SonoLevelBand *band = &l.bands[i];
                assert_true(i == 0 || (band->p0 == l.bands[i - 1].p1 && band->level_f != l.bands[i - 1].level_f));
                n_rising += i > 0 && band->level_f > l.bands[i - 1].level_f;
                n_falling += i > 0 && band->level_f < l.bands[i - 1].level_f;
                for (int y = (int)lround(band->p0 * v.height_px); y < (int)lround(band->p1 * v.height_px); y++) {
                    const double lo = sono_plan_row_at(plan, sono_freq_axis_hz(&v.axis, (double)y / v.height_px));
                    const double hi = sono_plan_row_at(plan, sono_freq_axis_hz(&v.axis, (y + 1.0) / v.height_px));
                    const double density = ldexp(hi - lo, -band->level_f);
                    const bool whole = lo >= -0.5 && hi <= plan->n_rows - 0.5;
                    if (whole && !(density <= 2.00001 && (density >= 0.99999 || band->level_f == 0) &&
                                   (band->taps_f == 2 || density <= 1.00001))) {
                        fail_msg("%s, %s axis: pixel row %d has %.2f texels of level %d", plan->transform,
                                 sono_scale_names[scale], y, density, (int)band->level_f);
                    }
                }
            }
        }
        sono_plan_unref(plan);
    }
    assert_true(n_rising > 10 && n_falling > 10);
}

/* Red of the painter's pixel where it shows sound. */
static int painted(const SonoPictureSpec *spec, const float *levels, int x, int y)
{
    uint8_t rgb[3];
    SonoPictureSpec one = *spec;
    one.width_px = one.height_px = 1;
    sono_picture_colours(&one, &levels[(size_t)y * (size_t)spec->width_px + (size_t)x], rgb);
    return rgb[0];
}

/* Pixels whose level is none of those that the CPU painter has next to it. */
static int count_unlike(const PictureFixture *f, const SonoPlan *plan, const SonoPictureSpec *spec, const float *levels,
                        int *n)
{
    int unlike = 0;
    *n = 0;
    for (int y = 1; y + 1 < spec->height_px; y++) {
        const double at = (spec->height_px - y - 0.5) / spec->height_px;
        const double row = sono_plan_row_at(plan, sono_freq_axis_hz(&spec->axis, at));
        for (int x = 1; x + 1 < spec->width_px && row > 1.0 && row < plan->n_rows - 2.0; x++) {
            int least = 255;
            int most = 0;
            for (int k = 0; k < 9; k++) {
                const int red = painted(spec, levels, x + k % 3 - 1, y + k / 3 - 1);
                least = red < least ? red : least;
                most = red > most ? red : most;
            }
            const int red = f->rgba[picture_at(f, x, spec->height_px - 1 - y)];
            unlike += red < least - 2 || red > most + 2;
            (*n)++;
        }
    }
    return unlike;
}

static void as_the_painter(void **state)
{
    (void)state;
    PictureFixture f;
    make_grey();
    picture_open(&f, SONO_GLSL_330_CORE, 160, 150);
    SonoPcmReader sound = picture_new_sound(1.0f);
    float *levels = sono_calloc(160 * 150, sizeof *levels);
    assert_non_null(levels);
    for (size_t b = 0; b < N_BANKS; b++) {
        double worst = 0.0;
        SonoPlan *plan = make_plan(b, sound.rate_hz);
        if (plan->picture_hop > 1024) { /* columns wider than pixels: the painter does not fade from one to the next */
            sono_plan_unref(plan);
            continue;
        }
        for (int scale = SONO_SCALE_LINEAR; scale < SONO_N_SCALES; scale++) {
            for (int zoomed = 0; zoomed < 2; zoomed++) {
                SonoError err = {0};
                SonoRenderView v = picture_view(&f, &sound, (SonoAxisScale)scale);
                v.map = &grey_map;
                if (zoomed) {
                    v.axis = (SonoFreqAxis){(SonoAxisScale)scale, 300.0, 1200.0};
                    v.t0_s = 1.0;
                    v.s_per_px *= 0.2;
                }
                const SonoPictureSpec spec = {.width_px = v.width_px,
                                              .height_px = v.height_px,
                                              .t0_s = v.t0_s,
                                              .t1_s = v.t0_s + v.s_per_px * v.width_px,
                                              .axis = v.axis,
                                              .floor_db = v.floor_db,
                                              .ceiling_db = v.ceiling_db,
                                              .map = v.map};
                PictureLane lane;
                picture_lane(&f, &lane, plan, &sound, 0, &v);
                (void)picture_draw(&f, (const PictureLane *const[]){&lane}, 1, 1);
                picture_clear_lane(&lane);
                assert_ok(sono_picture_levels(f.engine, plan, &sound, &spec, levels, &err), err);
                int n = 0;
                const int unlike = count_unlike(&f, plan, &spec, levels, &n);
                worst = fmax(worst, (double)unlike / n);
                assert_true(n > 1000);
            }
        }
        print_message("  %s %s: at most %.1f %% of the pixels unlike\n", plan->transform, banks[b].params,
                      100.0 * worst);
        assert_true(worst < 0.02);
        sono_plan_unref(plan);
    }
    sono_free(levels);
    picture_free_sound(&sound);
    picture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_where_they_belong),
        cmocka_unit_test(levels_fit_any_axis),
        cmocka_unit_test(as_the_painter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
