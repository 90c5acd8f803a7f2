/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the canvas share: its parts are canvas.c (the widget and its signals), canvas_gl.c (drawing),
 * canvas_input.c (pointing devices), canvas_keys.c (the keyboard), canvas_overlay.c (what is drawn over a picture made
 * without OpenGL) and canvas_describe.c (words for assistive technology). */
#pragma once
#include "frame_log.h"
#include "frame_pace.h"
#include "sono_canvas.h"

/* What listeners were told last. */
typedef struct CanvasSeen {
    SonoViewState view;
    const SonoTool *tool;
    guint64 selection_revision, clip_revision, plan_key;
} CanvasSeen;

typedef struct CanvasInput {
    GtkGesture *drag;  /* of the tool: first button, one finger, the pen's tip */
    SonoPointer last;  /* of the drag that is under way */
    SonoPointer hover; /* last place without a button */
    gboolean is_down, is_panning;
    double pan_x_px, pan_y_px;                  /* how far a pan has come */
    double pinch_scale, pinch_x_px, pinch_y_px; /* likewise a pinch */
    guint32 press_ms;                           /* the last press, for double clicks */
    double press_x_px, press_y_px;
    int n_press;
    guint follow_tick;  /* the view follows a drag outside; 0: it does not */
    gint64 followed_us; /* frame in which it did last; 0: none */
} CanvasInput;

/* Keys that are down and lend a tool (or show the original), the latest last. */
#define CANVAS_MAX_HELD 4
typedef struct CanvasHeldKey {
    guint keycode;
    const SonoTool *tool; /* NULL: the original is shown */
    gboolean chooses;     /* a short press without a drag chooses the tool */
    gboolean used;        /* something was dragged meanwhile */
    gint64 since_us;
} CanvasHeldKey;

typedef struct CanvasKeys {
    CanvasHeldKey held[CANVAS_MAX_HELD];
    guint n_held;
    gboolean shows_original;
    GtkWindow *window; /* whose loss of focus gives all back; weak */
    gulong window_handler;
} CanvasKeys;

/* What the last frame was, to be told after it. */
typedef struct CanvasDrawn {
    guint idle;
    gboolean settled, again;
    char *notice; /* or NULL */
} CanvasDrawn;

typedef struct CanvasShot CanvasShot;

struct _SonoCanvas {
    GtkWidget parent_instance;
    GtkWidget *area, *picture, *menu;
    SonoScene *scene;
    CanvasShot *shot;       /* NULL but where GTK draws with cairo */
    SonoRenderer *renderer; /* NULL when not realized, or without OpenGL */
    gboolean settled, no_gl;
    int wake_pending; /* atomic */
    CanvasSeen seen;
    CanvasDrawn drawn;
    FramePace pace;
    FrameLog log;
    guint still_timer, resize_idle;
    const char *cursor; /* its name */
    CanvasInput input;
    CanvasKeys keys;
    double hint_hz;    /* NAN: none */
    GdkTexture *marks; /* the selection, without OpenGL; NULL: none */
    guint describe_timer;
    gboolean describe_again;
};

/* canvas.c */
/* Several events that belong to one frame: listeners are told once. */
void canvas_point_all(SonoCanvas *c, const SonoPointer *pointers, gsize n);
void canvas_notice(SonoCanvas *c, const char *line);
void canvas_set_settled(SonoCanvas *c, gboolean settled);
/* The place under the pointer, or what is there, has changed. */
void canvas_pointed(SonoCanvas *c);
/* What can be done with the selection, at a place. */
void canvas_open_menu(SonoCanvas *c, double x_px, double y_px);

/* canvas_gl.c: the area's handlers; a frame as soon as possible (and, without OpenGL, a new picture if asked). */
void canvas_on_realize(GtkGLArea *area, SonoCanvas *c);
void canvas_on_unrealize(GtkGLArea *area, SonoCanvas *c);
gboolean canvas_on_render(GtkGLArea *area, GdkGLContext *context, SonoCanvas *c);
GdkGLContext *canvas_on_create_context(GtkGLArea *area, SonoCanvas *c);
void canvas_draw_again(SonoCanvas *c, gboolean new_picture);
/* A tile or a picture has come. */
void canvas_landed(SonoCanvas *c);
/* The view moves now: frames may be coarse for a moment. */
void canvas_moved(SonoCanvas *c);

/* canvas_shot.c */
/* The area has been drawn, and is still bound: keep a copy if GTK draws with cairo. */
void canvas_shot_take(SonoCanvas *c);
void canvas_shot_drop(SonoCanvas *c);
/* FALSE: the area's own texture is to be drawn. */
gboolean canvas_shot_snapshot(SonoCanvas *c, GtkSnapshot *snapshot);

/* canvas_input.c */
void canvas_input_init(SonoCanvas *c);
/* End the drag without effect; FALSE: there is none. */
gboolean canvas_cancel_drag(SonoCanvas *c);
/* The view follows a selecting drag that has left it, also while the pointer rests there. */
void canvas_follow_drag(SonoCanvas *c, const SonoPointer *pointer);
/* A wheel's steps. */
void canvas_scroll(SonoCanvas *c, double dx, double dy, GdkModifierType held);
/* A drag that is under way hears of modifiers that come and go. */
void canvas_set_modifiers(SonoCanvas *c, GdkModifierType held);
/* What a device said, as the scene takes it. tool NULL: a mouse or a finger; has_pressure FALSE: full pressure. */
SonoPointer canvas_pointer(SonoPointerKind kind, double x_px, double y_px, GdkModifierType held,
                           const GdkDeviceToolType *tool, gboolean has_pressure, double pressure);

/* canvas_keys.c */
void canvas_keys_init(SonoCanvas *c);
/* The keys that are down are used for a drag. */
void canvas_keys_used(SonoCanvas *c);
/* Give back what keys have lent. */
void canvas_keys_release_all(SonoCanvas *c);
void canvas_keys_watch_window(SonoCanvas *c, GtkWindow *window); /* NULL: none */

/* canvas_overlay.c: over a picture without OpenGL. */
void canvas_overlay_snapshot(SonoCanvas *c, GtkSnapshot *snapshot);

/* canvas_describe.c: update what assistive technology is told, soon. */
void canvas_describe(SonoCanvas *c);
void canvas_describe_stop(SonoCanvas *c);
