/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of pictures in every transform: what a sine reads there, at any frequency and between rows; phases; and the
 * same columns past 2^33 frames as at the same place near 0. */
#include "bands_fixture.h"

#include <math.h>
#include <string.h>

#include "sono_columns.h"
#include "sono_mem.h"
#include "sono_tile.h"

#define PI 3.141592653589793238463
#define N_COLS 48

static SonoEngine *engine_of(int n_threads)
{
    SonoEngine *engine = NULL;
    SonoError err = {0};
    assert_ok(sono_engine_new("cpu", n_threads, &engine, &err), err);
    return engine;
}

typedef struct Tone {
    double amplitude, freq_hz, phase, rate_hz;
} Tone;

static SonoStatus read_tone(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    const Tone *tone = ctx;
    (void)channel;
    (void)err;
    for (int64_t i = 0; i < n_frames; i++) {
        const double t = (double)(start_frame + i) / tone->rate_hz;
        dst[i] = (float)(tone->amplitude * cos(tone->phase + 2.0 * PI * tone->freq_hz * t));
    }
    return SONO_OK;
}

typedef struct Columns {
    SonoPlan *plan;
    int64_t first;
    float *texels; /* [N_COLS][rows][2] */
} Columns;

static void make_columns(SonoEngine *engine, SonoPcmReader *reader, Columns *c)
{
    SonoError err = {0};
    const SonoColumnSpec spec = {.first_col = c->first, .n_cols = N_COLS};
    assert_ok(sono_columns_make(engine, c->plan, reader, &spec, NULL, c->texels, &err), err);
}

/* Farthest reading of the columns from the tone's amplitude, dB. */
static double reading_error_db(const Columns *c, const Tone *tone)
{
    const int32_t n_rows = sono_plan_n_bins(c->plan);
    const int32_t row = (int32_t)floor(sono_plan_row_at(c->plan, tone->freq_hz) + 0.5);
    const int32_t reach = sono_plan_reading_reach(c->plan);
    double worst = 0.0;
    for (int i = 0; i < N_COLS; i++) {
        float power[2 * SONO_MAX_READING_REACH + 1] = {0};
        for (int32_t r = row - reach; r <= row + reach; r++) {
            if (r >= 0 && r < n_rows) {
                const size_t at = 2 * ((size_t)i * (size_t)n_rows + (size_t)r);
                power[r - row + reach] = (float)pow(10.0, 0.1 * (double)c->texels[at]);
            }
        }
        const double is = sono_plan_reading(c->plan, row, power) / (tone->amplitude * tone->amplitude);
        worst = fmax(worst, fabs(10.0 * log10(is)));
    }
    return worst;
}

/* Farthest phase of the row nearest to the tone from the tone's own at the column's frame, turns. */
static double phase_error(const Columns *c, const Tone *tone)
{
    const int32_t n_rows = sono_plan_n_bins(c->plan);
    const int32_t row = (int32_t)floor(sono_plan_row_at(c->plan, tone->freq_hz) + 0.5);
    double worst = 0.0;
    for (int i = 0; i < N_COLS; i++) {
        const double is = (double)c->texels[2 * ((size_t)i * (size_t)n_rows + (size_t)row) + 1];
        const double t = (double)((c->first + i) * c->plan->picture_hop) / tone->rate_hz;
        const double off = is - (tone->freq_hz * t + tone->phase / (2.0 * PI));
        worst = fmax(worst, fabs(off - floor(off + 0.5)));
    }
    return worst;
}

/* Within 0.1 dB at any frequency from the first row to the last, rows and between; phases are the sine's. */
static void a_sine_reads_its_amplitude_in_pictures(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *params;
        double rate_hz, from_row; /* of an STFT: above what its image at negative frequency reaches */
        bool has_sine_phase;      /* rows are phases of the sine: an STFT's are, too, in their own columns */
    } cases[] = {
        {"stft", "", 48000, 5, true},
        {"stft", "size=1500 hop=200 window=hamming", 44100, 5, true},
        {"stft", "size=512 hop=64 window=blackman-harris", 48000, 7, true},
        {"slicq", "", 48000, 0, true},
        {"slicq", "slice=131072 window=cos4 hop_eighths=5", 48000, 0, true},
        {"slicq", "slice=4096 bins_per_octave=24 gamma_hz=0 fmin_hz=300", 48000, 0, false},
        {"vqt", "", 8000, 0, true},
        {"vqt", "bins_per_octave=12 gamma_hz=60 fmin_hz=40 quality=precise", 48000, 0, true},
        {"cqt", "bins_per_octave=24 fmin_hz=55", 11025, 0, true},
        {"nsgt", "bins_per_octave=24 fmin_hz=200", 16000, 0, true},
        {"erb", "bands_per_erb=6", 48000, 0, true},
        {"mel", "bands_per_100_mel=1", 16000, 0, true},
        {"bark", "bands_per_bark=0.5", 48000, 0, true},
    };
    SonoEngine *engine = engine_of(2);
    double worst_db = 0.0;
    double worst_turns = 0.0;
    uint64_t seed = 3;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int64_t n_frames = 200000;
        Columns c = {.plan = bands_plan(cases[i].transform, cases[i].params, cases[i].rate_hz, n_frames)};
        const int32_t n_rows = sono_plan_n_bins(c.plan);
        const double last = n_rows - 1 - cases[i].from_row;
        c.first = n_frames / 2 / c.plan->picture_hop;
        c.texels = sono_alloc_aligned(2 * (size_t)N_COLS * (size_t)n_rows, sizeof *c.texels);
        assert_non_null(c.texels);
        for (int k = 0; k < 8; k++) {
            const double u = 0.5 + 0.5 * (double)sono_test_noise(&seed);
            const double row = k == 0   ? cases[i].from_row
                               : k == 1 ? last
                                        : cases[i].from_row + u * (last - cases[i].from_row);
            Tone tone = {0.25, sono_plan_row_hz(c.plan, row), 0.4 * k, cases[i].rate_hz};
            SonoPcmReader reader = {
                .ctx = &tone, .read = read_tone, .rate_hz = tone.rate_hz, .n_channels = 1, .n_frames = n_frames};
            make_columns(engine, &reader, &c);
            const double db = reading_error_db(&c, &tone);
            const double turns = cases[i].has_sine_phase ? phase_error(&c, &tone) : 0.0;
            if (!(db <= 0.1 && turns <= 0.01)) {
                fail_msg("%s %s: a sine of %.3f Hz (row %.3f of %d) reads %.3f dB wrong, its phase %.4f turns",
                         cases[i].transform, cases[i].params, tone.freq_hz, row, (int)n_rows, db, turns);
            }
            worst_db = fmax(worst_db, db);
            worst_turns = fmax(worst_turns, turns);
        }
        sono_free(c.texels);
        sono_plan_unref(c.plan);
    }
    print_message("a sine reads its amplitude to %.3f dB, its phase to %.5f turns\n", worst_db, worst_turns);
    sono_engine_free(engine);
}

/* Noise that repeats every `period` frames, without end. */
static SonoStatus read_periodic(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst,
                                SonoError *err)
{
    const int64_t period = *(const int64_t *)ctx;
    (void)channel;
    (void)err;
    for (int64_t i = 0; i < n_frames; i++) {
        uint64_t seed = (uint64_t)((start_frame + i) % period) * UINT64_C(0x9E3779B97F4A7C15) + 1;
        (void)sono_test_noise(&seed);
        dst[i] = sono_test_noise(&seed);
    }
    return SONO_OK;
}

/* Eight hops are a whole number of slices: there a plan has the same frames at the same places, and so the same bits.
 */
static void columns_past_two_to_the_33rd_frame(void **state)
{
    (void)state;
    static const struct {
        const char *transform, *params;
    } cases[] = {
        {"stft", ""},
        {"slicq", "slice=8192 fmin_hz=100 bins_per_octave=24"},
        {"slicq", "slice=8192 fmin_hz=100 bins_per_octave=12 hop_eighths=5 window=cos4"},
        {"vqt", ""},
        {"bark", ""},
    };
    static const int levels[] = {0, 1, 4, 9};
    SonoEngine *engine = engine_of(2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Columns c = {.plan = bands_plan(cases[i].transform, cases[i].params, 48000, 0)};
        SonoError err = {0};
        const int64_t slices = 8 * c.plan->slice_hop;
        const int64_t period = slices * c.plan->picture_hop << 9; /* of whole columns at every level */
        const int64_t far = ((INT64_C(1) << 34) / period + 1) * period;
        int64_t sound = slices; /* repeats often enough to be noise in every column */
        const size_t n_texels = (size_t)4 * (size_t)sono_plan_n_bins(c.plan) * 2;
        float *near = sono_alloc_aligned(n_texels, sizeof *near);
        float *past = sono_alloc_aligned(n_texels, sizeof *past);
        assert_true(near && past);
        const SonoPcmReader reader = {
            .ctx = &sound, .read = read_periodic, .rate_hz = 48000, .n_channels = 1, .n_frames = far + 2 * period};
        for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
            const int64_t width = c.plan->picture_hop << levels[k];
            SonoColumnSpec spec = {.level_t = levels[k], .first_col = period / width + 3, .n_cols = 4};
            assert_ok(sono_columns_make(engine, c.plan, &reader, &spec, NULL, near, &err), err);
            spec.first_col += far / width;
            assert_ok(sono_columns_make(engine, c.plan, &reader, &spec, NULL, past, &err), err);
            const SonoSpan support = sono_columns_support(c.plan, levels[k], spec.first_col, 4);
            assert_true(support.start_frame > INT64_C(1) << 33 && support.start_frame <= spec.first_col * width);
            assert_true(sono_span_end(support) > (spec.first_col + 3) * width);
            if (memcmp(near, past, n_texels * sizeof *near) != 0) {
                fail_msg("%s %s: columns of level %d differ past 2^33", cases[i].transform, cases[i].params, levels[k]);
            }
            assert_true(near[0] > SONO_TILE_FLOOR_DB);
        }
        sono_free(near);
        sono_free(past);
        sono_plan_unref(c.plan);
    }
    sono_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_reads_its_amplitude_in_pictures),
        cmocka_unit_test(columns_past_two_to_the_33rd_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
