/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the identity tests of plans over frequency share: plans from text, round trips, coefficients of neighbouring
 * slices added up. */
#pragma once
#include "sono_test.h"

#include "sono_backend.h"
#include "sono_ref.h"
#include "sono_transform.h"

SonoPlan *bands_plan(const char *transform, const char *params, double rate_hz, int64_t n_frames);
SonoBackend *bands_backend(const char *name, SonoJobs *jobs);

/* Noise between -0.5 and 0.5, a float's values; x[n] */
void bands_noise(double *x, int64_t n, uint64_t seed);

/* Signal over error, dB, of sound span -> coefficients -> sound. be NULL: the reference in double. */
double bands_round_trip_db(SonoBackend *be, const SonoPlan *plan, SonoSpan span, const double *x);

/* Coefficients of atom at frame nu L / n_fft (nu of any size and sign: its own index, not mod n_fft), those of all
 * given slices that cover the frame added: what the transform of the whole sound has there, but for what the slices'
 * windows cut off. c: rows of the slices. */
SonoCplxD bands_merged(const SonoPlan *plan, const SonoAtom *atom, SonoSlices slices, const SonoCplxD *c, int64_t nu);
