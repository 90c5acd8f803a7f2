/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tile feed without any drawing: what it asks for, what it shows meanwhile, what it shares between revisions. */
#include "sono_test.h"

#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_scene.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define RATE 8000
#define N_FRAMES (600 * RATE)

typedef struct Fixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    SonoPlan *plan;
    SonoTileFeed *feed;
    SonoTileList list;
    SonoRenderView view;
    _Atomic int n_landed;
} Fixture;

static void on_landed(void *ctx)
{
    (void)atomic_fetch_add(&((Fixture *)ctx)->n_landed, 1);
}

static void fixture_open(Fixture *f)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    assert_ok(sono_engine_new("cpu", 2, &f->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &f->store, &err), err);
    assert_ok(sono_display_plan(f->engine, NULL, NULL, RATE, 0, &f->plan, &err), err);
    float *pcm = sono_calloc(N_FRAMES, sizeof *pcm);
    assert_non_null(pcm);
    uint64_t seed = 3;
    for (int i = 0; i < N_FRAMES; i++) {
        pcm[i] = 0.1f * sono_test_noise(&seed);
    }
    SonoClipBuilder *builder = NULL;
    assert_ok(sono_clip_builder_new(f->store, RATE, 1, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const[]){pcm}, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &f->clip, &err), err);
    sono_free(pcm);
    assert_ok(sono_tile_feed_new(f->engine, (uint64_t)256 << 20, on_landed, f, &f->feed, &err), err);
    assert_ok(sono_tile_feed_set_sound(f->feed, f->plan, f->clip, 0, (SonoSpan){0, N_FRAMES}, &err), err);
    f->view = (SonoRenderView){.width_px = 800,
                               .height_px = 400,
                               .s_per_px = 600.0 / 800.0,
                               .end_s = 600.0,
                               .axis = {SONO_SCALE_MEL, 0.0, 4000.0},
                               .floor_db = -100.0,
                               .map = sono_colour_maps[0]};
}

static void fixture_close(Fixture *f)
{
    sono_tile_feed_close(f->feed);
    sono_tile_feed_unref(f->feed);
    sono_tile_list_clear(&f->list);
    sono_engine_free(f->engine);
    sono_clip_unref(f->clip);
    sono_plan_unref(f->plan);
    sono_pcm_store_unref(f->store);
}

static void update(Fixture *f)
{
    SonoError err = {0};
    assert_ok(sono_tile_feed_update(f->feed, &(SonoFeedLane){f->view, 0, &f->list}, 1, &err), err);
}

/* Poll until the picture is exact; only a feed that is stuck takes minutes. Returns whether it was complete before. */
static bool update_until_exact(Fixture *f)
{
    const double started_s = sono_now_s();
    bool seen_provisional = false;
    for (update(f); !f->list.exact; update(f)) {
        seen_provisional = seen_provisional || f->list.complete;
        if (sono_now_s() - started_s > 100.0) {
            fail_msg("the picture never gets exact");
        }
        (void)nanosleep(&(struct timespec){0, 200000}, NULL);
    }
    return seen_provisional;
}

static const SonoDrawStrip *find_wanted(const Fixture *f, int64_t x)
{
    for (size_t i = 0; i < f->list.n; i++) {
        if (!f->list.strips[i].fallback && f->list.strips[i].strip->key.x == x) {
            return &f->list.strips[i];
        }
    }
    return NULL;
}

/* Coarse first: provisional strips cover the view before exact ones do. */
static void provisional_then_exact(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f);
    update(&f);
    assert_false(f.list.complete);
    assert_true(update_until_exact(&f));
    assert_true(f.list.current);
    assert_true(atomic_load(&f.n_landed) > 0);
    for (size_t i = 0; i < f.list.n; i++) {
        assert_true(f.list.strips[i].fallback || !f.list.strips[i].strip->provisional);
    }
    fixture_close(&f);
}

/* An edit in one place: until its strips are there all is shown as before; the others are the very same strips. */
static void edits_touch_their_strips(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f);
    f.view.s_per_px = 60.0 / 800.0;
    (void)update_until_exact(&f);
    const SonoViewLevels levels = sono_view_levels(&f.view, f.plan);
    assert_true(levels.x1 - levels.x0 >= 3);
    const SonoStrip *first = find_wanted(&f, levels.x0)->strip;
    const SonoStrip *last = find_wanted(&f, levels.x1 - 1)->strip;

    static float silence[RATE];
    const SonoSpan dirty = {0, RATE};
    SonoClip *edited = NULL;
    assert_ok(sono_clip_splice(f.clip, 0, RATE, (const float *const[]){silence}, &edited, &err), err);
    assert_ok(sono_tile_feed_set_sound(f.feed, f.plan, edited, sono_clip_revision(f.clip), dirty, &err), err);
    update(&f);
    assert_true(f.list.complete);
    if (!f.list.current) { /* else the job was faster than we */
        assert_ptr_equal(find_wanted(&f, levels.x0)->strip, first);
    }
    (void)update_until_exact(&f);
    assert_true(f.list.current);
    assert_ptr_not_equal(find_wanted(&f, levels.x0)->strip, first);
    assert_ptr_equal(find_wanted(&f, levels.x1 - 1)->strip, last);
    assert_true(sono_tile_list_level(&f.list, 0.5, 1000.0) < -150.0f);
    assert_true(sono_tile_list_level(&f.list, 30.0, 1000.0) > -100.0f);

    /* and back: nothing needs to be made */
    assert_ok(sono_tile_feed_set_sound(f.feed, f.plan, f.clip, sono_clip_revision(edited), dirty, &err), err);
    update(&f);
    assert_true(f.list.exact);
    assert_ptr_equal(find_wanted(&f, levels.x0)->strip, first);
    sono_clip_unref(edited);
    fixture_close(&f);
}

/* Panning and zooming at random while jobs run; the feed goes away in the middle of it. */
static void moving_about(void **state)
{
    (void)state;
    Fixture f;
    fixture_open(&f);
    uint64_t seed = 11;
    (void)update_until_exact(&f);
    for (int i = 0; i < 150; i++) {
        f.view.s_per_px = 0.75 * pow(0.5, 6.0 * (double)(1.0f + sono_test_noise(&seed)));
        f.view.t0_s = 300.0 * (double)(1.0f + sono_test_noise(&seed));
        f.view.axis.scale = (SonoAxisScale)(i % 3);
        f.view.axis.f0_hz = i % 3 == SONO_SCALE_LOG ? 50.0 : 0.0;
        update(&f);
        for (size_t s = 0; s < f.list.n; s++) {
            assert_true(f.list.strips[s].strip->data != NULL);
        }
        assert_true(f.list.n > 0); /* the overview is always there */
        (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    (void)update_until_exact(&f);
    f.view.t0_s = 123.0;
    f.view.s_per_px = 0.01;
    update(&f);
    fixture_close(&f);
}

/* A first picture from a reader stands in until the sound is there. */
static void first_picture(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f);
    SonoPcmReader reader = sono_clip_reader(f.clip);
    reader.revision = 0;
    SonoTileFeed *feed = NULL;
    assert_ok(sono_tile_feed_new(f.engine, (uint64_t)256 << 20, on_landed, &f, &feed, &err), err);
    SonoViewState like = {.width_px = 800.0, .height_px = 400.0, .axis = {SONO_SCALE_MEL, 0.0, 4000.0}};
    assert_ok(sono_first_picture(feed, f.engine, NULL, NULL, &reader, like, NULL, &err), err);
    assert_ok(sono_tile_feed_set_sound(feed, f.plan, NULL, 0, (SonoSpan){0, 0}, &err), err);
    assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
    assert_true(f.list.complete && !f.list.exact);
    assert_ok(sono_tile_feed_set_sound(feed, f.plan, f.clip, 0, (SonoSpan){0, N_FRAMES}, &err), err);
    assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
    assert_true(f.list.complete); /* still the first picture, or already the sound's */

    /* the sound is given up: nothing is left of it, and the next one's first picture is not taken for its */
    const SonoStripKey old = f.list.strips[0].strip->key;
    sono_tile_feed_forget_sound(feed);
    assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
    assert_true(f.list.n == 0 && !f.list.complete);
    assert_ok(sono_first_picture(feed, f.engine, NULL, NULL, &reader, like, NULL, &err), err);
    assert_ok(sono_tile_feed_set_sound(feed, f.plan, NULL, 0, (SonoSpan){0, 0}, &err), err);
    assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
    assert_true(f.list.complete && !f.list.exact);
    for (size_t i = 0; i < f.list.n; i++) {
        assert_true(f.list.strips[i].strip->key.revision != old.revision);
    }
    sono_tile_feed_close(feed);
    sono_tile_feed_unref(feed);
    fixture_close(&f);
}

/* In bands, too: an STFT stands in, until the sound's bands are there. */
static void first_picture_of_bands(void **state)
{
    (void)state;
    Fixture f;
    SonoError err = {0};
    fixture_open(&f);
    SonoPcmReader reader = sono_clip_reader(f.clip);
    reader.revision = 0;
    SonoTileFeed *feed = NULL;
    SonoPlan *bands = NULL;
    const SonoTransform *vqt = sono_transform_find("vqt");
    assert_ok(sono_display_plan(f.engine, vqt, NULL, RATE, N_FRAMES, &bands, &err), err);
    assert_ok(sono_tile_feed_new(f.engine, (uint64_t)256 << 20, on_landed, &f, &feed, &err), err);
    SonoViewState like = {.width_px = 800.0, .height_px = 400.0, .axis = {SONO_SCALE_MEL, 0.0, 4000.0}};
    assert_ok(sono_first_picture(feed, f.engine, vqt, NULL, &reader, like, NULL, &err), err);
    assert_ok(sono_tile_feed_set_sound(feed, bands, NULL, 0, (SonoSpan){0, 0}, &err), err);
    assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
    assert_true(f.list.complete && f.list.strips[f.list.n - 1].plan->axis == SONO_AXIS_TIME);
    assert_ok(sono_tile_feed_set_sound(feed, bands, f.clip, 0, (SonoSpan){0, N_FRAMES}, &err), err);
    for (int n = 0; !f.list.exact; n++) {
        assert_ok(sono_tile_feed_update(feed, &(SonoFeedLane){f.view, 0, &f.list}, 1, &err), err);
        const SonoPlanAxis axis = f.list.strips[f.list.n - 1].plan->axis;
        assert_true(f.list.complete && axis == (f.list.current ? SONO_AXIS_FREQ : SONO_AXIS_TIME));
        assert_true(n < 100000);
        (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    sono_tile_feed_close(feed);
    sono_tile_feed_unref(feed);
    sono_plan_unref(bands);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provisional_then_exact), cmocka_unit_test(edits_touch_their_strips),
        cmocka_unit_test(moving_about),           cmocka_unit_test(first_picture),
        cmocka_unit_test(first_picture_of_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
