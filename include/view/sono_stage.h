/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoStage: everything that shows the sound, laid out: overview on top, waveform lane, time ruler, then frequency
 * ruler, canvas and colour bar. The parts follow the canvas's signals and change its scene. Main thread.
 * Properties: "show-overview", "show-waveform" (boolean, TRUE); "waveform-height" (int, px; the edge below the waveform
 * can be dragged, moved by arrow keys, and put back by a double click). */
#pragma once
#include "sono_canvas.h"
#include "sono_peaks_feed.h"
#include "sono_readout.h"

#define SONO_TYPE_STAGE (sono_stage_get_type())
G_DECLARE_FINAL_TYPE(SonoStage, sono_stage, SONO, STAGE, GtkWidget)

GtkWidget *sono_stage_new(SonoEngine *engine);
SonoCanvas *sono_stage_canvas(SonoStage *stage);
/* The sound for waveform and overview: what is known so far of end_s seconds. NULL: none. */
void sono_stage_set_waveform(SonoStage *stage, const SonoClip *clip, double end_s);
/* How rulers and readouts write. */
void sono_stage_set_formats(SonoStage *stage, SonoTimeFormat time, SonoFreqFormat freq);
