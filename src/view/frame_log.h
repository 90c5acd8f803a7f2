/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log of input and frames, for measurements (SONO_FRAME_LOG, see docs/environment.md). Main thread. */
#pragma once
#include <glib.h>
#include <stdio.h>

#include "sono_scene.h"

typedef struct FrameLog {
    FILE *file; /* NULL: nothing is logged */
    double began_s, drawn_s;
    SonoSceneReport report;
    guint64 revision; /* of the sound that was drawn */
    guint n_inputs;   /* so far */
    gboolean drawn;   /* since the last line */
} FrameLog;

void frame_log_open(FrameLog *log);
void frame_log_close(FrameLog *log);
/* A pointer's event (what: "down", "drag", "up", "wheel" ...) was handled. */
void frame_log_input(FrameLog *log, const char *what);
/* The canvas was drawn, from began_s on ... */
void frame_log_drawn(FrameLog *log, double began_s, const SonoSceneReport *report, guint64 revision);
/* ... and now the frame with it was handed to the display. */
void frame_log_shown(FrameLog *log);
