/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scene: everything a canvas shows and does, without a toolkit: the sound, the view, tiles, strokes, the brush
 * under the pointer. A widget hands it pointer events and draws it with a renderer into whatever it has. Thread: main;
 * wake is called on workers. */
#pragma once
#include "sono_strokes.h"
#include "sono_tile_feed.h"
#include "sono_view_state.h"

typedef struct SonoScene SonoScene;

/* wake: draw again (a tile has landed); must only wake the main thread. engine must outlive the scene. Errors: NOMEM.
 */
SonoStatus sono_scene_new(SonoEngine *engine, void (*wake)(void *ctx), void *ctx, SonoScene **out, SonoError *err);
/* Cancels jobs, does not wait; wake is not called any more when this returns. NULL is fine. */
void sono_scene_free(SonoScene *scene);

/* As sono_tile_feed_set_sound; clip NULL while nothing but a first picture of end_s seconds is known. */
SonoStatus sono_scene_set_sound(SonoScene *scene, const SonoPlan *plan, const SonoClip *clip, double end_s,
                                uint64_t parent_revision, SonoSpan dirty, SonoError *err);
const SonoClip *sono_scene_clip(const SonoScene *scene); /* NULL: none yet */
SonoTileFeed *sono_scene_feed(SonoScene *scene);
SonoViewState *sono_scene_view(SonoScene *scene); /* may be changed; then draw again */
SonoStrokes *sono_scene_strokes(SonoScene *scene);
SonoBrush *sono_scene_brush(SonoScene *scene); /* of the next stroke */
void sono_scene_set_operation(SonoScene *scene, const SonoOperation *operation, const SonoParams *params);

/* All pointing devices come through here. Pixels are the widget's; pressure 0..1 (a mouse: 1); eraser: the pen's other
 * end. DOWN, DRAG and UP paint (HOVER and LEAVE do not count meanwhile, CANCEL drops the stroke); a stroke that ended
 * is in *edit (the caller clears it) and *stroked is true: its preview stays until sono_scene_strokes() is told what
 * became of it. Errors: as sono_strokes_*. */
typedef enum SonoPointerKind {
    SONO_POINTER_HOVER,
    SONO_POINTER_DOWN,
    SONO_POINTER_DRAG,
    SONO_POINTER_UP,
    SONO_POINTER_CANCEL,
    SONO_POINTER_LEAVE
} SonoPointerKind;
SonoStatus sono_scene_point(SonoScene *scene, SonoPointerKind kind, double x_px, double y_px, double pressure,
                            bool eraser, SonoEdit *edit, bool *stroked, SonoError *err);
/* "1.234 s   440.0 Hz   -23.4 dB" under the pointer, "" when it is elsewhere. Returns buf. */
const char *sono_scene_describe_pointer(const SonoScene *scene, char *buf, size_t n_bytes);
/* As sono_view_state_wheel, where the pointer is. */
void sono_scene_wheel(SonoScene *scene, double dx, double dy, bool ctrl, bool shift);
/* Show the axis by its name in sono_scale_names. False: no such scale. */
bool sono_scene_set_scale(SonoScene *scene, const char *name);

typedef struct SonoSceneReport {
    bool again;   /* tiles wait for the next frame */
    bool settled; /* exact, and of the sound that was set last */
} SonoSceneReport;
/* px_scale: device pixels per widget pixel. Errors: those of the renderer (nothing more will come of it), in err; what
 * the tiles failed with is in *notice (code SONO_OK: nothing). */
SonoStatus sono_scene_draw(SonoScene *scene, SonoRenderer *renderer, unsigned target, int px_scale,
                           SonoSceneReport *report, SonoError *notice, SonoError *err);
/* Where there is no OpenGL: paint the view of now on a worker; wake says when. */
void sono_scene_ask_picture(SonoScene *scene, int px_scale);
/* The picture that was painted last, once: *rgb[3 * (y * width + x)], row 0 at the top, is malloc'ed (sono_free). It
 * counts as drawn; settled: nothing newer was asked for. NULL with code OK: none has come since. */
uint8_t *sono_scene_take_picture(SonoScene *scene, int *width_px, int *height_px, bool *settled, SonoError *err);
const SonoPlan *sono_scene_plan(const SonoScene *scene);

/* The plan that pictures of a sound are made with (caller unrefs). Thread: any. */
SonoStatus sono_display_plan(SonoEngine *engine, double rate_hz, SonoPlan **out, SonoError *err);
/* A first, coarse picture of the whole of a sound that is still being decoded, into the feed. like: size and axis.
 * Thread: the reader's. Errors: as sono_tile_feed_add_sparse. */
SonoStatus sono_first_picture(SonoTileFeed *feed, SonoEngine *engine, const SonoPcmReader *reader, SonoViewState like,
                              const SonoJobTicket *ticket, SonoError *err);
