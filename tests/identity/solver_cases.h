/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cases for the solver: a real clip, an intruder of a given level, and the mask a user would paint over it. */
#pragma once
#include "sono_test.h"

#include "sono_commit.h"

#define CASE_SECONDS 1.7
#define CASE_ONSET_S 0.4

typedef enum IntruderKind { INTRUDER_WHISTLE, INTRUDER_PHONE, INTRUDER_COUGH, N_INTRUDERS } IntruderKind;

extern const char *const intruder_names[N_INTRUDERS];

/* CASE_SECONDS from 0.3 s on of a file's first channel (short ones repeat), faded at both ends, rms 0.05. malloc'ed. */
float *case_read_clip(const char *path, int *rate_hz, int64_t *n_frames);

/* The intruder alone, n_frames from 0. Ends at *end_s. */
void case_fill_intruder(IntruderKind kind, int rate_hz, int64_t n_frames, float *x, double *end_s);

/* Mask of the cells of an STFT (4096 points; 2048 for the cough) in which the intruder is within 40 dB of its strongest
 * cell: one box per run of such cells, feathered over one cell. */
void case_add_footprint(SonoEngine *engine, IntruderKind kind, const float *intruder, int rate_hz, int64_t n_frames,
                        SonoMask *mask);

/* Energy of x under the edit's mask in the commit's own transform: sum of m |V x|^2. */
double case_masked_energy(SonoEngine *engine, const SonoEdit *edit, const float *x, int rate_hz, int64_t n_frames);

/* Level of the error (y - x) in the 120 ms before the mask, in the mask's band, over that of x around it, in dB. */
double case_pre_echo_db(SonoEngine *engine, SonoRegion mask, const float *x, const float *y, int rate_hz,
                        int64_t n_frames);

SonoClip *case_make_clip(const float *x, int rate_hz, int64_t n_frames);

/* Commit to x in place of a clip; y[n_frames]. */
void case_commit(SonoEngine *engine, const SonoEdit *edit, const float *x, int rate_hz, int64_t n_frames, float *y,
                 SonoCommitReport *report);
