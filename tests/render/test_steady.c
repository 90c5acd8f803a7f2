/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may never be seen: a hole where there is sound, the sound before an edit once its preview has gone, anything
 * that changes where no edit reached. Every frame is read back while the view jumps about, without waiting for tiles.
 */
#include "scene_stage.h"

#include "sono_commit.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* The edit, and the part of it that is far from its edges: a window is 43 ms long, a coarse texel longer. */
#define LONG_S 240
#define EDIT_T0_S 110.0
#define EDIT_T1_S 126.0
#define EDIT_F0_HZ 300.0
#define EDIT_F1_HZ 9000.0

typedef struct Watcher {
    Stage *stage;
    SonoScene *scene;
    SonoClip *clip; /* LONG_S of noise, the same in all channels */
    SonoClip *edited;
    SonoSpan dirty;
    const char *what;
    int n_frames;
    int n_judged; /* frames in which the middle of the edit was seen */
} Watcher;

static const uint8_t *pixel(const Watcher *w, int x, int y)
{
    return w->stage->frame + 4 * ((size_t)(HEIGHT - 1 - y) * WIDTH + (size_t)x);
}

/* Pixels that show no sound where there is some, however faint; the place of the last one. */
static int count_holes(const Watcher *w, int *at_x, int *at_y)
{
    const SonoViewState *v = sono_scene_view(w->scene);
    int n = 0;
    for (int lane = 0; lane < sono_view_state_n_lanes(v); lane++) {
        const SonoLane place = sono_view_state_lane(v, lane);
        const int y1 = (int)floor(fmin(place.y_px + place.height_px, HEIGHT));
        for (int y = (int)ceil(place.y_px); y < y1; y++) {
            for (int x = 0; x < WIDTH; x++) {
                const uint8_t *px = pixel(w, x, y);
                if (v->t0_s + (x + 0.5) * v->s_per_px < v->end_s && px[0] + px[1] + px[2] < 60) {
                    n++;
                    *at_x = x;
                    *at_y = y;
                }
            }
        }
    }
    return n;
}

/* The mean brightness, 0..765, of the brightest and the darkest of those columns of the view that lie in the middle of
 * the edit. False: there are none. */
static bool edit_brightness(const Watcher *w, double *darkest, double *brightest)
{
    const SonoViewState *v = sono_scene_view(w->scene);
    const SonoLane place = sono_view_state_lane(v, 0);
    const double margin_s = fmax(0.3, 4.0 * v->s_per_px);
    *darkest = INFINITY;
    *brightest = -INFINITY;
    for (int x = 0; x < WIDTH; x++) {
        const double t_s = v->t0_s + (x + 0.5) * v->s_per_px;
        double sum = 0.0;
        int n = 0;
        for (int y = (int)ceil(place.y_px); y < (int)floor(fmin(place.y_px + place.height_px, HEIGHT)); y += 3) {
            double freq_hz = 0.0;
            double ignored = 0.0;
            sono_view_state_to_sound(v, 0, x + 0.5, y + 0.5, &ignored, &freq_hz);
            if (t_s > EDIT_T0_S + margin_s && t_s < EDIT_T1_S - margin_s && freq_hz > 2.0 * EDIT_F0_HZ &&
                freq_hz < 0.5 * EDIT_F1_HZ) {
                const uint8_t *px = pixel(w, x, y);
                sum += px[0] + px[1] + px[2];
                n++;
            }
        }
        if (n > 8) {
            *darkest = fmin(*darkest, sum / n);
            *brightest = fmax(*brightest, sum / n);
        }
    }
    return *brightest > 0.0;
}

static SonoSceneReport look(Watcher *w)
{
    const SonoSceneReport report = stage_draw(w->stage, w->scene, false);
    w->n_frames++;
    int x = 0;
    int y = 0;
    const int n = count_holes(w, &x, &y);
    if (n > 0) {
        fail_msg("%s, frame %d: a hole of %d pixels, also at %d %d", w->what, w->n_frames, n, x, y);
    }
    return report;
}

static void settle(Watcher *w, const char *what)
{
    w->what = what;
    for (int i = 0; i < 4000; i++) {
        if (look(w).settled) {
            return;
        }
        (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    fail_msg("%s: the picture does not settle", what);
}

static SonoClip *make_clip(Stage *s, int n_channels)
{
    SonoError err = {0};
    SonoClipBuilder *builder = NULL;
    SonoClip *clip = NULL;
    static float second[RATE];
    const float *planes[8];
    uint64_t seed = 7;
    assert_ok(sono_clip_builder_new(s->store, RATE, n_channels, &builder, &err), err);
    for (int i = 0; i < LONG_S; i++) {
        for (int k = 0; k < RATE; k++) {
            second[k] = 0.1f * sono_test_noise(&seed);
        }
        for (int c = 0; c < n_channels; c++) {
            planes[c] = second;
        }
        assert_ok(sono_clip_builder_append(builder, planes, RATE, &err), err);
    }
    assert_ok(sono_clip_builder_finish(builder, &clip, &err), err);
    return clip;
}

static void open_watcher(Watcher *w, Stage *s, int n_channels)
{
    SonoError err = {0};
    stage_open(s, 1);
    *w = (Watcher){.stage = s, .clip = make_clip(s, n_channels)};
    w->scene = stage_scene(s, w->clip);
    assert_ok(sono_scene_set_sound(w->scene, s->plan, w->clip, n_channels, LONG_S, 0, (SonoSpan){0, 0}, &err), err);
    SonoViewState *v = sono_scene_view(w->scene);
    sono_view_state_fit(v);
    v->floor_db = -190.0; /* silence is as dark as a hole, noise is not */
    v->ceiling_db = -30.0;
}

static void close_watcher(Watcher *w)
{
    sono_scene_free(w->scene);
    sono_clip_unref(w->edited);
    sono_clip_unref(w->clip);
    stage_close(w->stage);
}

static SonoEdit make_edit(const Watcher *w, double gain_db)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find("gain"));
    edit.params.v[0] = gain_db;
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {EDIT_T0_S, EDIT_T1_S, EDIT_F0_HZ, EDIT_F1_HZ}};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    assert_ok(sono_scene_queue(w->scene, &edit, &err), err);
    return edit;
}

static void show(Watcher *w, const SonoClip *clip, const SonoClip *parent)
{
    SonoError err = {0};
    assert_ok(sono_scene_set_sound(w->scene, w->stage->plan, clip, sono_clip_n_channels(clip), LONG_S,
                                   sono_clip_revision(parent), w->dirty, &err),
              err);
}

/* Paint, commit, and show: the first frame after it is the caller's. */
static void commit(Watcher *w, double gain_db)
{
    SonoError err = {0};
    SonoCommitReport report = {0};
    SonoEdit edit = make_edit(w, gain_db);
    (void)look(w);
    assert_ok(sono_commit(w->stage->engine, w->clip, &edit, NULL, NULL, &w->edited, &report, &err), err);
    w->dirty = report.dirty;
    show(w, w->edited, w->clip);
    sono_strokes_committed(sono_scene_strokes(w->scene));
    sono_edit_clear(&edit);
}

/* Frames that follow each other faster than tiles can be made: zooming out and in, panning, other axes and ranges. each
 * looks at every one. */
static void wander(Watcher *w, void (*each)(Watcher *w, double limit), double limit)
{
    SonoViewState *v = sono_scene_view(w->scene);
    static const double factors[] = {1.0 / 1.3, 1.3, 2.2, 1.0 / 2.2};
    for (int f = 0; f < 4; f++) {
        w->what = f == 0 ? "zooming in" : f == 1 ? "zooming out" : f == 2 ? "zooming out fast" : "zooming in fast";
        for (int i = 0; i < 12; i++) {
            sono_view_state_zoom_time(v, 320.0, factors[f]);
            (void)look(w);
            each(w, limit);
        }
    }
    w->what = "panning";
    for (int i = 0; i < 24; i++) {
        sono_view_state_pan(v, i < 12 ? -90.0 : 90.0, 0.0);
        (void)look(w);
        each(w, limit);
    }
    w->what = "changing the axis";
    for (int i = 0; i < 6; i++) {
        (void)sono_scene_set_scale(w->scene, sono_scale_names[i % 3]);
        (void)look(w);
        each(w, limit);
    }
    (void)sono_scene_set_scale(w->scene, "mel");
    w->what = "zooming the frequency";
    const double middle_px = 0.5 * sono_view_state_lane(v, 0).height_px;
    for (int i = 0; i < 16; i++) {
        sono_view_state_zoom_freq(v, middle_px, i < 8 ? 1.0 / 1.5 : 1.5);
        (void)look(w);
        each(w, limit);
    }
    w->what = "resizing";
    for (int i = 0; i < 8; i++) {
        (void)sono_view_state_resize(v, WIDTH - 40.0 * (i % 4), HEIGHT - 16.0 * (i % 3));
        (void)stage_draw(w->stage, w->scene, false);
    }
    (void)sono_view_state_resize(v, WIDTH, HEIGHT);
}

static void nothing(Watcher *w, double limit)
{
    (void)w;
    (void)limit;
}

static void below(Watcher *w, double limit)
{
    double darkest = 0.0;
    double brightest = 0.0;
    const bool seen = edit_brightness(w, &darkest, &brightest);
    w->n_judged += seen;
    if (seen && brightest > limit) {
        fail_msg("%s, frame %d: the sound before the edit is seen (%.0f, at most %.0f)", w->what, w->n_frames,
                 brightest, limit);
    }
}

static void above(Watcher *w, double limit)
{
    double darkest = 0.0;
    double brightest = 0.0;
    const bool seen = edit_brightness(w, &darkest, &brightest);
    w->n_judged += seen;
    if (seen && darkest < limit) {
        fail_msg("%s, frame %d: the edit that was undone is seen (%.0f, at least %.0f)", w->what, w->n_frames, darkest,
                 limit);
    }
}

/* From the first tile on there is no hole, whatever is done, in one lane and in many. */
static void no_hole(void **state)
{
    (void)state;
    for (int n_channels = 1; n_channels <= 3; n_channels++) {
        Stage s;
        Watcher w;
        open_watcher(&w, &s, n_channels);
        int at = 0;
        int n_first = 0; /* frames before the first picture of the whole */
        do {
            (void)nanosleep(&(struct timespec){0, 1000000}, NULL);
            (void)stage_draw(&s, w.scene, false);
        } while (count_holes(&w, &at, &at) > 0 && ++n_first < 2000);
        wander(&w, nothing, 0.0);
        settle(&w, "settling");
        wander(&w, nothing, 0.0);
        if (n_channels > 1) {
            sono_scene_view(w.scene)->only_channel = 1;
            wander(&w, nothing, 0.0);
            sono_scene_view(w.scene)->only_channel = SONO_ALL_LANES;
            wander(&w, nothing, 0.0);
        }
        close_watcher(&w);
    }
}

/* Once an edit has landed, no view shows what was there before it: neither after the commit nor after undo and redo.
 * warm: other levels of the sound before are there, ready to be shown in error. */
static void edits_stay(void **state)
{
    (void)state;
    for (int n_channels = 1; n_channels <= 2; n_channels++) {
        Stage s;
        Watcher w;
        open_watcher(&w, &s, n_channels);
        (void)stage_settle(&s, w.scene, NULL, NULL);
        wander(&w, nothing, 0.0);
        sono_view_state_fit(sono_scene_view(w.scene));
        sono_view_state_zoom_time(sono_scene_view(w.scene), 320.0, 1.0 / 4.0);
        settle(&w, "before the edit");
        double darkest = 0.0;
        double bright = 0.0;
        double dark = 0.0;
        assert_true(edit_brightness(&w, &bright, &darkest));
        commit(&w, -40.0); /* not so deep that where the noise happens to cancel it looks like a hole */
        for (int i = 0; i < 6; i++) {
            (void)look(&w);
            below(&w, 0.85 * bright); /* the preview, then the edit */
        }
        settle(&w, "landing");
        assert_true(edit_brightness(&w, &darkest, &dark));
        assert_true(dark < 0.8 * bright && dark > 0.0);
        const double middle = 0.5 * (bright + dark);
        wander(&w, below, middle);

        settle(&w, "before undo");
        show(&w, w.clip, w.edited);
        settle(&w, "undo");
        wander(&w, above, middle);
        show(&w, w.edited, w.clip);
        settle(&w, "redo");
        wander(&w, below, middle);
        print_message("  the edit was seen in %d of %d frames\n", w.n_judged, w.n_frames);
        assert_true(w.n_judged > 150);
        close_watcher(&w);
    }
}

/* While the view stands still an edit changes what its frames reach and not a pixel else, in no frame; what it changes
 * goes from the preview to the result and never back. Ten edits, each on its way while the next is made. */
static void nothing_else_moves(void **state)
{
    (void)state;
    Stage s;
    Watcher w;
    SonoError err = {0};
    open_watcher(&w, &s, 2);
    sono_view_state_zoom_time(sono_scene_view(w.scene), 320.0, 1.0 / 4.0);
    (void)stage_settle(&s, w.scene, NULL, NULL);
    uint8_t *before = sono_calloc(FRAME_BYTES, 1);
    assert_non_null(before);
    memcpy(before, s.frame, FRAME_BYTES);
    const SonoViewState *v = sono_scene_view(w.scene);
    const double margin_s = 4.0 * v->s_per_px + 0.5;
    SonoClip *clips[11] = {w.clip};
    double level = INFINITY;
    for (int i = 0; i < 10; i++) {
        SonoCommitReport report = {0};
        SonoEdit edit = make_edit(&w, -6.0);
        w.what = "painting";
        (void)look(&w);
        assert_ok(sono_commit(s.engine, clips[i], &edit, NULL, NULL, &clips[i + 1], &report, &err), err);
        w.dirty = report.dirty;
        show(&w, clips[i + 1], clips[i]);
        sono_strokes_committed(sono_scene_strokes(w.scene));
        sono_edit_clear(&edit);
        for (int k = 0; k < 1 + 3 * (i % 3) || (i == 9 && k < 60); k++) {
            double darkest = 0.0;
            double brightest = 0.0;
            (void)look(&w);
            for (int x = 0; x < WIDTH; x++) {
                const double t_s = v->t0_s + (x + 0.5) * v->s_per_px;
                for (int y = 0; y < HEIGHT && (t_s < EDIT_T0_S - margin_s || t_s > EDIT_T1_S + margin_s); y++) {
                    const size_t at = 4 * ((size_t)y * WIDTH + (size_t)x);
                    if (memcmp(s.frame + at, before + at, 4) != 0) {
                        fail_msg("edit %d, frame %d: %d %d (%.2f s) has changed", i, k, x, HEIGHT - 1 - y, t_s);
                    }
                }
            }
            assert_true(edit_brightness(&w, &darkest, &brightest));
            if (brightest > level + 12.0) {
                fail_msg("edit %d, frame %d: what was made quieter is brighter again: %.0f after %.0f", i, k, brightest,
                         level);
            }
            level = fmin(level, brightest);
        }
    }
    settle(&w, "landing");
    sono_free(before);
    for (int i = 1; i <= 10; i++) {
        sono_clip_unref(clips[i]);
    }
    close_watcher(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_else_moves),
        cmocka_unit_test(no_hole),
        cmocka_unit_test(edits_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
