/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window waits for, without the window: strips of a view through the tile feed, in two lanes of 1280 x 250 of
 * an hour of stereo. Prints milliseconds; docs/performance.md says what they should be.
 * bench_feed [SECONDS of sound] */
#include "sono_clock.h"
#include "sono_commit.h"
#include "sono_mem.h"
#include "sono_tile_feed.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 44100
#define CHUNK 65536
#define N_LANES 2
#define MAX_STEPS 64

typedef struct Bench {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoPlan *plan;
    SonoClip *clip;
    SonoTileFeed *feed;
    SonoTileList lists[N_LANES];
    double t0_s, s_per_px, end_s;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool landed;
} Bench;

static void check(SonoStatus status, const SonoError *err)
{
    if (status != SONO_OK) {
        (void)fprintf(stderr, "bench_feed: %s\n", err->message);
        exit(1);
    }
}

static void on_landed(void *ctx)
{
    Bench *b = ctx;
    (void)pthread_mutex_lock(&b->lock);
    b->landed = true;
    (void)pthread_cond_signal(&b->woken);
    (void)pthread_mutex_unlock(&b->lock);
}

static void make_sound(Bench *b)
{
    SonoError err = {0};
    SonoClipBuilder *builder = NULL;
    float *x = sono_alloc_aligned(CHUNK, sizeof *x);
    uint64_t seed = 1;
    for (int64_t i = 0; x && i < CHUNK; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        x[i] = 0.1f * ((float)(seed >> 40) / 8388608.0f - 1.0f);
    }
    check(sono_pcm_store_new(0, NULL, &b->store, &err), &err);
    check(sono_clip_builder_new(b->store, RATE, 2, &builder, &err), &err);
    for (int64_t at = 0; at < (int64_t)(b->end_s * RATE); at += CHUNK) {
        check(sono_clip_builder_append(builder, (const float *const[]){x, x}, CHUNK, &err), &err);
    }
    check(sono_clip_builder_finish(builder, &b->clip, &err), &err);
    sono_free(x);
}

static void update(Bench *b)
{
    SonoError err = {0};
    SonoFeedLane lanes[N_LANES];
    for (int i = 0; i < N_LANES; i++) {
        lanes[i] = (SonoFeedLane){.view = {.y_px = 250 * i,
                                           .width_px = 1280,
                                           .height_px = 250,
                                           .t0_s = b->t0_s,
                                           .s_per_px = b->s_per_px,
                                           .end_s = b->end_s,
                                           .axis = {SONO_SCALE_MEL, 0.0, 0.5 * RATE},
                                           .floor_db = -110.0,
                                           .map = sono_colour_maps[0]},
                                  .channel = i,
                                  .list = &b->lists[i]};
    }
    check(sono_tile_feed_update(b->feed, lanes, N_LANES, &err), &err);
}

/* Until all lanes show the sound of now, whole; exact: and nothing is provisional. Returns ms; <0: it never came. */
static double wait_ms(Bench *b, bool exact, double *worst_update_ms)
{
    const double from_s = sono_now_s();
    *worst_update_ms = 0.0;
    for (;;) {
        const double at_s = sono_now_s();
        b->landed = false;
        update(b);
        *worst_update_ms = fmax(*worst_update_ms, 1e3 * (sono_now_s() - at_s));
        bool there = true;
        for (int i = 0; i < N_LANES; i++) {
            const SonoTileList *l = &b->lists[i];
            there = there && l->current && l->complete && (l->exact || !exact);
        }
        if (there || sono_now_s() - from_s > 60.0) {
            return 1e3 * (sono_now_s() - from_s) * (there ? 1.0 : -1.0);
        }
        (void)pthread_mutex_lock(&b->lock);
        while (!b->landed) {
            (void)pthread_cond_wait(&b->woken, &b->lock);
        }
        (void)pthread_mutex_unlock(&b->lock);
    }
}

static void keep_updating(Bench *b, double seconds)
{
    for (const double until_s = sono_now_s() + seconds; sono_now_s() < until_s; update(b)) {
        (void)nanosleep(&(struct timespec){0, 16000000}, NULL);
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_steps(const char *what, double *ms, int n)
{
    printf("%-44s", what);
    for (int i = 0; i < n; i++) {
        printf(" %.0f", ms[i]);
    }
    qsort(ms, (size_t)n, sizeof *ms, ascending);
    printf("   median %.1f worst %.1f\n", ms[n / 2], ms[n - 1]);
}

static void zoom(Bench *b, double factor, double centre_s)
{
    b->s_per_px = fmin(b->s_per_px / factor, b->end_s / 1280);
    b->t0_s = fmin(fmax(0.0, centre_s - 640.0 * b->s_per_px), b->end_s - 1280.0 * b->s_per_px);
}

static void bench_zoom(Bench *b, double pause_s)
{
    double in_ms[MAX_STEPS];
    double out_ms[MAX_STEPS];
    double worst = 0.0;
    double worst_update = 0.0;
    const int n = 14;
    for (int i = 0; i < n; i++) {
        zoom(b, 1.25, 0.4 * b->end_s);
        in_ms[i] = wait_ms(b, false, &worst);
        worst_update = fmax(worst_update, worst);
        keep_updating(b, pause_s);
    }
    for (int i = 0; i < n; i++) {
        zoom(b, 0.8, 0.4 * b->end_s);
        out_ms[i] = wait_ms(b, false, &worst);
        worst_update = fmax(worst_update, worst);
        keep_updating(b, pause_s);
    }
    printf("zoom steps of 1.25 from the whole, pause %.2f s\n", pause_s);
    print_steps("  in", in_ms, n);
    print_steps("  out", out_ms, n);
    printf("  slowest update: %.2f ms\n", worst_update);
}

static void bench_edit(Bench *b, const char *name, double at_s)
{
    SonoError err = {0};
    double worst = 0.0;
    const SonoOperation *op = sono_operation_find("gain");
    double ms[7];
    double commit_ms[7];
    const int n = 7;
    for (int i = 0; i < n; i++) {
        const double centre_s = at_s + 0.5 * i;
        SonoEdit edit = sono_edit_new(op);
        SonoStrokePoint points[2] = {{centre_s - 0.4, 1414.0, 1.0}, {centre_s + 0.4, 1414.0, 1.0}};
        const SonoShape stroke = {
            .kind = SONO_SHAPE_STROKE,
            .combine = SONO_COMBINE_ADD,
            .brush = {.radius_ms = 100.0, .radius_oct = 0.5, .hardness = 0.5, .flow = 1.0, .pressure_to_flow = 1.0},
            .points = points,
            .n_points = 2};
        check(sono_mask_add(&edit.mask, &stroke, &err), &err);
        (void)wait_ms(b, false, &worst);
        const double from_s = sono_now_s();
        SonoClip *next = NULL;
        SonoCommitReport report = {0};
        check(sono_commit(b->engine, b->clip, &edit, NULL, NULL, &next, &report, &err), &err);
        commit_ms[i] = 1e3 * (sono_now_s() - from_s);
        check(sono_tile_feed_set_sound(b->feed, b->plan, next, sono_clip_revision(b->clip), report.dirty, &err), &err);
        (void)wait_ms(b, false, &worst);
        ms[i] = 1e3 * (sono_now_s() - from_s);
        sono_clip_unref(b->clip);
        b->clip = next;
        sono_edit_clear(&edit);
    }
    printf("release to the committed picture, %s\n", name);
    print_steps("  commit alone", commit_ms, n);
    print_steps("  commit and strips", ms, n);
}

int main(int argc, char **argv)
{
    SonoError err = {0};
    Bench b = {.end_s = argc > 1 ? atof(argv[1]) : 3600.0};
    (void)pthread_mutex_init(&b.lock, NULL);
    (void)pthread_cond_init(&b.woken, NULL);
    check(sono_engine_new("cpu", 0, &b.engine, &err), &err);
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    check(sono_engine_plan(b.engine, stft, &params, RATE, 0, &b.plan, &err), &err);
    make_sound(&b);
    b.end_s = (double)sono_clip_n_frames(b.clip) / RATE;
    check(sono_tile_feed_new(b.engine, (uint64_t)512 << 20, on_landed, &b, &b.feed, &err), &err);
    const SonoSpan all = {0, sono_clip_n_frames(b.clip)};
    check(sono_tile_feed_set_sound(b.feed, b.plan, b.clip, 0, all, &err), &err);
    b.s_per_px = b.end_s / 1280;

    double worst = 0.0;
    printf("whole of %.0f s, provisional: %.1f ms\n", b.end_s, wait_ms(&b, false, &worst));
    bench_zoom(&b, 0.0);
    bench_zoom(&b, 0.4);
    printf("whole, exact: %.1f ms\n", wait_ms(&b, true, &worst));
    bench_edit(&b, "view of the whole", 0.25 * b.end_s);
    b.s_per_px = 10.0 / 1280;
    b.t0_s = 0.25 * b.end_s - 3.0;
    printf("10 s, exact: %.1f ms\n", wait_ms(&b, true, &worst));
    bench_edit(&b, "view of 10 s", 0.25 * b.end_s);

    sono_tile_feed_close(b.feed);
    for (int i = 0; i < N_LANES; i++) {
        sono_tile_list_clear(&b.lists[i]);
    }
    sono_tile_feed_unref(b.feed);
    sono_engine_free(b.engine);
    sono_clip_unref(b.clip);
    sono_plan_unref(b.plan);
    sono_pcm_store_unref(b.store);
    return 0;
}
