/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools: what a pointer does on the canvas. A tool is one file src/render/tools/tool_<name>.c and one row in
 * src/render/tools/tools.def. Knows no toolkit. Thread: main. */
#pragma once
#include "sono_selection.h"
#include "sono_strokes.h"
#include "sono_view_state.h"

/* What all pointing devices come down to. Pixels are the canvas's. HOVER: moved without a button. DOWN, DRAG and UP
 * belong together; between them HOVER and LEAVE do not count; CANCEL (Escape, a lost grab) ends them without effect. */
typedef enum SonoPointerKind {
    SONO_POINTER_HOVER,
    SONO_POINTER_DOWN,
    SONO_POINTER_DRAG,
    SONO_POINTER_UP,
    SONO_POINTER_CANCEL,
    SONO_POINTER_LEAVE
} SonoPointerKind;

typedef struct SonoPointer {
    SonoPointerKind kind;
    double x_px, y_px;
    double pressure; /* 0..1; a mouse: 1 */
    bool eraser;     /* the pen's other end: paints with erase whatever the tool */
    bool shift, ctrl, alt;
    int n_press; /* DOWN: 1, 2 (double click) ... */
} SonoPointer;

typedef enum SonoCursor {
    SONO_CURSOR_ARROW,
    SONO_CURSOR_CROSS,
    SONO_CURSOR_NONE, /* the brush's outline is the cursor */
    SONO_CURSOR_GRAB,
    SONO_CURSOR_GRABBING,
    SONO_CURSOR_ZOOM,
    SONO_CURSOR_MOVE,
    SONO_CURSOR_SIZE_TIME,
    SONO_CURSOR_SIZE_FREQ,
    SONO_CURSOR_SIZE_FALLING, /* upper left to lower right */
    SONO_CURSOR_SIZE_RISING
} SonoCursor;

/* Directions, as bits. */
enum { SONO_ALONG_TIME = 1, SONO_ALONG_FREQ = 2 };

/* Which groups of settings the tool uses, for panels. */
enum { SONO_TOOL_HAS_OPERATION = 1, SONO_TOOL_HAS_BRUSH = 2, SONO_TOOL_HAS_SELECTION = 4 };

typedef struct SonoToolOptions {
    SonoBrush brush;
    double feather_ms, feather_hz; /* of selected boxes when an operation is applied */
    bool all_channels;             /* else the channel of the lane where the pointer went down */
    const SonoOperation *operation;
    SonoParams params; /* of the operation */
} SonoToolOptions;

/* What a tool may look at and change while it handles an event. CANCEL puts view and selection back and drops the
 * stroke before the tool hears of it. */
typedef struct SonoToolContext {
    SonoViewState *view;
    SonoSelection *selection;
    SonoStrokes *strokes;
    const SonoToolOptions *options;
    bool has_sound;                /* edits and selections are possible */
    SonoPointer down;              /* of the drag that is under way */
    int down_lane;                 /* lane it began in: it stays there */
    SonoViewState before;          /* view at DOWN */
    SonoSelection selected_before; /* selection at DOWN */
    SonoMask band;                 /* a rectangle to show instead of the selection, until UP */
    double state[16];              /* the tool's own, from DOWN to UP; zeros at DOWN */
    bool has_last_end;             /* last_end is meant: */
    SonoStrokePoint last_end;      /* of the stroke painted last */
    SonoEdit *edit;                /* to fill at UP when something was painted, and then */
    bool *edited;                  /* set */
} SonoToolContext;

typedef struct SonoTool {
    const char *name;  /* "brush" */
    const char *title; /* "Brush" */
    const char *tip;   /* one sentence */
    const char *icon;  /* icon name */
    char key;          /* lower case: chooses the tool, or lends it while held */
    unsigned has;      /* SONO_TOOL_HAS_... */
    unsigned scrolls;  /* SONO_ALONG_...: where the view follows a drag that leaves it */
    /* DOWN, DRAG, UP, CANCEL. */
    SonoStatus (*point)(SonoToolContext *context, const SonoPointer *pointer, SonoError *err);
    SonoCursor (*cursor)(const SonoToolContext *context, const SonoPointer *pointer, bool is_down);
} SonoTool;

extern const SonoTool *const sono_tools[]; /* NULL-ended, in the order of the tool bar; the first is the default */
const SonoTool *sono_tool_find(const char *name);
