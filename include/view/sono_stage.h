/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoStage: everything that shows the sound, laid out: overview on top, waveform lane, time ruler, then frequency
 * ruler, canvas and colour bar. The parts follow the canvas's signals and change its scene. Main thread.
 * Over all of it lie the play cursor and the playhead; to the right are the meters.
 * Properties: "show-overview", "show-waveform", "show-meters" (boolean, TRUE); "note-grid", "piano" (boolean, FALSE);
 * "waveform-height" (int, px; the edge below the waveform can be dragged, moved by arrow keys, and put back by a double
 * click). */
#pragma once
#include "sono_canvas.h"
#include "sono_meter_bars.h"
#include "sono_peaks_feed.h"
#include "sono_readout.h"

#define SONO_TYPE_STAGE (sono_stage_get_type())
G_DECLARE_FINAL_TYPE(SonoStage, sono_stage, SONO, STAGE, GtkWidget)

GtkWidget *sono_stage_new(SonoEngine *engine);
SonoCanvas *sono_stage_canvas(SonoStage *stage);
/* The sound for waveform and overview: what is known so far of end_s seconds. NULL: none. */
void sono_stage_set_waveform(SonoStage *stage, const SonoClip *clip, double end_s);
/* Where playing begins, and what is heard now (NAN: nothing), in seconds. */
void sono_stage_set_play(SonoStage *stage, double cursor_s, double head_s);
SonoMeterBars *sono_stage_meters(SonoStage *stage);
/* Which channels are muted and which are heard alone: bit c of byte c / 8. */
void sono_stage_set_heard(SonoStage *stage, const guint8 *muted, const guint8 *solo, gsize n_bytes);
/* How rulers and readouts write. */
void sono_stage_set_formats(SonoStage *stage, SonoTimeFormat time, SonoFreqFormat freq);
