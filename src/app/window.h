/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window from the inside: what its files share. window.c makes the widgets, window_news.c hears the editor,
 * window_file.c writes files and closes, window_keys.c says whose keys are whose,
 * window_listen.c is what is heard, window_transform.c what the picture is made with, window_options.c follows the
 * settings, window_state.c shows what is so, actions_*.c hold the commands. Main thread, but where said. */
#pragma once
#include "sono_app.h"
#include "sono_follow.h"
#include "sono_listener.h"
#include "sono_panels.h"
#include "sono_toasts.h"
#include "transform_choice.h"
#include "transport.h"

/* A file to be written. Only one is written at a time, and none while edits are being committed. */
typedef struct WindowSave {
    SonoSavingKind kind;
    char *path;
} WindowSave;

typedef enum WindowClosing {
    CLOSING_NOT,
    CLOSING_ASKS,       /* about unsaved changes */
    CLOSING_WHEN_SAVED, /* a file is being written */
    CLOSING_NOW         /* all is said */
} WindowClosing;

typedef struct WindowFile {
    SonoEditor *editor; /* NULL while empty */
    SonoRecovery *recovery;
    char *path;           /* of the sound that was opened; NULL while empty */
    char *saved_path;     /* where it was saved last, or NULL */
    SonoEditScript later; /* edits to queue when the sound is there */
    char *later_of;       /* the recovery file they were taken from, or NULL */
    GQueue saves;         /* WindowSave: the first is being written if saving */
    gboolean saving;
    WindowClosing closing;
    SonoViewState like; /* the view when the file was opened, and the feed: for the loading thread */
    SonoTileFeed *feed;
    TransformChoice like_transform; /* likewise for that thread */
    SonoPlan *_Atomic opened_plan;  /* that it has built of it, to be taken; or NULL */
    int wake_pending;               /* atomic */
} WindowFile;

/* What the picture is made with. */
#define WINDOW_NO_PRESET "custom" /* state of win.preset when the choice is no preset */
typedef struct PlanBuild PlanBuild;
typedef struct WindowTransform {
    TransformChoice choice; /* of the settings */
    SonoPlan *plan;         /* of the picture; NULL: no sound yet */
    char *error;            /* why the choice cannot be shown, or NULL */
    PlanBuild *build;       /* under way, or NULL */
    gboolean again;         /* the choice has changed since that began */
    guint timer;            /* until a choice that may change again is built */
    double rate_hz;         /* of the sound; 0: none */
    gint64 n_frames;
} WindowTransform;

/* What the window hears, and what it was told last. */
typedef struct WindowListening {
    SonoListener *listener;
    SonoListenState state; /* at the last poll */
    SonoFollow follow;
    uint64_t revision; /* of the sound that it has; 0: none yet */
    size_t n_applied;  /* edits in it */
    gboolean comparing, knows_selection;
    uint64_t selection_revision; /* that the listener knows, with these feathers */
    double feather_ms, feather_hz;
    SonoChannelMode mode;
    uint8_t muted[SONO_MAX_CHANNELS / 8], solo[SONO_MAX_CHANNELS / 8]; /* bit c: channel c */
    gboolean meters_move, has_run;                                     /* has_run: the device did since it was opened */
    guint tick, timer;                                                 /* while something moves */
    int wake_pending;                                                  /* atomic */
} WindowListening;

struct _SonoWindow {
    GtkApplicationWindow parent_instance;
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoSettings *settings;
    SonoSpeaker *speaker; /* NULL once disposed */
    WindowFile file;
    WindowListening listening;
    WindowTransform transform;
    SonoCanvas *canvas; /* NULL once disposed */
    SonoStage *stage;
    SonoToasts *toasts;
    SonoInspector *inspector;
    SonoStatusBar *status_bar;
    SonoTransport *transport;
    GtkWidget *volume;
    GtkWidget *paned;                                                          /* stage and inspector */
    GtkWidget *content, *welcome, *name, *info, *menu_button, *display_button; /* of the template */
    GMenu *presets;                                                            /* likewise, in its menu */
    gboolean by_mouse;    /* what was done in the window last was done with the mouse */
    gulong paned_handler; /* until the width of the inspector is set */
    guint tasks_source;
    gint64 space_us; /* when the space bar went down, or repeated, last; 0: it is up */
};

/* ---- window.c ---- */
SonoScene *window_scene(SonoWindow *w);       /* NULL once disposed */
SonoDocument *window_document(SonoWindow *w); /* NULL until the sound is there */
/* The scene was changed: draw, and tell the panels. */
void window_refresh(SonoWindow *w);

/* ---- window_state.c ---- */
/* Title, what can be done now, and the same as the state of win.status. */
void window_update(SonoWindow *w);
void window_set_state(SonoWindow *w, const char *action, GVariant *state);

/* ---- window_news.c ---- */
/* All that is news now. What takes edits back calls it before more are queued, so that the picture takes back the same.
 */
void window_hear(SonoWindow *w);
void window_start(SonoWindow *w, const char *path);
/* Edits that come from nowhere near the pointer: queue one and show it. FALSE: the user was told why not. */
gboolean window_queue(SonoWindow *w, const SonoEdit *edit);
/* The scene shows the edit already: queue it. */
void window_commit(SonoWindow *w, const SonoEdit *edit);

/* ---- window_file.c ---- */
void window_save(SonoWindow *w, SonoSavingKind kind, const char *path);
/* Ask where to, and then. */
void window_save_as(SonoWindow *w, SonoSavingKind kind);
/* Start the next if none is being written. */
void window_save_next(SonoWindow *w);
void window_saved(SonoWindow *w, const SonoEditorNews *news);
gboolean window_on_close_request(SonoWindow *w);
void window_close_file(SonoWindow *w);

/* ---- window_keys.c ---- */
/* Once all parts are there. */
void window_watch_keys(SonoWindow *w);

/* ---- window_listen.c ---- */
/* Once all parts are there; and before they go. */
void window_listen_start(SonoWindow *w);
void window_listen_end(SonoWindow *w);
/* Something has changed in the player, the listener or what they were told: show it, and follow it while it plays. */
void window_listen_poll(SonoWindow *w);
/* The editor has news. */
void window_listen_hear(SonoWindow *w, const SonoEditorNews *news);
void window_listen_follow_settings(SonoWindow *w);
/* Before anything is played: this window does, with the selection as it is now. */
void window_listen_take(SonoWindow *w);
/* Which channels are heard has changed. */
void window_listen_show_channels(SonoWindow *w);
SonoPlayMix window_listen_mix(const SonoWindow *w);

/* ---- window_transform.c ---- */
/* The choice, or the concert pitch, has changed. */
void window_transform_follow_settings(SonoWindow *w);
/* The plan for pictures of this sound, now (borrowed); a better one may come. NULL: there is none. */
const SonoPlan *window_transform_plan(SonoWindow *w, double rate_hz, gint64 n_frames, SonoError *err);
gboolean window_transform_is_pending(const SonoWindow *w);
/* There is no sound any more. */
void window_transform_forget_sound(SonoWindow *w);
/* A file is about to be opened; and (loading thread) its sound is known: the plan for a first picture, or NULL. */
void window_transform_opening(SonoWindow *w);
SonoPlan *window_transform_opened(SonoWindow *w, double rate_hz, gint64 n_frames);
/* Say what a new edit is to be made with. */
void window_transform_edit(SonoWindow *w, SonoEdit *edit);
void window_transform_end(SonoWindow *w);

/* ---- window_options.c ---- */
/* Take over all settings and follow them from now on. */
void window_follow_settings(SonoWindow *w);
/* The picture's levels, into scene and settings. */
void window_set_range(SonoWindow *w, double floor_db, double ceiling_db);
/* What was changed by hand in the view (the levels, the channels) to settings and actions. */
void window_note_view(SonoWindow *w);
/* Parameter of the chosen operation. Errors: as sono_params_set. */
SonoStatus window_set_param(SonoWindow *w, const char *name, double value, SonoError *err);

/* ---- actions.c ---- */
/* Each file of commands adds its own. */
void window_add_actions(SonoWindow *w);
void window_add_file_actions(SonoWindow *w);
void window_add_edit_actions(SonoWindow *w);
void window_add_tool_actions(SonoWindow *w);
void window_add_view_actions(SonoWindow *w);
void window_add_transform_actions(SonoWindow *w);
void window_add_listen_actions(SonoWindow *w);
/* Keys with Ctrl, and function keys; once for the application. */
void window_set_accels(GtkApplication *app);
