/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GL renderer: spectrogram tiles, live preview of edits, the selection, the brush's outline. Knows a current GL
 * context (OpenGL >= 3.3 core or OpenGL ES >= 3.0) and a framebuffer to draw into, nothing of GTK. Thread: the one
 * whose context is current; every call needs the same context. All GL state that a draw relies on is set by it, and
 * textures, buffers, program and vertex array are unbound after it. */
#pragma once
#include "sono_mask.h"
#include "sono_operation.h"
#include "sono_render_view.h"
#include "sono_tile.h"

typedef struct SonoRenderer SonoRenderer;

/* A strip to draw, and the part of the view's height it serves. Of two that overlap the later one is shown. */
typedef struct SonoDrawStrip {
    const SonoStrip *strip;
    const SonoPlan *plan; /* whose rows and columns its texels are */
    double p0, p1;        /* positions on the axis */
    int taps_t, taps_f;
    bool fallback;             /* stands in for one that is not there yet */
    double stale0_s, stale1_s; /* between these it has another sound and is not drawn; equal: all is drawn */
} SonoDrawStrip;

/* One edit, shown as its operation would change what is drawn. Its weights come from dabs, or from a mask if mask is
 * not NULL. */
typedef struct SonoPreview {
    const SonoOperation *operation;
    float args[SONO_OP_MAX_ARGS]; /* from operation->args() */
    int channel;                  /* of the lanes it is shown in, or -1: all */
    const SonoDab *dabs;          /* from sono_stroke_dabs(), as the commit has them */
    size_t n_dabs;
    const SonoMask *mask; /* as the commit has it */
} SonoPreview;

/* One lane of the picture: one channel of the sound. */
typedef struct SonoFrame {
    SonoRenderView view; /* x_px, y_px: place in the target */
    int channel;
    const SonoPlan *plan; /* the picture's: where it has rows there should be tiles, elsewhere is background. Strips
                             may be of others. May be NULL when there are no strips */
    const SonoDrawStrip *strips; /* fallbacks first, coarse before fine */
    size_t n_strips;
    const SonoPreview *previews; /* in order; those of other channels and those that take a state are left out; where
                                    two overlap the later one is shown, unless both have the same operation and
                                    arguments: those build up as one. Of very many the newest are shown */
    size_t n_previews;
    const SonoMask *selection; /* outlined, the rest slightly dimmed; NULL or empty: none */
    const SonoDab *cursor;     /* outline of the brush, or NULL */
    int max_uploads;           /* tiles; 0: no limit */
} SonoFrame;

typedef struct SonoFrameReport {
    int n_uploaded; /* tiles */
    int n_waiting;  /* tiles left for the next frame: draw again */
    int n_drawn;    /* tiles */
    bool whole;     /* wherever there is sound there is a tile */
} SonoFrameReport;

/* Errors: UNSUPPORTED (the context's version), NOMEM. */
SonoStatus sono_renderer_new(SonoRenderer **out, SonoError *err);
void sono_renderer_free(SonoRenderer *renderer); /* NULL is fine */

/* A picture is begun, drawn lane by lane, and ended. width_px, height_px: of framebuffer target. reduce >= 1: draw at
 * 1 / reduce of the resolution and magnify at the end (while moving on software GL); views stay in pixels of the
 * target. background_rgb: 0..1, where no lane is. Errors of all three: INVALID (the driver refused a shader; the view),
 * DEVICE (a GL error, by its code), NOMEM; after an error the picture is over. */
SonoStatus sono_renderer_begin(SonoRenderer *renderer, unsigned target, int width_px, int height_px, int reduce,
                               const float background_rgb[3], SonoError *err);
SonoStatus sono_renderer_draw(SonoRenderer *renderer, const SonoFrame *frame, SonoFrameReport *report, SonoError *err);
SonoStatus sono_renderer_end(SonoRenderer *renderer, SonoError *err);

/* Wait until what was drawn is there: to measure how long it takes. */
void sono_renderer_finish(SonoRenderer *renderer);

/* "llvmpipe (LLVM 15.0.6, 256 bits), OpenGL 4.5" */
const char *sono_renderer_describe(const SonoRenderer *renderer);
/* Shader programs that are there: they are built when first needed, and a picture that needs another one takes longer.
 */
int sono_renderer_n_programs(const SonoRenderer *renderer);
/* True on a software rasteriser: the renderer's, or that of the context that is current. */
bool sono_renderer_is_software(const SonoRenderer *renderer);
bool sono_gl_is_software(void);
/* Copy the mask of the last preview drawn (at the resolution it was drawn with): weights[y * width + x], row 0 at the
 * bottom. Tests only (stalls). Errors: INVALID (no preview was drawn). */
SonoStatus sono_renderer_read_mask(SonoRenderer *renderer, float *weights, SonoError *err);
