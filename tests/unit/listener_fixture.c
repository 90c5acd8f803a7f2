/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "listener_fixture.h"

#include <math.h>
#include <time.h>

#include "sono_clock.h"

#define BLOCK 256
#define PATIENCE_S 20.0

static void on_wake(void *ctx)
{
    (void)atomic_fetch_add(&((Ears *)ctx)->n_wakes, 1);
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void nap(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    (void)nanosleep(&t, NULL);
}

void ears_open(Ears *e, float scale, int64_t n_frames)
{
    static const FakeDevice device = {.buffer_frames = BLOCK, .n_channels = 2};
    SonoError err = {0};
    memset(e, 0, sizeof *e);
    make_temp_dir(e->dir);
    assert_ok(sono_engine_new("cpu", 2, &e->engine, &err), err);
    e->store = store_new(0, e->dir);
    Flat flat = flat_noise(2, n_frames, 99);
    for (int64_t i = 0; i < 2 * n_frames; i++) {
        flat.pcm[i / n_frames][i % n_frames] *= scale;
    }
    e->clip = clip_of_flat(e->store, &flat);
    flat_free(&flat);
    fake_output_set(&device);
    assert_ok(sono_player_new(nothing, NULL, &e->player, &err), err);
    assert_ok(sono_listener_new(e->engine, e->player, on_wake, e, &e->listener, &err), err);
    sono_listener_set_sound(e->listener, e->clip, NULL, (SonoSpan){0, 0});
    for (int c = 0; c < 2; c++) {
        e->heard[c] = sono_alloc_aligned(MOST_HEARD, sizeof(float));
        assert_non_null(e->heard[c]);
    }
}

void ears_close(Ears *e)
{
    sono_listener_free(e->listener);
    sono_player_free(e->player);
    sono_engine_free(e->engine);
    sono_clip_unref(e->clip);
    sono_clip_unref(e->before);
    for (int c = 0; c < 2; c++) {
        sono_free(e->heard[c]);
    }
    expect_empty(e->store);
    sono_pcm_store_unref(e->store);
    (void)rmdir(e->dir);
}

void ears_poll(Ears *e)
{
    sono_listener_poll(e->listener, &e->state);
    if (e->state.line[0]) {
        memcpy(e->line, e->state.line, sizeof e->line);
    }
}

void ears_forget(Ears *e)
{
    e->n_heard = 0;
}

void ears_drop(Ears *e)
{
    nap(0.05); /* the feeder has seen it */
    (void)fake_take(NULL, 0, 1, 0.0);
    ears_forget(e);
}

static int64_t hear_block(Ears *e, int64_t n, double patience_s)
{
    assert_true(e->n_heard + n <= MOST_HEARD);
    int64_t got = 0;
    ears_poll(e);
    if (e->state.preparing && !e->state.playing) { /* perhaps no device is open yet */
        nap(0.0005);
    } else {
        got = fake_take(e->heard, e->n_heard, n, patience_s);
        ears_poll(e);
    }
    e->n_heard += got;
    return got;
}

void ears_hear(Ears *e, int64_t n)
{
    const double until_s = sono_now_s() + PATIENCE_S;
    while (n > 0) {
        const int64_t got = hear_block(e, n < BLOCK ? n : BLOCK, 0.02);
        n -= got;
        if (got == 0 && !e->state.playing && !e->state.preparing) {
            return;
        }
        if (sono_now_s() > until_s) {
            fail_msg("waited in vain for %lld frames", (long long)n);
        }
    }
}

void ears_hear_paced(Ears *e, double seconds)
{
    const double start_s = sono_now_s();
    for (int64_t n = 0; (double)n < seconds * RATE; n += BLOCK) {
        (void)hear_block(e, BLOCK, 0.0);
        const double wait_s = start_s + (double)(n + BLOCK) / RATE - sono_now_s();
        if (wait_s > 0.0) {
            nap(wait_s);
        }
    }
}

void ears_wait(Ears *e, bool (*done)(const Ears *e), const char *what)
{
    const double until_s = sono_now_s() + PATIENCE_S;
    for (ears_poll(e); !done(e); ears_poll(e)) {
        if (sono_now_s() > until_s) {
            fail_msg("waited in vain: %s", what);
        }
        nap(0.0005);
    }
}

bool ears_is_playing(const Ears *e)
{
    return e->state.playing && !e->state.preparing;
}

bool ears_has_stopped(const Ears *e)
{
    return !e->state.playing && !e->state.preparing;
}

static SonoMask box_mask(SonoRegion box)
{
    SonoError err = {0};
    SonoMask mask = {0};
    const SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = box, .feather_ms = 5.0, .feather_hz = 50.0};
    assert_ok(sono_mask_add(&mask, &shape, &err), err);
    return mask;
}

void ears_edit(Ears *e, const char *operation, double t0_s, double t1_s)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    SonoCommitReport report = {0};
    SonoClip *after = NULL;
    edit.mask = box_mask((SonoRegion){t0_s, t1_s, 1000.0, 2000.0});
    if (edit.operation->params.n > 0) {
        edit.params.v[0] = -20.0;
    }
    assert_ok(sono_commit(e->engine, e->clip, &edit, NULL, NULL, &after, &report, &err), err);
    sono_edit_clear(&edit);
    sono_clip_unref(e->before);
    e->before = e->clip;
    e->clip = after;
    e->edited = report.dirty;
    sono_listener_set_sound(e->listener, e->clip, e->before, e->edited);
}

void ears_undo(Ears *e)
{
    sono_clip_unref(e->clip);
    e->clip = e->before;
    e->before = NULL;
    sono_listener_set_sound(e->listener, e->clip, NULL, (SonoSpan){0, 0});
}

void ears_select(Ears *e, SonoRegion box)
{
    SonoError err = {0};
    SonoMask mask = box_mask(box);
    assert_ok(sono_listener_set_selection(e->listener, &mask, -1, &err), err);
    sono_mask_clear(&mask);
}

float *ears_read(const SonoClip *clip, int channel)
{
    SonoError err = {0};
    float *x = sono_alloc_aligned((size_t)sono_clip_n_frames(clip), sizeof *x);
    assert_non_null(x);
    assert_ok(sono_clip_read(clip, channel, 0, sono_clip_n_frames(clip), x, &err), err);
    return x;
}

float *ears_inside(Ears *e, const SonoClip *clip, SonoRegion box, int channel)
{
    SonoError err = {0};
    SonoMask mask = box_mask(box);
    SonoClip *without = NULL;
    assert_ok(sono_listen_without(e->engine, clip, &mask, -1, NULL, &without, NULL, &err), err);
    float *x = ears_read(clip, channel);
    float *w = ears_read(without, channel);
    for (int64_t i = 0; i < sono_clip_n_frames(clip); i++) {
        x[i] -= w[i];
    }
    sono_free(w);
    sono_clip_unref(without);
    sono_mask_clear(&mask);
    return x;
}

void ears_expect(const Ears *e, int channel, int64_t at, const float *want, int64_t n, float tolerance,
                 const char *what)
{
    assert_true(at >= 0 && at + n <= e->n_heard);
    for (int64_t i = 0; i < n; i++) {
        if (!(fabsf(e->heard[channel][at + i] - want[i]) <= tolerance)) {
            fail_msg("%s: channel %d, frame %lld of %lld is %.9g, not %.9g", what, channel, (long long)i, (long long)n,
                     (double)e->heard[channel][at + i], (double)want[i]);
        }
    }
}
