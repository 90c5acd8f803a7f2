/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the scene: scene.c keeps what is shown, scene_point.c hands pointers to tools, scene_draw.c draws
 * (scene_picture.c and scene_marks.c where there is no OpenGL), scene_probe.c reads levels. */
#pragma once
#include "painter.h"
#include "scene_pace.h"
#include "sono_scene.h"

/* Lowest place of a brush in octaves. */
#define SCENE_LOWEST_HZ 1.0

struct SonoScene {
    SonoTileFeed *feed;
    Painter *painter;
    SonoStrokes *strokes;
    SonoPlan *plan;
    SonoClip *clip;
    SonoClip *other;  /* shown instead of clip; NULL: none */
    bool shows_other; /* the tiles are those of other (which follow set_compare when they have landed) */
    SonoViewState view;
    SonoSelection selection;
    SonoToolOptions options;

    const SonoTool *tool, *lent; /* lent: or NULL */
    const SonoTool *dragging;    /* of the drag that is under way, or NULL */
    SonoToolContext context;
    SonoPointer pointer; /* the last one */
    bool inside;
    bool paints;         /* without OpenGL: levels come from the painter */
    uint64_t marks_hash; /* likewise: what the marks were taken of last; 0: none yet */

    SonoFeedLane *lanes; /* as they were drawn last */
    int n_lanes, cap_lanes;
    ScenePace pace;

    SonoPreview *previews; /* of a frame */
    size_t cap_previews;
    bool previewing;        /* the operation on the selection */
    uint64_t previewing_of; /* the selection's revision when that began: another one ends it */
    SonoMask previewed;     /* mask of that */
    uint64_t previewed_as;  /* revision of the selection that it was made from */
    double previewed_ms, previewed_hz;
};

/* Pairs view, selection and options with the context, for a tool to look at. */
void scene_meet_context(SonoScene *scene);
/* The operation on the selection, as it would be applied. False: nothing to show. */
bool scene_selection_preview(SonoScene *scene, SonoPreview *out);
/* The selection in a lane, or the rectangle a tool shows in its place; NULL: none. */
const SonoMask *scene_selection_in(const SonoScene *scene, int lane);
extern const float scene_background_rgb[3];
/* Lists for so many lanes; those of lanes that are gone are emptied. Errors: NOMEM. */
SonoStatus scene_reserve_lanes(SonoScene *scene, int n, SonoError *err);
