/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every plan over frequency must satisfy, whatever it was built from. */
#pragma once
#include "sono_test.h"

#include "sono_transform.h"

/* params as in sono_params_parse() */
SonoPlan *bands_build(const char *transform, const char *params, double rate_hz, int64_t n_frames);

/* Slice windows sum to 1, and synthesis keeps them. */
void bands_check_slices(const SonoPlan *plan, const char *label);
/* Atoms, duals, bounds, slices, rows, and the same of the plan that pictures are made with. */
void bands_check_plan(const SonoPlan *plan, const char *label);
