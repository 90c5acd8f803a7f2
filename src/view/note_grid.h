/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faint lines on the notes, over the picture. Main thread. */
#pragma once
#include "sono_canvas.h"

#define SONO_TYPE_NOTE_GRID (sono_note_grid_get_type())
G_DECLARE_FINAL_TYPE(SonoNoteGrid, sono_note_grid, SONO, NOTE_GRID, GtkWidget)

/* Lies over the canvas and has its size. */
GtkWidget *sono_note_grid_new(SonoCanvas *canvas);
