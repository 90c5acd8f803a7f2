/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pointer reads of a sine: its amplitude within 0.1 dB, at and between the rows of every transform, at once
 * and in coarser levels of time; of anything else the texel. */
#include "picture_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"
#include "sono_tile_feed.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define RATE 48000.0
#define N_FRAMES ((int64_t)(4 * 48000))
#define TAU 6.283185307179586
#define AMPLITUDE 0.3

static const struct {
    const char *transform, *params;
} banks[] = {{"stft", ""},
             {"stft", "size=4096 hop=1024 window=blackman-harris"},
             {"stft", "window=hamming"},
             {"slicq", ""},
             {"cqt", "bins_per_octave=12"},
             {"cqt", "bins_per_octave=60 fmin_hz=20"},
             {"vqt", "bins_per_octave=48"},
             {"vqt", "bins_per_octave=12 gamma_hz=60 quality=precise"},
             {"vqt", "bins_per_octave=24 layout=notes"},
             {"nsgt", ""},
             {"erb", ""},
             {"mel", ""},
             {"bark", ""}};
#define N_BANKS (sizeof banks / sizeof *banks)

static SonoStatus read_sound(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    (void)channel;
    (void)err;
    memcpy(dst, (const float *)ctx + start_frame, (size_t)n_frames * sizeof *dst);
    return SONO_OK;
}

/* Five sines, far apart; where is one of two thirds of a row, a quarter and so on above the row next to it. */
static void make_sines(const SonoPlan *plan, int round, double freq_hz[5], float *pcm)
{
    static const double parts[] = {0.0, 0.25, 0.5, 0.67, 0.9};
    static const double about_hz[] = {150.0, 440.0, 1500.0, 5000.0, 14000.0};
    memset(pcm, 0, (size_t)N_FRAMES * sizeof *pcm);
    for (int i = 0; i < 5; i++) {
        const double row = floor(sono_plan_row_at(plan, about_hz[i])) + parts[(i + round) % 5];
        freq_hz[i] = sono_plan_row_hz(plan, row);
        for (int64_t n = 0; n < N_FRAMES; n++) {
            pcm[n] += (float)(AMPLITUDE * sin(TAU * freq_hz[i] * (double)n / RATE + i));
        }
    }
}

/* A view of a few rows about a frequency, of which one texel is a pixel or more. */
static SonoRenderView view_about(const PictureFixture *f, const SonoPlan *plan, double freq_hz, int level_t)
{
    const double row = sono_plan_row_at(plan, freq_hz);
    const double low = fmax(row - 12.0, 0.0);
    const double high = fmin(row + 12.0, plan->n_rows - 1.0);
    return (SonoRenderView){.width_px = f->gl.width_px,
                            .height_px = f->gl.height_px,
                            .t0_s = 2.5,
                            .s_per_px = ldexp((double)plan->picture_hop / RATE, level_t),
                            .end_s = (double)N_FRAMES / RATE,
                            .axis = {SONO_SCALE_MEL, sono_plan_row_hz(plan, low), sono_plan_row_hz(plan, high)},
                            .floor_db = -110.0,
                            .map = sono_colour_maps[0]};
}

/* Readings at a frequency and half a row off. The worst error in dB; *texel_db: how much too low texels alone read. */
static double check_sine(PictureFixture *f, const SonoPlan *plan, const SonoPcmReader *sound, double freq_hz,
                         int level_t, double *texel_db)
{
    const double truth_db = 20.0 * log10(AMPLITUDE);
    const SonoRenderView view = view_about(f, plan, freq_hz, level_t);
    PictureLane lane;
    picture_lane(f, &lane, plan, sound, 0, &view);
    const SonoTileList list = {.strips = lane.draws, .n = lane.frame.n_strips};
    double worst_db = 0.0;
    for (int k = -1; k <= 1; k++) {
        const double at_hz = sono_plan_row_hz(plan, sono_plan_row_at(plan, freq_hz) + 0.4 * k);
        for (double x = 0.05; x < 1.0; x += 0.17) {
            const double t_s = view.t0_s + x * fmin(view.width_px * view.s_per_px, 1.2);
            const double reading_db = (double)sono_tile_list_reading(&list, t_s, at_hz);
            worst_db = fmax(worst_db, fabs(reading_db - truth_db));
        }
    }
    /* well beside it there is nothing to stand out: the texel */
    const double beside_hz = sono_plan_row_hz(plan, sono_plan_row_at(plan, freq_hz) + 3.0);
    assert_true(sono_tile_list_reading(&list, view.t0_s + view.s_per_px, beside_hz) < truth_db - 3.0);
    *texel_db = fmin(*texel_db, (double)sono_tile_list_level(&list, view.t0_s + view.s_per_px, freq_hz) - truth_db);
    picture_clear_lane(&lane);
    return worst_db;
}

static void a_sine_reads_its_amplitude(void **state)
{
    (void)state;
    PictureFixture f;
    picture_open(&f, SONO_GLSL_330_CORE, 64, 96);
    float *pcm = sono_calloc((size_t)N_FRAMES, sizeof *pcm);
    assert_non_null(pcm);
    uint64_t revision = 1;
    for (size_t b = 0; b < N_BANKS; b++) {
        SonoError err = {0};
        SonoPlan *plan = NULL;
        SonoParams params;
        const SonoTransform *t = sono_transform_find(banks[b].transform);
        assert_ok(sono_params_parse(t->params, banks[b].params, &params, &err), err);
        assert_ok(sono_plan_build(t, &params, RATE, N_FRAMES, &plan, &err), err);
        static const int levels_t[] = {0, 1, 0, 2, 1};
        double worst_db = 0.0;
        double worst_hz = 0.0;
        double texel_db = 0.0;
        for (int round = 0; round < 5; round++) {
            double freq_hz[5];
            make_sines(plan, round, freq_hz, pcm);
            const SonoPcmReader sound = {.ctx = pcm,
                                         .read = read_sound,
                                         .rate_hz = RATE,
                                         .n_channels = 1,
                                         .n_frames = N_FRAMES,
                                         .revision = revision++};
            for (int i = 0; i < 5; i++) {
                const double error_db = check_sine(&f, plan, &sound, freq_hz[i], levels_t[round], &texel_db);
                worst_hz = error_db > worst_db ? freq_hz[i] : worst_hz;
                worst_db = fmax(worst_db, error_db);
            }
        }
        print_message("  %s %s: within %.3f dB (worst at %.1f Hz; texels down to %.2f dB)\n", banks[b].transform,
                      banks[b].params, worst_db, worst_hz, texel_db);
        assert_true(texel_db < -0.5);
        assert_true(worst_db < 0.1);
        sono_plan_unref(plan);
    }
    sono_free(pcm);
    picture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_reads_its_amplitude),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
