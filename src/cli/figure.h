/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A figure: spectrograms (one panel per channel, one above the other) with axes, colour bar and titles, as PNG bytes.
 */
#pragma once
#include <glib.h>

#include "sono_picture.h"

#define FIGURE_MAX_PANELS 8

typedef struct FigureLayout {
    int n_panels;
    int x, width_px, panel_height_px; /* of the spectrograms */
    int y[FIGURE_MAX_PANELS];         /* top of each */
} FigureLayout;

/* Places n_panels in a picture of the given size; false: it is too small. */
bool figure_layout(int width_px, int height_px, int n_panels, FigureLayout *out);

typedef struct Figure {
    int width_px, height_px;
    FigureLayout layout;
    double notes_a4_hz;                     /* > 0: the frequency axis has notes, of this tuning; else Hz */
    SonoPictureSpec spec;                   /* of every panel, but for the channel */
    const float *levels[FIGURE_MAX_PANELS]; /* from sono_picture_levels */
    const char *titles[FIGURE_MAX_PANELS];  /* clean UTF-8 */
} Figure;

/* Errors: NOMEM. */
SonoStatus figure_to_png(const Figure *figure, GByteArray *png, SonoError *err);
