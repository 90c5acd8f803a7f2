/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A canvas with a sound in a window of its own, for tests inside one process on a real display: keys and pointer come
 * from xdotool, so what the toolkit does with them is tested too. */
#pragma once
#include "sono_test.h"

#include "sono_canvas.h"

#define UI_RATE 48000
#define UI_SECONDS 4.0

typedef struct UiFixture {
    SonoEngine *engine;
    SonoPcmStore *store;
    SonoClip *clip;
    SonoPlan *plan;
    GtkWindow *window; /* an application window; its actions write into actions */
    GtkWidget *entry;
    SonoCanvas *canvas;
    GString *actions; /* "brush-smaller;tool=box;" */
    GString *notices;
    SonoEdit edit; /* the last one */
    int n_edits, n_view, n_selection, n_tool, n_pointed;
} UiFixture;

/* engine, sound, canvas; fills the window with what make_content gives (NULL: canvas and an entry), shows it and waits
 * until it is active. */
void ui_open(UiFixture *f, GtkWidget *(*make_content)(UiFixture *f));
void ui_close(UiFixture *f);

/* Run the main loop until done(f), at most 20 s (else the test fails); or for some time. */
void ui_wait(UiFixture *f, gboolean (*done)(UiFixture *f), const char *what);
void ui_run_ms(guint ms);
/* xdotool with these arguments. */
void ui_xdotool(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Move the mouse to a place of a widget. */
void ui_mouse_to(UiFixture *f, GtkWidget *widget, double x_px, double y_px);
gboolean ui_is_settled(UiFixture *f);
/* What actions have been asked for since the last call; valid until the next. */
const char *ui_take_actions(UiFixture *f);
