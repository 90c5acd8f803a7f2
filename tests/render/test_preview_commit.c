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
#include "sono_transform.h"

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
    uint8_t *original, *promised;
    double *differences_db;   /* of the core, ascending */
    size_t n_core, n_changed; /* pixels: of the core; of those, that the preview shows differently */
    double window_ms;
    SonoPlan *plan;        /* of the picture; NULL: the STFT of the program */
    const char *transform; /* of the commit */
} World;

static void open_world(World *w)
{
    SonoError err = {0};
    memset(w, 0, sizeof *w);
    w->transform = "auto";
    for (int i = 0; i < 256; i++) {
        memset(grey[i], i, 3);
    }
    picture_open(&w->f, SONO_GLSL_330_CORE, WIDTH, HEIGHT);
    assert_ok(sono_pcm_store_new(0, NULL, &w->store, &err), err);
    w->original = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    w->promised = sono_calloc((size_t)WIDTH * HEIGHT, 4);
    w->differences_db = sono_calloc((size_t)WIDTH * HEIGHT, sizeof *w->differences_db);
    assert_true(w->original && w->promised && w->differences_db);
}

static void close_world(World *w)
{
    picture_close(&w->f);
    sono_pcm_store_unref(w->store);
    sono_free(w->original);
    sono_free(w->promised);
    sono_free(w->differences_db);
}

/* Boxes and strokes of about 0.9 s, of four octaves and of one. */
static const struct {
    const char *name;
    bool stroke, tall;
    double low_hz, high_hz, radius_oct;
} masks[] = {
    {"tall box", false, true, 400.0, 7000.0, 0.0},
    {"flat box", false, false, 900.0, 1800.0, 0.0},
    {"tall stroke", true, true, 2000.0, 2600.0, 2.0},
    {"flat stroke", true, false, 1200.0, 1500.0, 0.6},
};
#define N_MASKS (sizeof masks / sizeof *masks)

static void make_mask(size_t which, double start_s, SonoMask *mask)
{
    SonoError err = {0};
    const double low_hz = masks[which].low_hz;
    const double high_hz = masks[which].high_hz;
    SonoStrokePoint points[] = {{start_s + 0.3, low_hz, 1.0}, {start_s + 0.8, high_hz, 1.0}};
    const SonoShape box = {.kind = SONO_SHAPE_BOX,
                           .box = {start_s, start_s + 0.9, low_hz, high_hz},
                           .feather_ms = 10.0,
                           .feather_hz = 50.0};
    const SonoBrush brush = {.radius_ms = 300.0, .radius_oct = masks[which].radius_oct, .hardness = 0.8, .flow = 1.0};
    const SonoShape line = {.kind = SONO_SHAPE_STROKE, .brush = brush, .points = points, .n_points = 2};
    assert_ok(sono_mask_add(mask, masks[which].stroke ? &line : &box, &err), err);
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

/* How far the picture's atoms reach: two windows, or, over frequency, to where the lowest band of the mask has faded by
 * 60 dB, and a band's width above and below. */
static void reach_of(const SonoPlan *plan, const SonoMask *mask, double longest_s, double shortest_s, double *reach_s,
                     double *reach_hz)
{
    *reach_s = 2.0 * longest_s;
    *reach_hz = 8.0 / shortest_s; /* the main lobe of a Hann window is four bins wide */
    if (plan->axis == SONO_AXIS_FREQ) {
        const SonoRegion r = sono_mask_bounds(mask);
        int32_t first = 0;
        int32_t n = 0;
        sono_plan_atoms_touching(plan, r.f0_hz, r.f1_hz, &first, &n);
        *reach_s = 2.21 * 3.0 / plan->atoms[first].width_hz; /* three bands overlap */
        *reach_hz = plan->atoms[first + n - 1].width_hz;
    }
}

/* Preview and commit of an operation; both: the core is that of the commit's window, too. |difference| of the core's
 * pixels into w->differences_db, ascending. */
static void compare(World *w, const SonoClip *clip, double start_s, size_t mask, const char *operation, double param,
                    bool both)
{
    SonoError err = {0};
    SonoPlan *plan = w->plan ? sono_plan_ref(w->plan) : picture_plan(&w->f, sono_clip_rate_hz(clip));
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    edit.params.v[0] = edit.operation->params.n > 0 ? param : 0.0;
    (void)snprintf(edit.transform, sizeof edit.transform, "%s", w->transform);
    edit.transform_params = w->plan ? w->plan->params : edit.transform_params;
    make_mask(mask, start_s, &edit.mask);
    const SonoPcmReader reader = sono_clip_reader(clip);
    SonoRenderView view = picture_view(&w->f, &reader, SONO_SCALE_MEL);
    view.map = &grey_map;
    view.floor_db = FLOOR_DB;
    view.t0_s = start_s - 0.1;
    view.s_per_px = 1.3 / WIDTH;
    view.axis.f1_hz = 9000.0;

    SonoPreview preview = {.operation = edit.operation, .channel = -1, .mask = &edit.mask};
    SonoDab *dabs = NULL;
    if (masks[mask].stroke) {
        const SonoShape *s = &edit.mask.shapes[0];
        assert_ok(sono_stroke_dabs(&s->brush, s->points, s->n_points, &dabs, &preview.n_dabs, &err), err);
        preview.dabs = dabs;
        preview.mask = NULL;
    }
    edit.operation->args(&edit.params, preview.args);
    draw_clip(w, clip, plan, &view, NULL);
    memcpy(w->original, w->f.rgba, (size_t)WIDTH * HEIGHT * 4);
    draw_clip(w, clip, plan, &view, &preview);
    memcpy(w->promised, w->f.rgba, (size_t)WIDTH * HEIGHT * 4);

    SonoClip *edited = NULL;
    SonoCommitReport report = {0};
    assert_ok(sono_commit(w->f.engine, clip, &edit, NULL, NULL, &edited, &report, &err), err);
    draw_clip(w, edited, plan, &view, NULL);

    static uint8_t core[WIDTH * HEIGHT];
    const double picture_window = (double)plan->atoms[0].length;
    const double longest = both ? fmax(picture_window, report.window_frames) : picture_window;
    const double shortest = both ? fmin(picture_window, report.window_frames) : picture_window;
    double reach_s = 0.0;
    double reach_hz = 0.0;
    reach_of(plan, &edit.mask, longest / plan->rate_hz, shortest / plan->rate_hz, &reach_s, &reach_hz);
    find_core(&edit.mask, &view, reach_s, reach_hz, core);
    w->n_core = w->n_changed = 0;
    w->window_ms = 1e3 * report.window_frames / plan->rate_hz;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        if (core[i]) {
            w->n_changed += w->promised[4 * i] != w->original[4 * i];
            w->differences_db[w->n_core++] = STEP_DB * abs(w->promised[4 * i] - w->f.rgba[4 * i]);
        }
    }
    assert_true(w->n_core > 500);
    assert_true(w->n_changed > w->n_core / 2); /* else nothing is compared */
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
    for (size_t mask = 0; mask < N_MASKS; mask++) {
        for (size_t i = 0; i < sizeof gains_db / sizeof *gains_db; i++) {
            compare(w, clip, start_s, mask, "gain", gains_db[i], false);
            print_message("  %-22s %-11s %+3.0f dB: median %.2f dB, 90 %% within %.2f dB, %zu pixels, window %.0f ms\n",
                          name, masks[mask].name, gains_db[i], quantile(w, 0.5), quantile(w, 0.9), w->n_core,
                          w->window_ms);
            assert_true(quantile(w, 0.5) <= 1.0);
        }
    }
}

static void gains_are_what_was_shown(void **state)
{
    (void)state;
    each_sound(check_gains);
}

/* A picture of bands, the edit in an STFT (which "auto" means) and in the same bands. */
static void check_bands(World *w, const SonoClip *clip, const char *name, double start_s)
{
    static const char *const transforms[] = {"auto", "vqt"};
    SonoError err = {0};
    const SonoTransform *vqt = sono_transform_find("vqt");
    SonoParams params;
    assert_ok(sono_params_parse(vqt->params, "bins_per_octave=24", &params, &err), err);
    assert_ok(sono_engine_plan(w->f.engine, vqt, &params, sono_clip_rate_hz(clip), 0, &w->plan, &err), err);
    for (size_t mask = 0; mask < N_MASKS; mask++) {
        for (int i = 0; i < 2; i++) {
            w->transform = transforms[i];
            compare(w, clip, start_s, mask, "gain", mask % 2 ? 12.0 : -12.0, false);
            print_message("  %-22s %-11s in %-4s: median %.2f dB, 90 %% within %.2f dB, %zu pixels\n", name,
                          masks[mask].name, transforms[i], quantile(w, 0.5), quantile(w, 0.9), w->n_core);
            assert_true(quantile(w, 0.5) <= 1.0);
        }
    }
    sono_plan_unref(w->plan);
    w->plan = NULL;
}

static void gains_on_bands_are_what_was_shown(void **state)
{
    (void)state;
    each_sound(check_bands);
}

/* Part of the core that is within a dB of what was shown. */
static double share_equal(const World *w)
{
    size_t n = 0;
    while (n < w->n_core && w->differences_db[n] <= 1.0) {
        n++;
    }
    return (double)n / (double)w->n_core;
}

/* An erasing preview is at the view's floor. The sound that is left is, too, where both the picture's atoms and the
 * commit's (which are short for a high mask) lie inside the mask; where only the picture's do there is what the
 * commit's short atoms let in from beside the mask. */
static void check_erase(World *w, const SonoClip *clip, const char *name, double start_s)
{
    for (size_t mask = 0; mask < N_MASKS; mask++) {
        compare(w, clip, start_s, mask, "erase", 0.0, false);
        print_message("  %-22s %-11s: %.1f %% at the floor as shown, median %.1f dB above it, 90 %% within %.1f dB\n",
                      name, masks[mask].name, 100.0 * share_equal(w), quantile(w, 0.5), quantile(w, 0.9));
        assert_true(quantile(w, 0.5) <= 25.0);
        if (masks[mask].tall) {
            compare(w, clip, start_s, mask, "erase", 0.0, true);
            print_message("  %-22s %-11s: %.1f %% where the commit's atoms are inside\n", name, masks[mask].name,
                          100.0 * share_equal(w));
            assert_true(share_equal(w) >= 0.9);
        }
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
        cmocka_unit_test(gains_on_bands_are_what_was_shown),
        cmocka_unit_test(erased_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
