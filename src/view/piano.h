/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Piano keys along the frequencies of every lane, each over its semitone. The pointer over a key, or the arrow keys,
 * show its note in the readout; a click, a drag over several or Return selects their band of frequencies. Main thread.
 */
#pragma once
#include "sono_canvas.h"

#define SONO_TYPE_PIANO (sono_piano_get_type())
G_DECLARE_FINAL_TYPE(SonoPiano, sono_piano, SONO, PIANO, GtkWidget)

GtkWidget *sono_piano_new(SonoCanvas *canvas);
