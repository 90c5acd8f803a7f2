/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a preview promises, the commit keeps: the picture under the preview against the picture of the committed sound,
 * on music and speech, with boxes and strokes. Compared is the mask's core: places with full weight two windows before
 * and after them and two main lobes above and below. Nearer to the edge the two may differ, as the commit's atoms reach
 * across it. */
#include "picture_fixture.h"
#include "sono_test.h"

#include "sono_codec.h"
#include "sono_commit.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define WIDTH 480
#define HEIGHT 320
#define FLOOR_DB (-110.0) /* of the view, as the program starts */
#define STEP_DB (110.0 / 255.0)

static uint8_t grey[256][3];
static const SonoColourMap grey_map = {"test-grey", (const uint8_t (*)[3])grey};

static const struct {
    const char *path;
    double start_s; /* where it sounds */
} sounds[] = {
    {SONO_TEST_SAMPLES "/loop_amen_full.flac", 1.0},
    {SONO_TEST_SAMPLES "/guit_em9.flac", 0.3},
    {SONO_TEST_SAMPLES "/ambi_choir.flac", 0.2},
    {SONO_TEST_SAMPLES "/loop_garzul.flac", 1.5},
    {SONO_TEST_SPEECH, 0.1},
    {"/usr/share/sounds/alsa/Side_Right.wav", 0.1},
};
#define N_SOUNDS (sizeof sounds / sizeof *sounds)

typedef struct World {
    PictureFixture f;
    SonoPcmStore *store;
    uint8_t *promised;
    double *differences_db; /* of the core */
    size_t n_core;
} World;

static void open_world(World *w)
{
    SonoError err = {0};
    memset(w, 0, sizeof *w);
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
    picture_open(&w->f, SONO_GLSL_330_CORE, WIDTH, HEIGHT);
    assert_ok(sono_pcm_store_new(0, NULL, &w->store, &err), err);
    w->promised = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    w->differences_db = sono_calloc((size_t)WIDTH * HEIGHT, sizeof *w->differences_db);
    assert_true(w->promised && w->differences_db);
}

static void close_world(World *w)
{
    picture_close(&w->f);
    sono_pcm_store_unref(w->store);
    sono_free(w->promised);
    sono_free(w->differences_db);
}

/* A box of 0.9 s and three octaves, or a stroke as high across it. */
static void make_mask(bool stroke, double start_s, SonoMask *mask)
{
    SonoError err = {0};
    SonoStrokePoint points[] = {{start_s + 0.3, 900.0, 1.0}, {start_s + 0.8, 1400.0, 1.0}};
    const SonoShape box = {
        .kind = SONO_SHAPE_BOX, .box = {start_s, start_s + 0.9, 400.0, 3200.0}, .feather_ms = 10.0, .feather_hz = 50.0};
    const SonoShape line = {.kind = SONO_SHAPE_STROKE,
                            .brush = {.radius_ms = 300.0, .radius_oct = 1.3, .hardness = 0.8, .flow = 1.0},
                            .points = points,
                            .n_points = 2};
    assert_ok(sono_mask_add(mask, stroke ? &line : &box, &err), err);
}

/* 1 where the mask has full weight at a pixel, and as far around it as said above. */
static void find_core(const SonoMask *mask, const SonoRenderView *v, double reach_s, double reach_hz, uint8_t *core)
{
    SonoError err = {0};
    static float weights[WIDTH * HEIGHT];
    memset(core, 1, (size_t)WIDTH * HEIGHT);
    for (int corner = 0; corner < 9; corner++) {
        double time_s[WIDTH];
        double freq_hz[HEIGHT];
        for (int x = 0; x < WIDTH; x++) {
            time_s[x] = v->t0_s + (x + 0.5) * v->s_per_px + (corner % 3 - 1) * reach_s;
        }
        for (int y = 0; y < HEIGHT; y++) {
            freq_hz[y] = sono_freq_axis_hz(&v->axis, (y + 0.5) / HEIGHT) + (corner / 3 - 1) * reach_hz;
        }
        assert_ok(sono_mask_render(mask, time_s, WIDTH, freq_hz, HEIGHT, weights, HEIGHT, &err), err);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            core[i % HEIGHT * WIDTH + i / HEIGHT] &= weights[i] >= 0.999f;
        }
    }
}

static void draw_clip(World *w, const SonoClip *clip, const SonoPlan *plan, const SonoRenderView *view,
                      const SonoPreview *preview)
{
    const SonoPcmReader reader = sono_clip_reader(clip);
    PictureLane lane;
    picture_lane(&w->f, &lane, plan, &reader, 0, view);
    lane.frame.previews = preview;
    lane.frame.n_previews = preview ? 1 : 0;
    (void)picture_draw(&w->f, (const PictureLane *const[]){&lane}, 1, 1);
    picture_clear_lane(&lane);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Preview and commit of an operation; |difference| of the core's pixels into w->differences_db, ascending. */
static void compare(World *w, const SonoClip *clip, double start_s, bool stroke, const char *operation, double param)
{
    SonoError err = {0};
    SonoPlan *plan = picture_plan(&w->f, sono_clip_rate_hz(clip));
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    edit.params.v[0] = edit.operation->params.n > 0 ? param : 0.0;
    make_mask(stroke, start_s, &edit.mask);
    const SonoPcmReader reader = sono_clip_reader(clip);
    SonoRenderView view = picture_view(&w->f, &reader, SONO_SCALE_MEL);
    view.map = &grey_map;
    view.floor_db = FLOOR_DB;
    view.t0_s = start_s - 0.1;
    view.s_per_px = 1.3 / WIDTH;
    view.axis.f1_hz = 4500.0;

    SonoPreview preview = {.operation = edit.operation, .channel = -1, .mask = &edit.mask};
    SonoDab *dabs = NULL;
    if (stroke) {
        const SonoShape *s = &edit.mask.shapes[0];
        assert_ok(sono_stroke_dabs(&s->brush, s->points, s->n_points, &dabs, &preview.n_dabs, &err), err);
        preview.dabs = dabs;
        preview.mask = NULL;
    }
    edit.operation->args(&edit.params, preview.args);
    draw_clip(w, clip, plan, &view, &preview);
    memcpy(w->promised, w->f.rgba, (size_t)WIDTH * HEIGHT * 4);

    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(w->f.engine, clip, &edit, NULL, NULL, &edited, &report, &err), err);
    draw_clip(w, edited, plan, &view, NULL);

    static uint8_t core[WIDTH * HEIGHT];
    const double longer = fmax((double)plan->atoms[0].length, report.window_frames);
    const double shorter = fmin((double)plan->atoms[0].length, report.window_frames);
    const double lobe_hz = 4.0 * plan->rate_hz / shorter; /* a Hann window's main lobe is four bins wide */
    find_core(&edit.mask, &view, 2.0 * longer / plan->rate_hz, 2.0 * lobe_hz, core);
    w->n_core = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        if (core[i]) {
            w->differences_db[w->n_core++] = STEP_DB * abs(w->promised[4 * i] - w->f.rgba[4 * i]);
        }
    }
    qsort(w->differences_db, w->n_core, sizeof *w->differences_db, by_value);
    sono_free(dabs);
    sono_clip_unref(edited);
    sono_edit_clear(&edit);
    sono_plan_unref(plan);
}

static double quantile(const World *w, double q)
{
    return w->differences_db[(size_t)(q * (double)(w->n_core - 1))];
}

static void each_sound(void (*check)(World *w, const SonoClip *clip, const char *name, double start_s))
{
    World w;
    open_world(&w);
    for (size_t i = 0; i < N_SOUNDS; i++) {
        SonoError err = {0};
        SonoClip *clip = NULL;
        assert_ok(sono_clip_load(sounds[i].path, NULL, w.store, &clip, NULL, &err), err);
        check(&w, clip, strrchr(sounds[i].path, '/') + 1, sounds[i].start_s);
        sono_clip_unref(clip);
    }
    close_world(&w);
}

static void check_gains(World *w, const SonoClip *clip, const char *name, double start_s)
{
    static const double gains_db[] = {-12.0, -6.0, 6.0, 12.0};
    for (int stroke = 0; stroke < 2; stroke++) {
        for (size_t i = 0; i < sizeof gains_db / sizeof *gains_db; i++) {
            compare(w, clip, start_s, stroke, "gain", gains_db[i]);
            print_message("  %-22s %-6s %+3.0f dB: median %.2f dB, 90 %% within %.2f dB, %zu pixels\n", name,
                          stroke ? "stroke" : "box", gains_db[i], quantile(w, 0.5), quantile(w, 0.9), w->n_core);
            assert_true(w->n_core > 1000);
            assert_true(quantile(w, 0.5) <= 1.0);
        }
    }
}

static void gains_are_what_was_shown(void **state)
{
    (void)state;
    each_sound(check_gains);
}

static void check_erase(World *w, const SonoClip *clip, const char *name, double start_s)
{
    for (int stroke = 0; stroke < 2; stroke++) {
        compare(w, clip, start_s, stroke, "erase", 0.0);
        size_t equal = 0;
        while (equal < w->n_core && w->differences_db[equal] <= 1.0) {
            equal++;
        }
        const double share = (double)equal / (double)w->n_core;
        print_message("  %-22s %-6s erase: %.1f %% at the floor as shown, median %.1f dB above, 90 %% within %.1f dB\n",
                      name, stroke ? "stroke" : "box", 100.0 * share, quantile(w, 0.5), quantile(w, 0.9));
        assert_true(w->n_core > 1000);
    }
}

static void erased_is_gone(void **state)
{
    (void)state;
    each_sound(check_erase);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_are_what_was_shown),
        cmocka_unit_test(erased_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
