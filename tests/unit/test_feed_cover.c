/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Never a hole: whatever view, edit and undo follow each other, what an update lists covers the sound in every lane;
 * lanes change revisions together; many channels stay within their budget. */
#include "sono_test.h"

#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_scene.h"

#include <math.h>
#include <time.h>

#define RATE 8000
#define LENGTH_S 400
#define N_FRAMES (LENGTH_S * RATE)
#define MAX_LANES 64
#define N_CLIPS 8

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clips[N_CLIPS]; /* clips[i + 1] is an edit of clips[i], in dirty[i + 1] */
    SonoSpan dirty[N_CLIPS];
    SonoPlan *plan;
    SonoTileFeed *feed;
    SonoFeedLane lanes[MAX_LANES];
    SonoTileList lists[MAX_LANES];
    int n_lanes;
} Fixture;

static void on_landed(void *ctx)
{
    (void)ctx;
}

static void make_sound(Fixture *f, int n_channels, int n_frames)
{
    SonoError err = {0};
    float *pcm = sono_calloc((size_t)n_frames, sizeof *pcm);
    const float *planes[MAX_LANES];
    uint64_t seed = 3;
    assert_non_null(pcm);
    for (int i = 0; i < n_frames; i++) {
        pcm[i] = 0.1f * sono_test_noise(&seed);
    }
    for (int c = 0; c < n_channels; c++) {
        planes[c] = pcm;
    }
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f->store, RATE, n_channels, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, planes, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &f->clips[0], &err), err);
    sono_free(pcm);
}

static void fixture_open(Fixture *f, int n_channels, int n_frames, uint64_t budget_bytes)
{
    SonoError err = {0};
    *f = (Fixture){.n_lanes = n_channels};
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_display_plan(f->engine, NULL, NULL, RATE, 0, &f->plan, &err), err);
    make_sound(f, n_channels, n_frames);
    assert_ok(sono_tile_feed_new(f->engine, budget_bytes, on_landed, f, &f->feed, &err), err);
    assert_ok(sono_tile_feed_set_sound(f->feed, f->plan, f->clips[0], 0, (SonoSpan){0, n_frames}, &err), err);
    const double end_s = (double)n_frames / RATE;
    for (int c = 0; c < n_channels; c++) {
        f->lanes[c] = (SonoFeedLane){.channel = c,
                                     .list = &f->lists[c],
                                     .view = {.width_px = 600,
                                              .height_px = n_channels > 2 ? 12 : 200,
                                              .s_per_px = end_s / 600,
                                              .end_s = end_s,
                                              .axis = {SONO_SCALE_MEL, 0.0, 4000.0},
                                              .floor_db = -100.0,
                                              .map = sono_colour_maps[0]}};
    }
}

static void fixture_close(Fixture *f)
{
    sono_tile_feed_close(f->feed);
    sono_tile_feed_unref(f->feed);
    for (int c = 0; c < MAX_LANES; c++) {
        sono_tile_list_clear(&f->lists[c]);
    }
    sono_engine_free(f->engine);
    for (int i = 0; i < N_CLIPS; i++) {
        sono_clip_unref(f->clips[i]);
    }
    sono_plan_unref(f->plan);
    sono_pcm_store_unref(f->store);
}

static void update(Fixture *f)
{
    SonoError err = {0};
    assert_ok(sono_tile_feed_update(f->feed, f->lanes, f->n_lanes, &err), err);
}

static void nap(int64_t us)
{
    (void)nanosleep(&(struct timespec){0, 1000 * us}, NULL);
}

static void update_until(Fixture *f, bool exact)
{
    const double started_s = sono_now_s();
    for (bool there = false; !there; nap(200)) {
        update(f);
        there = true;
        for (int c = 0; c < f->n_lanes; c++) {
            const SonoTileList *l = &f->lists[c];
            there = there && l->current && l->complete && (l->exact || !exact);
        }
        assert_true(sono_now_s() - started_s < 100.0);
    }
}

static bool holds(const Fixture *f, const SonoDrawStrip *d, double t_s, double p, double freq_hz)
{
    const SonoStrip *s = d->strip;
    const double slice = t_s * RATE / (double)f->plan->slice_hop + 0.5;
    const double bin = freq_hz / (sono_plan_freq_hz(f->plan, 1) - sono_plan_freq_hz(f->plan, 0)) + 0.5;
    const double col = floor(ldexp(slice, -s->key.level_t)) - (double)s->key.x * SONO_TILE_INNER;
    const double row = fmin(floor(ldexp(bin, -s->key.level_f)), s->n_rows - 1);
    return p >= d->p0 && p <= d->p1 && col >= 0.0 && col < SONO_TILE_INNER &&
           sono_strip_tile(s, (int32_t)row / SONO_TILE_INNER) != NULL;
}

static void check_covered(const Fixture *f, int lane)
{
    const SonoRenderView *v = &f->lanes[lane].view;
    const SonoTileList *list = &f->lists[lane];
    for (int i = 0; i < 24; i++) {
        for (int k = 0; k < 12; k++) {
            const double t_s = v->t0_s + ((double)i + 0.5) / 24.0 * v->width_px * v->s_per_px;
            const double p = ((double)k + 0.5) / 12.0;
            bool covered = t_s >= v->end_s;
            for (size_t s = 0; s < list->n && !covered; s++) {
                covered = holds(f, &list->strips[s], t_s, p, sono_freq_axis_hz(&v->axis, p));
            }
            if (!covered) {
                fail_msg("a hole at %g s, %g of the height, %g s per pixel", t_s, p, v->s_per_px);
            }
        }
    }
}

static double random_in(uint64_t *seed, double a, double b)
{
    return a + (b - a) * 0.5 * (1.0 + (double)sono_test_noise(seed));
}

/* One to all channels are silenced for a while. */
static void make_edits(Fixture *f, uint64_t *seed)
{
    static float silence[30 * RATE];
    SonoError err = {0};
    for (int i = 1; i < N_CLIPS; i++) {
        const float *pcm[MAX_LANES] = {silence, i % 2 ? silence : NULL};
        const int64_t n = (int64_t)(random_in(seed, 0.01, 29.0) * RATE);
        f->dirty[i] = (SonoSpan){(int64_t)(random_in(seed, 0.0, LENGTH_S - 30) * RATE), n};
        assert_ok(sono_clip_splice(f->clips[i - 1], f->dirty[i].start_frame, n, pcm, &f->clips[i], &err), err);
    }
}

static void move_view(Fixture *f, uint64_t *seed)
{
    SonoRenderView *v = &f->lanes[0].view;
    const int what = (int)random_in(seed, 0.0, 4.0);
    if (what == 0) {
        v->t0_s += random_in(seed, -1.0, 1.0) * v->width_px * v->s_per_px;
    } else if (what == 1) {
        v->s_per_px = fmin(v->s_per_px * random_in(seed, 0.3, 3.0), v->end_s / v->width_px);
    } else if (what == 2) {
        v->axis = (SonoFreqAxis){SONO_SCALE_LOG, 50.0 + random_in(seed, 0.0, 500.0), random_in(seed, 1000.0, 4000.0)};
    } else {
        v->axis = (SonoFreqAxis){SONO_SCALE_LINEAR, random_in(seed, 0.0, 2000.0), 4000.0};
    }
    v->t0_s = fmax(0.0, fmin(v->t0_s, v->end_s - v->width_px * v->s_per_px));
    for (int c = 1; c < f->n_lanes; c++) {
        const int y_px = f->lanes[c].view.y_px;
        f->lanes[c].view = *v;
        f->lanes[c].view.y_px = y_px;
    }
}

static void nothing_leaves_a_hole(void **state)
{
    (void)state;
    SonoError err = {0};
    for (uint64_t run = 1; run <= 6; run++) {
        Fixture f;
        uint64_t seed = run;
        /* the smaller budget throws strips out while they are looked at */
        fixture_open(&f, 2, N_FRAMES, (uint64_t)(run % 2 ? 256 : 24) << 20);
        make_edits(&f, &seed);
        update_until(&f, false);
        int at = 0;
        for (int i = 0; i < 120; i++) {
            if (i % 5 == 4) {
                const int next = at == 0 || (at + 1 < N_CLIPS && random_in(&seed, 0.0, 1.0) < 0.6) ? at + 1 : at - 1;
                assert_ok(sono_tile_feed_set_sound(f.feed, f.plan, f.clips[next], sono_clip_revision(f.clips[at]),
                                                   f.dirty[next > at ? next : at], &err),
                          err);
                at = next;
            } else {
                move_view(&f, &seed);
            }
            update(&f);
            assert_true(f.lists[0].current == f.lists[1].current);
            check_covered(&f, 0);
            check_covered(&f, 1);
            nap((int64_t)random_in(&seed, 0.0, 3000.0));
        }
        fixture_close(&f);
    }
}

/* A strip of a coarser level that comes from finer ones is the one that comes from the sound. */
static void zooming_out_shows_the_same(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f, 2, N_FRAMES, (uint64_t)256 << 20);
    for (double s_per_px = 0.08; s_per_px < 0.7; s_per_px *= 1.9) {
        f.lanes[0].view.s_per_px = f.lanes[1].view.s_per_px = fmin(s_per_px, LENGTH_S / 600.0);
        update_until(&f, true);
    }
    int n_compared = 0;
    const SonoPcmReader reader = sono_clip_reader(f.clips[0]);
    for (size_t i = 0; i < f.lists[0].n; i++) {
        const SonoStrip *s = f.lists[0].strips[i].strip;
        if (f.lists[0].strips[i].fallback || s->key.level_t == 0) {
            continue;
        }
        SonoStrip *made = NULL;
        assert_ok(sono_strip_make(f.engine, f.plan, &reader, s->key, false, NULL, (SonoSpan){0, 0}, NULL, &made, &err),
                  err);
        for (int32_t tile = s->n_below; tile < s->n_tiles - s->n_above; tile++) {
            const float *a = sono_strip_tile(s, tile);
            const float *b = sono_strip_tile(made, tile);
            for (size_t k = 0; k < (size_t)SONO_TILE_TEXELS * SONO_TILE_TEXELS; k++) {
                assert_true(a[2 * k] == b[2 * k]);
            }
            n_compared++;
        }
        sono_strip_unref(made);
    }
    assert_true(n_compared > 2);
    fixture_close(&f);
}

/* 64 channels: all are shown, within the budget. */
static void many_channels(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f, MAX_LANES, 60 * RATE, (uint64_t)256 << 20);
    update_until(&f, false);
    for (int c = 0; c < MAX_LANES; c++) {
        check_covered(&f, c);
    }
    for (int c = 0; c < MAX_LANES; c++) {
        f.lanes[c].view.s_per_px = 0.01;
        f.lanes[c].view.t0_s = 20.0;
    }
    update(&f);
    for (int c = 0; c < MAX_LANES; c++) {
        check_covered(&f, c);
    }
    update_until(&f, true);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_a_hole),
        cmocka_unit_test(zooming_out_shows_the_same),
        cmocka_unit_test(many_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
