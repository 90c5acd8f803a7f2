/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scene: everything a canvas shows and does, without a toolkit: the sound, the view, tiles, strokes, the selection,
 * the tool under the pointer. A widget hands it pointer events and draws it with a renderer into whatever it has.
 * Thread: main; wake is called on workers. */
#pragma once
#include "sono_tile_feed.h"
#include "sono_tool.h"

typedef struct SonoScene SonoScene;

/* wake: draw again (a tile has landed); must only wake the main thread. engine must outlive the scene. Errors: NOMEM.
 */
SonoStatus sono_scene_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoScene **out, SonoError *err);
/* Cancels jobs, does not wait; wake is not called any more when this returns. NULL is fine. */
void sono_scene_free(SonoScene *scene);

/* As sono_tile_feed_set_sound; clip NULL while nothing but a first picture of end_s seconds is known. */
SonoStatus sono_scene_set_sound(SonoScene *scene, const SonoPlan *plan, const SonoClip *clip, int n_channels,
                                double end_s, uint64_t parent_revision, SonoSpan dirty, SonoError *err);
/* Make pictures with this plan from now on; it was built for the sound's rate (and length). What is on screen stays,
 * and follows the view, until the view's tiles of the new plan are there: nothing is empty meanwhile, and the report's
 * current tells. The view's tuning becomes the plan's, if the transform has notes, and the whole of a logarithmic axis
 * starts at the plan's lowest band; else the axis is as it was. For the
 * sound, or the clip that is shown instead. Errors: INVALID (no sound has been set yet, or one of another rate), NOMEM:
 * all stays as it was. */
SonoStatus sono_scene_set_transform(SonoScene *scene, const SonoPlan *plan, SonoError *err);
/* There is no sound any more: what is left are the view's settings, tool and options. Nothing may be reading for the
 * feed (sono_first_picture). */
void sono_scene_forget_sound(SonoScene *scene);
/* Show another clip (of the same length, such as the original) instead; NULL: the sound again. Nothing can be painted
 * meanwhile. Errors: NOMEM. */
SonoStatus sono_scene_set_compare(SonoScene *scene, const SonoClip *other, SonoError *err);
const SonoClip *sono_scene_clip(const SonoScene *scene); /* the sound's; NULL: none yet */
const SonoPlan *sono_scene_plan(const SonoScene *scene); /* NULL: none yet */
SonoTileFeed *sono_scene_feed(SonoScene *scene);

/* These may be changed; then draw again. */
SonoViewState *sono_scene_view(SonoScene *scene);
SonoSelection *sono_scene_selection(SonoScene *scene);
SonoToolOptions *sono_scene_options(SonoScene *scene);

/* The tool that was chosen, and one that is lent while a key is held (NULL: none); the one in effect. A drag that is
 * under way keeps its tool. */
void sono_scene_set_tool(SonoScene *scene, const SonoTool *tool);
void sono_scene_lend_tool(SonoScene *scene, const SonoTool *tool);
const SonoTool *sono_scene_tool(const SonoScene *scene);
SonoCursor sono_scene_cursor(const SonoScene *scene);

/* All pointing devices come through here. */
typedef struct SonoOutcome {
    bool edited;            /* edit is one to commit (the caller clears it); its preview is shown until the strokes are
                               told what became of it (sono_scene_strokes) */
    bool selection_changed; /* or moved */
    bool view_changed;
    SonoEdit edit;
} SonoOutcome;
/* Errors: as sono_strokes_*, sono_selection_*; the scene stays usable. */
SonoStatus sono_scene_point(SonoScene *scene, const SonoPointer *pointer, SonoOutcome *out, SonoError *err);
bool sono_scene_is_dragging(const SonoScene *scene);
/* A selecting drag has left the canvas: move the view towards the pointer as far as it goes in dt_s seconds, faster
 * the farther out the pointer is, and go on with the drag there. False: it did not move. */
bool sono_scene_follow_drag(SonoScene *scene, double dt_s);

/* The edit of an operation on the selection (the caller clears it), shown as a preview from now on, as strokes are.
 * Errors: INVALID (nothing is selected, no sound), NOMEM. */
SonoStatus sono_scene_apply(SonoScene *scene, const SonoOperation *operation, const SonoParams *params, SonoEdit *edit,
                            SonoError *err);
/* An edit from elsewhere (imported, restored) is being committed: keeps sono_scene_strokes() in step with the queue. */
SonoStatus sono_scene_queue(SonoScene *scene, const SonoEdit *edit, SonoError *err);
/* Show the chosen operation on the selection while its parameters are being moved; off by applying or selecting. */
void sono_scene_preview_selection(SonoScene *scene, bool on);
SonoStrokes *sono_scene_strokes(SonoScene *scene);

/* What is under the pointer. */
typedef struct SonoProbe {
    bool inside; /* of the canvas, with a sound; else nothing below is meant */
    int channel;
    double t_s, freq_hz;
    double level_db; /* as sono_tile_list_reading; SONO_TILE_FLOOR_DB where nothing is known yet */
} SonoProbe;
SonoProbe sono_scene_probe(const SonoScene *scene);
/* As sono_view_state_wheel, where the pointer is. */
void sono_scene_wheel(SonoScene *scene, double dx, double dy, bool ctrl, bool shift);
/* Show the axis by its name in sono_scale_names. False: no such scale. */
bool sono_scene_set_scale(SonoScene *scene, const char *name);
/* Floor and ceiling from what is seen: the 10th percentile of its levels, and the loudest, in steps of 5 dB. False: no
 * picture yet. */
bool sono_scene_fit_contrast(SonoScene *scene);

typedef struct SonoSceneReport {
    bool again;    /* tiles wait for the next frame */
    bool settled;  /* exact, at full resolution, and of the sound that was set last */
    bool whole;    /* there is something to see of all the sound in view, however coarse */
    bool complete; /* whole, and of the level that the view wants, however provisional */
    bool current;  /* of the sound that was set last */
    int reduce;    /* 1: at full resolution */
} SonoSceneReport;
/* px_scale: device pixels per widget pixel. moving: the view is being moved; on software GL frames that are too slow
 * are then drawn coarser. Errors: those of the renderer (nothing more will come of it), in err; what the tiles failed
 * with is in *notice (code SONO_OK: nothing). */
SonoStatus sono_scene_draw(SonoScene *scene, SonoRenderer *renderer, unsigned target, int px_scale, bool moving,
                           SonoSceneReport *report, SonoError *notice, SonoError *err);
/* Where there is no OpenGL: paint the view of now, all lanes, on a worker; wake says when. */
void sono_scene_ask_picture(SonoScene *scene, int px_scale);
/* The picture that was painted last, once: *rgb[3 * (y * width + x)], row 0 at the top, is malloc'ed (sono_free). It
 * counts as drawn; settled: nothing newer was asked for. NULL with code OK: none has come since. */
uint8_t *sono_scene_take_picture(SonoScene *scene, int *width_px, int *height_px, bool *settled, SonoError *err);
/* The selection over that picture, in the same pixels: what it marks without waiting for the picture. */
typedef struct SonoMarks {
    bool changed;            /* since they were taken last; else nothing below is meant */
    uint8_t *rgba;           /* [4 * (y * width_px + x)], premultiplied, row 0 at the top; NULL: none (sono_free) */
    int width_px, height_px; /* of the view */
} SonoMarks;
/* Errors: NOMEM. */
SonoStatus sono_scene_take_marks(SonoScene *scene, int px_scale, SonoMarks *out, SonoError *err);

/* The plan that pictures of a sound are made with (caller unrefs). transform NULL: the default one; params NULL: its
 * defaults; n_frames: of the sound. Errors: as sono_plan_build. Thread: any. */
SonoStatus sono_display_plan(SonoEngine *engine, const SonoTransform *transform, const SonoParams *params,
                             double rate_hz, int64_t n_frames, SonoPlan **out, SonoError *err);
/* A first, coarse picture of the whole of a sound that is still being decoded, into the feed: all channels that like
 * shows. transform, params: as of sono_display_plan; one that is over frequency, or cannot be built for the sound,
 * leaves this picture to the default one. like: size and axis. Thread: the reader's. Errors: as sono_display_plan,
 * sono_tile_feed_add_sparse. */
SonoStatus sono_first_picture(SonoTileFeed *feed, SonoEngine *engine, const SonoTransform *transform,
                              const SonoParams *params, const SonoPcmReader *reader, SonoViewState like,
                              const SonoJobTicket *ticket, SonoError *err);
