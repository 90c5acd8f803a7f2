/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_renderer [WIDTH HEIGHT]: how long a frame takes when all tiles are there, panning by some pixels a frame, on
 * whatever the surfaceless display is (Mesa's llvmpipe without a GPU). Not a test: it only prints. Say whether the
 * machine was quiet when quoting it. */
#include "gl_context.h"
#include "sono_test.h"

#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_renderer.h"
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define N_FRAMES 60
#define MAX_STRIPS 512

typedef struct Bench {
    GlContext gl;
    SonoRenderer *renderer;
    SonoPlan *plan;
    int width_px, height_px;
    SonoStrip strips[MAX_STRIPS];
    SonoDrawStrip draws[MAX_STRIPS];
    size_t n_strips;
} Bench;

static void add_strip(Bench *b, SonoStripKey key, const SonoLevelBand *band, int taps_t, uint64_t *seed)
{
    assert_true(b->n_strips < MAX_STRIPS);
    SonoStrip *s = &b->strips[b->n_strips];
    *s = (SonoStrip){.key = key, .n_rows = sono_strip_n_rows(b->plan, key.level_f)};
    s->n_tiles = (s->n_rows + SONO_TILE_INNER - 1) / SONO_TILE_INNER;
    const size_t n = (size_t)s->n_tiles * SONO_TILE_TEXELS * SONO_TILE_TEXELS;
    s->data = sono_calloc(n, 2 * sizeof *s->data);
    assert_non_null(s->data);
    for (size_t i = 0; i < n; i++) {
        s->data[2 * i] = -60.0f + 40.0f * sono_test_noise(seed);
        s->data[2 * i + 1] = 0.5f * sono_test_noise(seed);
    }
    b->draws[b->n_strips++] = (SonoDrawStrip){s, b->plan, band->p0, band->p1, taps_t, band->taps_f, false, 0.0, 0.0};
}

static void make_strips(Bench *b, const SonoRenderView *view, int channel)
{
    uint64_t seed = 11;
    const SonoViewLevels l = sono_view_levels(view, b->plan);
    for (int band = 0; band < l.n_bands; band++) {
        for (int64_t x = l.x0; x < l.x1 + 1; x++) {
            add_strip(b, (SonoStripKey){1, b->plan->key, channel, l.level_t, l.bands[band].level_f, x}, &l.bands[band],
                      l.taps_t, &seed);
        }
    }
}

static void free_strips(Bench *b)
{
    for (size_t i = 0; i < b->n_strips; i++) {
        sono_free(b->strips[i].data);
    }
    b->n_strips = 0;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct Case {
    const char *name;
    SonoAxisScale scale;
    SonoShow show;
    double s_per_px;
    int reduce, n_lanes;
    const SonoMask *selection;
    bool still;    /* the view stays; else it pans */
    bool dragging; /* the selection changes in every frame */
    const SonoPreview *preview;
    const SonoDab *cursor;
} Case;

static void draw_picture(Bench *b, const Case *c, int frame_number, SonoMask *selection)
{
    static const float background[3] = {0.05f, 0.05f, 0.06f};
    SonoError err = {0};
    assert_ok(sono_renderer_begin(b->renderer, b->gl.fbo, b->width_px, b->height_px, c->reduce, background, &err), err);
    if (c->dragging) {
        selection->shapes[0].box.t1_s += c->s_per_px;
    }
    for (int lane = 0; lane < c->n_lanes; lane++) {
        const int height = b->height_px / c->n_lanes;
        SonoFrame frame = {.view = {.y_px = lane * height,
                                    .width_px = b->width_px,
                                    .height_px = height,
                                    .t0_s = 1.0 + (c->still ? 0.0 : 3.3 * frame_number * c->s_per_px),
                                    .s_per_px = c->s_per_px,
                                    .end_s = 1e5,
                                    .axis = {c->scale, c->scale == SONO_SCALE_LOG ? 30.0 : 0.0, 24000.0},
                                    .floor_db = -110.0,
                                    .ceiling_db = 0.0,
                                    .map = sono_colour_maps[0],
                                    .show = c->show},
                           .channel = lane,
                           .plan = b->plan,
                           .previews = c->preview,
                           .n_previews = c->preview ? 1 : 0,
                           .selection = c->selection ? selection : NULL,
                           .cursor = c->cursor};
        if (frame_number == 0) {
            SonoRenderView wide = frame.view;
            wide.width_px *= 2;
            make_strips(b, &wide, lane);
        }
        const size_t per_lane = b->n_strips / (size_t)(frame_number == 0 ? lane + 1 : c->n_lanes);
        frame.strips = b->draws + (size_t)lane * per_lane;
        frame.n_strips = per_lane;
        assert_ok(sono_renderer_draw(b->renderer, &frame, NULL, &err), err);
    }
    assert_ok(sono_renderer_end(b->renderer, &err), err);
    glFinish();
}

static void run_case(Bench *b, const Case *c)
{
    double ms[N_FRAMES];
    SonoMask selection = {0};
    SonoError err = {0};
    if (c->selection) {
        assert_ok(sono_mask_copy(c->selection, &selection, &err), err);
    }
    for (int i = -3; i < N_FRAMES; i++) {
        const double start_s = sono_now_s();
        draw_picture(b, c, i + 3, &selection);
        if (i >= 0) {
            ms[i] = 1e3 * (sono_now_s() - start_s);
        }
    }
    qsort(ms, N_FRAMES, sizeof *ms, by_value);
    printf("%-44s median %6.2f ms   90%% %6.2f ms   (%zu strips)\n", c->name, ms[N_FRAMES / 2], ms[N_FRAMES * 9 / 10],
           b->n_strips);
    sono_mask_clear(&selection);
    free_strips(b);
}

int main(int argc, char **argv)
{
    static Bench b;
    SonoError err = {0};
    b.width_px = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 1280;
    b.height_px = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 720;
    gl_context_open(&b.gl, SONO_GLSL_330_CORE, b.width_px, b.height_px, GL_RGBA8);
    assert_ok(sono_renderer_new(&b.renderer, &err), err);
    const SonoTransform *stft = sono_transform_find("stft");
    const SonoParams params = sono_params_defaults(stft->params);
    assert_ok(sono_plan_build(stft, &params, 48000.0, 0, &b.plan, &err), err);
    const double hop_s = sono_plan_time_s(b.plan, 1);

    SonoMask box = {0};
    const SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = {3.0, 11.0, 200.0, 9000.0}};
    assert_ok(sono_mask_add(&box, &shape, &err), err);
    const SonoOperation *gain = sono_operation_find("gain");
    const SonoParams gain_params = sono_params_defaults(gain->params);
    SonoPreview by_mask = {.operation = gain, .channel = -1, .mask = &box};
    gain->args(&gain_params, by_mask.args);
    const SonoDab dab = {6.0, 2000.0, 1.0, 0.0, 0.5, 0.5, 1.0};
    SonoPreview by_dab = by_mask;
    by_dab.mask = NULL;
    by_dab.dabs = &dab;
    by_dab.n_dabs = 1;

    const SonoAxisScale mel = SONO_SCALE_MEL;
    const Case cases[] = {
        {.name = "linear, 1.6 texels a pixel", .scale = SONO_SCALE_LINEAR, .s_per_px = 1.6 * hop_s},
        {.name = "log", .scale = SONO_SCALE_LOG, .s_per_px = 1.6 * hop_s},
        {.name = "mel", .scale = mel, .s_per_px = 1.6 * hop_s},
        {.name = "mel, still", .scale = mel, .s_per_px = 1.6 * hop_s, .still = true},
        {.name = "mel, magnified", .scale = mel, .s_per_px = 0.3 * hop_s},
        {.name = "mel, phase", .scale = mel, .s_per_px = 1.6 * hop_s, .show = SONO_SHOW_PHASE},
        {.name = "mel, reduced", .scale = mel, .s_per_px = 1.6 * hop_s, .reduce = 2},
        {.name = "mel, reduced, phase", .scale = mel, .s_per_px = 1.6 * hop_s, .reduce = 2, .show = SONO_SHOW_PHASE},
        {.name = "mel, 2 lanes", .scale = mel, .s_per_px = 1.6 * hop_s, .n_lanes = 2},
        {.name = "mel, 2 lanes, reduced", .scale = mel, .s_per_px = 1.6 * hop_s, .n_lanes = 2, .reduce = 2},
        {.name = "mel, selection, still", .scale = mel, .s_per_px = 1.6 * hop_s, .still = true, .selection = &box},
        {.name = "mel, selection", .scale = mel, .s_per_px = 1.6 * hop_s, .selection = &box},
        {.name = "mel, selection, reduced", .scale = mel, .s_per_px = 1.6 * hop_s, .selection = &box, .reduce = 2},
        {.name = "mel, selection dragged",
         .scale = mel,
         .s_per_px = 1.6 * hop_s,
         .selection = &box,
         .still = true,
         .dragging = true},
        {.name = "mel, gain of a box, still",
         .scale = mel,
         .s_per_px = 1.6 * hop_s,
         .still = true,
         .preview = &by_mask},
        {.name = "mel, gain of a box", .scale = mel, .s_per_px = 1.6 * hop_s, .preview = &by_mask},
        {.name = "mel, gain under a dab, outline, still",
         .scale = mel,
         .s_per_px = 1.6 * hop_s,
         .still = true,
         .preview = &by_dab,
         .cursor = &dab},
    };
    printf("%s, %d x %d\n", sono_renderer_describe(b.renderer), b.width_px, b.height_px);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Case c = cases[i];
        c.reduce = c.reduce ? c.reduce : 1;
        c.n_lanes = c.n_lanes ? c.n_lanes : 1;
        run_case(&b, &c);
    }
    sono_mask_clear(&box);
    sono_renderer_free(b.renderer);
    sono_plan_unref(b.plan);
    gl_context_close(&b.gl);
    return 0;
}
