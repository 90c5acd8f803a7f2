/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams give the columns of the whole sound, bit for bit, however the sound comes in: real sound, odd pushes, any
 * level, several channels; in time, and in the memory they say. */
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_codec.h"
#include "sono_mem.h"
#include "sono_stream.h"

#define MAX_CHANNELS 3

typedef struct Case {
    const char *transform, *params;
    int level_t;
} Case;
static const Case cases[] = {
    {"stft", "", 0},
    {"stft", "size=1024 hop=100", 3},
    {"stft", "size=512 hop=128", 7},
    {"slicq", "", 0},
    {"slicq", "slice=8192 bins_per_octave=24 fmin_hz=100", 2},
    {"slicq", "slice=16384 bins_per_octave=12 fmin_hz=100 hop_eighths=4 window=cos4", 0},
    {"slicq", "slice=8192 bins_per_octave=12 fmin_hz=100 hop_eighths=5", 11},
    {"vqt", "", 5},
    {"erb", "", 3},
    {"mel", "", 8},
    {"bark", "", 1},
};
#define N_CASES (sizeof cases / sizeof *cases)

typedef struct World {
    SonoEngine *engine;
    SonoPcmStore *store;
} World;

static int set_up(void **state)
{
    static World w;
    SonoError err = {0};
    assert_ok(sono_engine_new("cpu", 2, &w.engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &w.store, &err), err);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    World *w = *state;
    sono_engine_free(w->engine);
    sono_pcm_store_unref(w->store);
    return 0;
}

static SonoPlan *plan_of(World *w, const Case *c, double rate_hz)
{
    SonoError err = {0};
    SonoParams params;
    SonoPlan *plan = NULL;
    const SonoTransform *transform = sono_transform_find(c->transform);
    assert_ok(sono_params_parse(transform->params, c->params, &params, &err), err);
    assert_ok(sono_engine_plan(w->engine, transform, &params, rate_hz, 0, &plan, &err), err);
    return plan;
}

/* Checks each column as it comes against those of the whole sound. */
typedef struct Listener {
    const float *wanted[MAX_CHANNELS]; /* [n_cols][rows][2] */
    int64_t n_cols, next[MAX_CHANNELS];
    size_t n_rows;
    int64_t n_pushed, width, latency;
    bool finishing;
} Listener;

static void hear(void *ctx, int channel, int64_t col, const float *texels)
{
    Listener *l = ctx;
    assert_int_equal(col, l->next[channel]);
    assert_true(col < l->n_cols);
    l->next[channel]++;
    assert_memory_equal(texels, l->wanted[channel] + 2 * l->n_rows * (size_t)col, 2 * l->n_rows * sizeof *texels);
}

/* All columns that are due have come. */
static void check_latency(const Listener *l, int n_channels)
{
    for (int c = 0; c < n_channels; c++) {
        assert_true(l->next[c] * l->width + l->latency >= l->n_pushed || l->next[c] == l->n_cols);
    }
}

/* Odd sizes, from one frame to more than a slice. */
static int64_t next_push(int64_t i, int64_t left)
{
    static const int64_t sizes[] = {1, 4096, 77, 20011, 1, 511, 100003, 3};
    const int64_t n = sizes[i % 8];
    return n < left ? n : left;
}

static void stream_it(World *w, const SonoPlan *plan, int level_t, const float *const *pcm, int n_channels,
                      int64_t n_frames, Listener *l)
{
    SonoError err = {0};
    SonoStream *s = NULL;
    assert_ok(sono_stream_new(w->engine, plan, n_channels, level_t, hear, l, &s, &err), err);
    const uint64_t bytes = sono_stream_bytes(s);
    l->latency = sono_stream_latency_frames(s);
    for (int64_t i = 0; l->n_pushed < n_frames; i++) {
        const float *at[MAX_CHANNELS];
        for (int c = 0; c < n_channels; c++) {
            at[c] = pcm[c] + l->n_pushed;
        }
        const int64_t n = next_push(i, n_frames - l->n_pushed);
        assert_ok(sono_stream_push(s, at, n, &err), err);
        l->n_pushed += n;
        check_latency(l, n_channels);
    }
    assert_ok(sono_stream_finish(s, &err), err);
    for (int c = 0; c < n_channels; c++) {
        assert_int_equal(l->next[c], l->n_cols);
    }
    assert_int_equal(sono_stream_push(s, pcm, 1, &err), SONO_E_INVALID);
    assert_true(bytes == sono_stream_bytes(s));
    sono_stream_free(s);
}

static void check_case(World *w, const Case *k, const SonoClip *clip, int n_channels, int64_t n_frames)
{
    SonoError err = {0};
    SonoPlan *plan = plan_of(w, k, sono_clip_rate_hz(clip));
    SonoPcmReader reader = sono_clip_reader(clip);
    reader.n_frames = n_frames;
    Listener l = {.n_rows = (size_t)plan->n_rows, .width = plan->picture_hop << k->level_t};
    l.n_cols = (n_frames + l.width - 1) / l.width;
    float *pcm[MAX_CHANNELS];
    float *wanted[MAX_CHANNELS];
    for (int c = 0; c < n_channels; c++) {
        const SonoColumnSpec spec = {.channel = c, .level_t = k->level_t, .n_cols = (int32_t)l.n_cols};
        pcm[c] = sono_alloc_aligned((size_t)n_frames, sizeof(float));
        wanted[c] = sono_alloc_aligned(2 * l.n_rows * (size_t)l.n_cols, sizeof(float));
        assert_true(pcm[c] && wanted[c]);
        assert_ok(reader.read(reader.ctx, c, 0, n_frames, pcm[c], &err), err);
        assert_ok(sono_columns_make(w->engine, plan, &reader, &spec, NULL, wanted[c], &err), err);
        l.wanted[c] = wanted[c];
    }
    stream_it(w, plan, k->level_t, (const float *const *)pcm, n_channels, n_frames, &l);
    for (int c = 0; c < n_channels; c++) {
        sono_free(pcm[c]);
        sono_free(wanted[c]);
    }
    sono_plan_unref(plan);
}

static SonoClip *load(World *w, const char *path)
{
    SonoError err = {0};
    SonoLoadReport report;
    SonoClip *clip = NULL;
    assert_ok(sono_clip_load(path, NULL, w->store, &clip, &report, &err), err);
    return clip;
}

static void test_music(void **state)
{
    World *w = *state;
    SonoClip *clip = load(w, SONO_TEST_SAMPLES "/guit_em9.flac");
    const int64_t n = sono_clip_n_frames(clip) < 250001 ? sono_clip_n_frames(clip) : 250001;
    for (size_t i = 0; i < N_CASES; i++) {
        print_message("%s %s, level %d\n", cases[i].transform, cases[i].params, cases[i].level_t);
        check_case(w, &cases[i], clip, sono_clip_n_channels(clip), n);
    }
    sono_clip_unref(clip);
}

static void test_short_sounds(void **state)
{
    World *w = *state;
    SonoClip *clip = load(w, SONO_TEST_SPEECH);
    static const int64_t lengths[] = {1, 31, 4096, 49152, 49153, 65536};
    for (size_t i = 0; i < N_CASES; i++) {
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            check_case(w, &cases[i], clip, 1, lengths[k]);
        }
    }
    sono_clip_unref(clip);
}

static void ignore(void *ctx, int channel, int64_t col, const float *texels)
{
    (void)ctx;
    (void)channel;
    (void)col;
    (void)texels;
}

static void test_refusals(void **state)
{
    World *w = *state;
    SonoError err = {0};
    SonoStream *s = NULL;
    SonoPlan *plan = plan_of(w, &cases[3], 48000.0);
    assert_int_equal(sono_stream_new(w->engine, plan, 0, 0, ignore, NULL, &s, &err), SONO_E_RANGE);
    assert_int_equal(sono_stream_new(w->engine, plan, 1, 31, ignore, NULL, &s, &err), SONO_E_RANGE);
    sono_plan_unref(plan);
    const SonoTransform *nsgt = sono_transform_find("nsgt");
    const SonoParams params = sono_params_defaults(nsgt->params);
    assert_ok(sono_engine_plan(w->engine, nsgt, &params, 48000.0, 100000, &plan, &err), err);
    assert_int_equal(sono_stream_new(w->engine, plan, 1, 0, ignore, NULL, &s, &err), SONO_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "nsgt"));
    sono_plan_unref(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_music),
        cmocka_unit_test(test_short_sounds),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
