/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "strip_fixture.h"
#include "sono_test.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

Sound *sound_new(int64_t n_frames)
{
    Sound *s = sono_calloc(1, sizeof *s);
    assert_non_null(s);
    assert_true(n_frames <= FIXTURE_MAX_FRAMES);
    s->n_frames = n_frames;
    uint64_t seed = 99;
    for (int64_t i = 0; i < FIXTURE_MAX_FRAMES; i++) {
        const double t = (double)i / FIXTURE_RATE;
        const double glide = sin(6.283185307 * (300.0 * t + 150.0 * t * t)) + 0.3 * sin(6.283185307 * 2500.0 * t);
        s->pcm[i] = (float)(0.3 * glide) + 0.02f * sono_test_noise(&seed);
    }
    memset(s->pcm + 9000, 0, 5000 * sizeof *s->pcm);
    s->pcm[21234] = 0.9f;
    return s;
}

void sound_free(Sound *sound)
{
    sono_free(sound);
}

void sound_forget(Sound *sound)
{
    for (int64_t i = 0; i < FIXTURE_MAX_FRAMES; i++) {
        atomic_store_explicit(&sound->seen[i], 0, memory_order_relaxed);
    }
    atomic_store_explicit(&sound->n_reads, 0, memory_order_relaxed);
}

static SonoStatus sound_read(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst, SonoError *err)
{
    Sound *s = ctx;
    const int nth = 1 + atomic_fetch_add_explicit(&s->n_reads, 1, memory_order_relaxed);
    if (s->bump_at_read && nth == s->bump_after) {
        sono_generation_bump(s->bump_at_read);
    }
    if (s->fail_with != SONO_OK) {
        return sono_fail(err, s->fail_with, "the sound is gone");
    }
    if (channel != 0 || start_frame < 0 || n_frames <= 0 || start_frame + n_frames > s->n_frames) {
        return sono_fail(err, SONO_E_INVALID, "read of %lld frames at %lld, channel %d", (long long)n_frames,
                         (long long)start_frame, channel);
    }
    for (int64_t i = 0; i < n_frames; i++) {
        atomic_store_explicit(&s->seen[start_frame + i], 1, memory_order_relaxed);
    }
    memcpy(dst, s->pcm + start_frame, (size_t)n_frames * sizeof *dst);
    return SONO_OK;
}

SonoPcmReader sound_reader(Sound *sound)
{
    return (SonoPcmReader){.ctx = sound,
                           .read = sound_read,
                           .rate_hz = FIXTURE_RATE,
                           .n_channels = 1,
                           .n_frames = sound->n_frames,
                           .revision = 1};
}

SonoEngine *fixture_engine(int n_threads)
{
    SonoError err = {0};
    SonoEngine *engine = NULL;
    assert_ok(sono_engine_new("cpu", n_threads, &engine, &err), err);
    return engine;
}

SonoPlan *fixture_plan(SonoEngine *engine, int size, int hop)
{
    SonoError err = {0};
    const SonoTransform *stft = sono_transform_find("stft");
    SonoParams params = sono_params_defaults(stft->params);
    params.v[SONO_STFT_SIZE] = size;
    params.v[SONO_STFT_HOP] = hop;
    SonoPlan *plan = NULL;
    assert_ok(sono_engine_plan(engine, stft, &params, FIXTURE_RATE, 0, &plan, &err), err);
    return plan;
}

SonoStripKey fixture_key(const SonoPlan *plan, int level_t, int level_f, int64_t x)
{
    return (SonoStripKey){.revision = 1, .plan = plan->key, .level_t = level_t, .level_f = level_f, .x = x};
}

SonoStrip *fixture_strip(SonoEngine *engine, const SonoPlan *plan, Sound *sound, SonoStripKey key, bool provisional)
{
    SonoError err = {0};
    const SonoPcmReader reader = sound_reader(sound);
    SonoStrip *strip = NULL;
    assert_ok(sono_strip_make(engine, plan, &reader, key, provisional, NULL, (SonoSpan){0, 0}, NULL, &strip, &err),
              err);
    assert_non_null(strip);
    assert_int_equal(strip->n_rows, sono_strip_n_rows(plan, key.level_f));
    assert_int_equal(strip->n_tiles, (strip->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER);
    return strip;
}

float fixture_texel(const SonoStrip *strip, int64_t col, int64_t row, int channel)
{
    assert_true(col >= -1 && col <= SONO_TILE_INNER && row >= 0 && row < (int64_t)strip->n_tiles * SONO_TILE_INNER);
    const int64_t tile = row / SONO_TILE_INNER;
    const int64_t y = row % SONO_TILE_INNER + 1;
    return strip->data[2 * ((tile * SONO_TILE_TEXELS + y) * SONO_TILE_TEXELS + col + 1) + channel];
}

size_t fixture_bytes(const SonoStrip *strip)
{
    return (size_t)strip->n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS * 2 * sizeof(float);
}

int64_t fixture_n_slices(const SonoPlan *plan, const Sound *sound)
{
    return (sound->n_frames + plan->slice_hop - 1) / plan->slice_hop;
}
