/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "band_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

const BandCase band_cases[] = {
    {"slicq", ""},
    {"slicq", "slice=131072 window=cos4"},
    {"slicq", "slice=8192 bins_per_octave=12 fmin_hz=100 hop_eighths=4"},
    {"slicq", "slice=8192 bins_per_octave=3 fmin_hz=100 hop_eighths=5"},
    {"cqt", "bins_per_octave=24 fmin_hz=55"},
    {"vqt", ""},
    {"nsgt", "bins_per_octave=24"},
    {"erb", ""},
    {"mel", ""},
    {"bark", ""},
    {NULL, NULL},
};

SonoEngine *band_engine(int n_threads)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new("cpu", n_threads, &engine, &err), err);
    return engine;
}

SonoPlan *band_plan(SonoEngine *engine, const BandCase *c, int64_t n_frames)
{
    SonoError err = {0};
    const SonoTransform *transform = sono_transform_find(c->transform);
    SonoParams params;
    SonoPlan *plan = NULL;
    assert_non_null(transform);
    assert_ok(sono_params_parse(transform->params, c->params, &params, &err), err);
    assert_ok(sono_engine_plan(engine, transform, &params, BAND_RATE, n_frames, &plan, &err), err);
    return plan;
}

BandSound *band_sound_new(int64_t n_frames)
{
    BandSound *s = sono_calloc(1, sizeof *s);
    assert_non_null(s);
    s->pcm = sono_alloc_aligned((size_t)n_frames, sizeof *s->pcm);
    assert_non_null(s->pcm);
    s->n_frames = n_frames;
    s->first = INT64_MAX;
    return s;
}

void band_sound_free(BandSound *sound)
{
    sono_free(sound->pcm);
    sono_free(sound);
}

void band_sound_add_noise(BandSound *sound, float amplitude)
{
    uint64_t seed = 5;
    for (int64_t i = 0; i < sound->n_frames; i++) {
        sound->pcm[i] += amplitude * sono_test_noise(&seed);
    }
}

void band_sound_add_sine(BandSound *sound, double amplitude, double freq_hz)
{
    for (int64_t i = 0; i < sound->n_frames; i++) {
        const double turns = freq_hz * (double)i / BAND_RATE;
        sound->pcm[i] += (float)(amplitude * sin(6.283185307179586 * (turns - floor(turns))));
    }
}

static SonoStatus read_sound(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    BandSound *s = ctx;
    if (s->fail_with != SONO_OK) {
        return sono_fail(err, s->fail_with, "the sound is gone");
    }
    if (channel != 0 || start_frame < 0 || n_frames <= 0 || start_frame + n_frames > s->n_frames) {
        return sono_fail(err, SONO_E_INVALID, "read of %lld frames at %lld, channel %d", (long long)n_frames,
                         (long long)start_frame, channel);
    }
    int64_t first = atomic_load(&s->first);
    while (start_frame < first && !atomic_compare_exchange_weak(&s->first, &first, start_frame)) {
    }
    int64_t end = atomic_load(&s->end);
    while (start_frame + n_frames > end && !atomic_compare_exchange_weak(&s->end, &end, start_frame + n_frames)) {
    }
    memcpy(dst, s->pcm + start_frame, (size_t)n_frames * sizeof *dst);
    return SONO_OK;
}

SonoPcmReader band_reader(BandSound *sound, uint64_t revision)
{
    return (SonoPcmReader){.ctx = sound,
                           .read = read_sound,
                           .rate_hz = BAND_RATE,
                           .n_channels = 1,
                           .n_frames = sound->n_frames,
                           .revision = revision};
}

SonoStrip *band_strip(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, int level_t, int level_f, int64_t x)
{
    SonoError err = {0};
    const SonoPcmReader reader = band_reader(sound, 1);
    const SonoStripKey key = {.revision = 1, .plan = plan->key, .level_t = level_t, .level_f = level_f, .x = x};
    SonoStrip *strip = NULL;
    assert_ok(sono_strip_make(engine, plan, &reader, key, false, NULL, (SonoSpan){0, 0}, NULL, &strip, &err), err);
    assert_false(strip->provisional);
    return strip;
}

const float *band_texel(const SonoStrip *strip, int64_t col, int64_t row)
{
    const int64_t tx = col - SONO_TILE_INNER * strip->key.x + 1;
    assert_true(tx >= 0 && tx < SONO_TILE_TEXELS && row >= 0 && row < strip->n_rows);
    const float *tile = sono_strip_tile(strip, (int32_t)(row / SONO_TILE_INNER));
    return tile + 2 * ((row % SONO_TILE_INNER + 1) * SONO_TILE_TEXELS + tx);
}

float *band_columns(SonoEngine *engine, const SonoPlan *plan, BandSound *sound, int level_t, int64_t first_col,
                    int32_t n_cols)
{
    SonoError err = {0};
    const SonoPcmReader reader = band_reader(sound, 1);
    const SonoColumnSpec spec = {.level_t = level_t, .first_col = first_col, .n_cols = n_cols};
    float *texels = sono_calloc((size_t)n_cols * (size_t)sono_plan_n_bins(plan), 2 * sizeof *texels);
    assert_non_null(texels);
    assert_ok(sono_columns_make(engine, plan, &reader, &spec, NULL, texels, &err), err);
    return texels;
}
