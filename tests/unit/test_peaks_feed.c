/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The peaks feed: exact in the end, never nothing once something was there, and no work done twice. */
#include "sono_test.h"

#include "peaks_feed_internal.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define RATE 8000
#define N_FRAMES (240 * RATE) /* 30 blocks */
#define N_OUT 700

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoPeaksFeed *feed;
    float *pcm; /* of channel 0; channel c is this times 1 / (1 + c) */
    int n_channels;
    SonoClip *clip;
    _Atomic int n_wakes;
} Fixture;

static void on_wake(void *ctx)
{
    (void)atomic_fetch_add(&((Fixture *)ctx)->n_wakes, 1);
}

static void append(Fixture *f, SonoClipBuilder *builder, int64_t from, int64_t n)
{
    SonoError err = {0};
    const float *planes[SONO_MAX_CHANNELS];
    float *all = sono_calloc((size_t)(n * f->n_channels), sizeof *all);
    assert_non_null(all);
    for (int c = 0; c < f->n_channels; c++) {
        for (int64_t i = 0; i < n; i++) {
            all[c * n + i] = f->pcm[from + i] / (float)(1 + c);
        }
        planes[c] = all + c * n;
    }
    assert_ok(sono_clip_builder_append(builder, planes, n, &err), err);
    sono_free(all);
}

static void fixture_open(Fixture *f, int n_channels)
{
    SonoError err = {0};
    *f = (Fixture){.n_channels = n_channels};
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_peaks_feed_new(f->engine, on_wake, f, &f->feed, &err), err);
    f->pcm = sono_calloc(N_FRAMES, sizeof *f->pcm);
    assert_non_null(f->pcm);
    uint64_t seed = 3;
    for (int i = 0; i < N_FRAMES; i++) {
        f->pcm[i] = (0.2f + 0.7f * (float)i / N_FRAMES) * sono_test_noise(&seed);
    }
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f->store, RATE, n_channels, &builder, &err), err);
    append(f, builder, 0, N_FRAMES);
    assert_ok(sono_clip_builder_finish(builder, &f->clip, &err), err);
}

static void fixture_close(Fixture *f)
{
    sono_peaks_feed_free(f->feed);
    sono_clip_unref(f->clip);
    sono_engine_free(f->engine);
    sono_pcm_store_unref(f->store);
    sono_free(f->pcm);
}

/* As a widget does: ask, and again whenever jobs have landed. Returns how often. */
static int get_exact(Fixture *f, const SonoPeaksSpan *span, SonoPeak *out)
{
    for (int n = 1; n < 100; n++) {
        if (sono_peaks_feed_get(f->feed, span, out)) {
            return n;
        }
        sono_jobs_wait_idle(sono_engine_jobs(f->engine));
    }
    fail_msg("never exact");
    return 0;
}

/* out[i] covers at least its frames, and less than half a column more at each end. */
static void check(const Fixture *f, const float *pcm, const SonoPeaksSpan *span, const SonoPeak *out)
{
    const double per = span->s_per_column * RATE;
    const float scale = 1.0f / (float)(span->channel < 0 ? 1 : 1 + span->channel);
    for (int i = 0; i < span->n_columns; i++) {
        const double from = span->t0_s * RATE + i * per;
        const int64_t least[2] = {(int64_t)floor(from + 1e-6), (int64_t)ceil(from + fmax(per, 1.0) - 1e-6)};
        const double slack = per < 2.0 ? 1.0 : 0.5 * per;
        float lo[2] = {INFINITY, INFINITY};
        float hi[2] = {-INFINITY, -INFINITY};
        for (int64_t k = (int64_t)floor(from - slack); k < from + per + slack + 1.0; k++) {
            const float x = k >= 0 && k < N_FRAMES ? scale * pcm[k] : 0.0f;
            lo[1] = fminf(lo[1], x);
            hi[1] = fmaxf(hi[1], x);
            if (k >= least[0] && k < (per < 1.0 ? least[0] + 1 : least[1]) && k >= 0 && k < N_FRAMES) {
                lo[0] = fminf(lo[0], x);
                hi[0] = fmaxf(hi[0], x);
            }
        }
        const bool inside = from + per > 0.0 && from < N_FRAMES;
        if (inside && (out[i].min > lo[0] + 1e-6f || out[i].max < hi[0] - 1e-6f || out[i].min < lo[1] - 1e-6f ||
                       out[i].max > hi[1] + 1e-6f)) {
            fail_msg("column %d of %g frames: %g..%g, not %g..%g", i, per, (double)out[i].min, (double)out[i].max,
                     (double)lo[0], (double)hi[0]);
        }
        assert_true(inside || (out[i].min == 0.0f && out[i].max == 0.0f && out[i].rms == 0.0f));
        assert_true(out[i].rms <= fmaxf(-out[i].min, out[i].max) + 1e-6f);
    }
    assert_int_equal(f->n_channels > 0, 1);
}

static void every_zoom_is_exact(void **state)
{
    (void)state;
    Fixture f;
    SonoPeak out[N_OUT];
    fixture_open(&f, 2);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    for (double zoom = 1.0; zoom < 1e6; zoom *= 2.37) {
        for (int channel = 0; channel < 2; channel++) {
            const SonoPeaksSpan span = {channel, 17.03 - 60.0 / zoom, 300.0 / zoom / N_OUT, N_OUT};
            (void)get_exact(&f, &span, out);
            check(&f, f.pcm, &span, out);
        }
    }
    /* rms of a column that is a whole number of grid columns */
    const SonoPeaksSpan span = {0, 64.0, 0.512, 8}; /* 4096 frames */
    (void)get_exact(&f, &span, out);
    for (int i = 0; i < 8; i++) {
        double sum = 0.0;
        for (int k = 0; k < 4096; k++) {
            const double x = (double)f.pcm[64 * RATE + i * 4096 + k];
            sum += x * x;
        }
        assert_true(fabs((double)out[i].rms - sqrt(sum / 4096.0)) < 1e-4);
    }
    assert_true(atomic_load(&f.n_wakes) > 0);
    fixture_close(&f);
}

static void a_pan_makes_only_new_columns(void **state)
{
    (void)state;
    Fixture f;
    SonoPeak a[N_OUT];
    SonoPeak b[N_OUT];
    fixture_open(&f, 1);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    SonoPeaksSpan span = {0, 0.0, 0.03, N_OUT};
    (void)get_exact(&f, &span, a);
    const uint64_t made = f.feed->n_columns_made;
    span.t0_s += 11 * span.s_per_column;
    assert_int_equal(get_exact(&f, &span, b), 1);
    assert_memory_equal(a + 11, b, (N_OUT - 11) * sizeof *a);
    for (int i = 0; i < 200; i++) { /* across most of the sound: every column once, but for the whole and the margins */
        span.t0_s += 30 * span.s_per_column;
        (void)get_exact(&f, &span, b);
    }
    const double grid_columns = N_FRAMES / 64.0; /* 0.03 s are 240 frames: grid of 64 */
    assert_true((double)f.feed->n_columns_made <= grid_columns + 4 * PEAKS_CHUNK);
    assert_true(f.feed->n_columns_made > made);
    fixture_close(&f);
}

static void something_is_always_shown(void **state)
{
    (void)state;
    Fixture f;
    SonoPeak out[N_OUT];
    fixture_open(&f, 1);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    const SonoPeaksSpan whole = {0, 0.0, 240.0 / N_OUT, N_OUT};
    (void)get_exact(&f, &whole, out);
    for (double zoom = 1.3; zoom < 3000.0; zoom *= 1.7) { /* in: coarse columns, stretched */
        const SonoPeaksSpan span = {0, 100.0, 240.0 / zoom / N_OUT, N_OUT};
        (void)sono_peaks_feed_get(f.feed, &span, out); /* not waited for */
        for (int i = 0; i < N_OUT && span.t0_s + i * span.s_per_column < 239.0; i++) {
            assert_true(out[i].max > 0.0f || out[i].min < 0.0f);
        }
    }
    fixture_close(&f);
}

static void a_growing_sound_keeps_what_it_had(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    SonoPeak out[N_OUT];
    fixture_open(&f, 2);
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f.store, RATE, 2, &builder, &err), err);
    const SonoPeaksSpan whole = {SONO_PEAKS_ALL_CHANNELS, 0.0, 240.0 / N_OUT, N_OUT};
    const int64_t step = N_FRAMES / 40;
    for (int64_t at = 0; at < N_FRAMES; at += step) {
        SonoClip *clip = NULL;
        append(&f, builder, at, step);
        assert_ok(sono_clip_builder_snapshot(builder, &clip, &err), err);
        sono_peaks_feed_set_sound(f.feed, clip);
        sono_clip_unref(clip);
        (void)sono_peaks_feed_get(f.feed, &whole, out);
        for (int i = 0; at > 0 && i < (int)(at / step - 1) * N_OUT / 40; i++) {
            assert_true(out[i].max > 0.0f); /* what was there stays */
        }
        (void)get_exact(&f, &whole, out);
    }
    check(&f, f.pcm, &whole, out);
    /* 240 s are 1.9 million frames, at most 4 grid columns each of 700; a fortieth and its block at a time, not all */
    assert_true(f.feed->n_columns_made < 5 * 4 * N_OUT + 2 * PEAKS_CHUNK);
    sono_clip_builder_free(builder);
    fixture_close(&f);
}

static void an_edit_remakes_what_it_changed(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    SonoPeak before[N_OUT];
    SonoPeak out[N_OUT];
    fixture_open(&f, 2);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    const SonoPeaksSpan whole = {1, 0.0, 240.0 / N_OUT, N_OUT};
    (void)get_exact(&f, &whole, before);
    const uint64_t made = f.feed->n_columns_made;

    float loud[8000];
    for (int i = 0; i < 8000; i++) {
        loud[i] = 1.5f;
        f.pcm[100 * RATE + i] = 3.0f; /* channel 1 is half of it */
    }
    SonoClip *edited = NULL;
    assert_ok(sono_clip_splice(f.clip, 100 * RATE, 8000, (const float *const[]){NULL, loud}, &edited, &err), err);
    sono_peaks_feed_set_sound(f.feed, edited);
    assert_false(sono_peaks_feed_get(f.feed, &whole, out));
    assert_memory_equal(out, before, sizeof out); /* the old ones until the new ones are there */
    (void)get_exact(&f, &whole, out);
    check(&f, f.pcm, &whole, out);
    assert_true(f.feed->n_columns_made - made < 200); /* two blocks of 65536 frames, 1024 a column */

    /* undo: the original's columns again, exactly */
    sono_peaks_feed_set_sound(f.feed, f.clip);
    (void)get_exact(&f, &whole, out);
    assert_memory_equal(out, before, sizeof out);
    sono_clip_unref(edited);
    fixture_close(&f);
}

/* The same clips again and again among those that a chunk may be made from: each is given back as often as it was
 * taken. */
static void undo_and_redo_keep_nothing(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    SonoPeak out[N_OUT];
    const float loud[8000] = {0.5f};
    fixture_open(&f, 1);
    SonoPcmStore *store = sono_pcm_store_ref(f.store);
    const SonoPeaksSpan whole = {0, 0.0, 240.0 / N_OUT, N_OUT};
    SonoClip *edited = NULL;
    assert_ok(sono_clip_splice(f.clip, 100 * RATE, 8000, (const float *const[]){loud}, &edited, &err), err);
    for (int i = 0; i < 10; i++) {
        sono_peaks_feed_set_sound(f.feed, i % 2 == 0 ? f.clip : edited);
        (void)get_exact(&f, &whole, out);
    }
    sono_clip_unref(edited);
    fixture_close(&f);
    assert_int_equal(sono_pcm_store_stats(store).n_blocks, 0);
    sono_pcm_store_unref(store);
}

static void other_sounds_leave_nothing_behind(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    SonoPeak out[N_OUT];
    fixture_open(&f, 1);
    const SonoPeaksSpan whole = {0, 0.0, 240.0 / N_OUT, N_OUT};
    assert_true(sono_peaks_feed_get(f.feed, &whole, out)); /* no sound: nothing, exactly */
    sono_peaks_feed_set_sound(f.feed, f.clip);
    (void)get_exact(&f, &whole, out);
    sono_peaks_feed_set_sound(f.feed, NULL);
    assert_true(sono_peaks_feed_get(f.feed, &whole, out));
    assert_true(out[100].max == 0.0f);
    SonoClipBuilder *builder = NULL;
    SonoClip *silent = NULL;
    float zeros[1000] = {0};
    assert_ok(sono_clip_builder_new(f.store, 2 * RATE, 1, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const[]){zeros}, 1000, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &silent, &err), err);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    (void)sono_peaks_feed_get(f.feed, &whole, out);
    sono_peaks_feed_set_sound(f.feed, silent); /* with jobs of the other still under way */
    for (int i = 0; i < 3; i++) {
        (void)get_exact(&f, &whole, out);
        for (int k = 0; k < N_OUT; k++) {
            assert_true(out[k].max == 0.0f && out[k].min == 0.0f);
        }
    }
    sono_clip_unref(silent);
    fixture_close(&f);
}

/* Scrolling through 64 channels: bounded jobs, bounded memory; closing while they run. */
static void many_channels_and_a_hasty_end(void **state)
{
    (void)state;
    Fixture f;
    SonoPeak out[N_OUT];
    fixture_open(&f, 64);
    sono_peaks_feed_set_sound(f.feed, f.clip);
    for (int frame = 0; frame < 60; frame++) {
        for (int channel = 0; channel < 64; channel++) {
            const SonoPeaksSpan span = {channel, 0.1 * frame, 0.02 / (1 + frame % 7), N_OUT};
            (void)sono_peaks_feed_get(f.feed, &span, out);
            (void)pthread_mutex_lock(&f.feed->lock);
            assert_true(f.feed->n_jobs <= PEAKS_MAX_JOBS);
            (void)pthread_mutex_unlock(&f.feed->lock);
        }
        assert_true(HASH_COUNT(f.feed->by_key) <= PEAKS_MAX_CHUNKS);
    }
    const SonoPeaksSpan span = {63, 0.0, 240.0 / N_OUT, N_OUT};
    (void)get_exact(&f, &span, out);
    check(&f, f.pcm, &span, out);
    const SonoPeaksSpan all = {SONO_PEAKS_ALL_CHANNELS, 1.0, 0.001, N_OUT};
    (void)get_exact(&f, &all, out);
    const SonoPeaksSpan other = {12, 200.0, 0.0001, N_OUT};
    (void)sono_peaks_feed_get(f.feed, &other, out);
    const int n_wakes = atomic_load(&f.n_wakes);
    sono_peaks_feed_free(f.feed);
    const int n_after = atomic_load(&f.n_wakes);
    f.feed = NULL;
    sono_jobs_wait_idle(sono_engine_jobs(f.engine));
    assert_int_equal(atomic_load(&f.n_wakes), n_after); /* none once free has returned */
    assert_true(n_after >= n_wakes);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zoom_is_exact),
        cmocka_unit_test(a_pan_makes_only_new_columns),
        cmocka_unit_test(something_is_always_shown),
        cmocka_unit_test(a_growing_sound_keeps_what_it_had),
        cmocka_unit_test(an_edit_remakes_what_it_changed),
        cmocka_unit_test(undo_and_redo_keep_nothing),
        cmocka_unit_test(other_sounds_leave_nothing_behind),
        cmocka_unit_test(many_channels_and_a_hasty_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
