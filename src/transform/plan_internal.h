/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that build plans share. */
#pragma once
#include "sono_plan.h"

/* A plan with room for its tables, refs 1, key set from transform, params and rate. */
SonoStatus sono_plan_alloc(const char *transform, const SonoParams *params, size_t n_params, double rate_hz,
                           int32_t n_atoms, size_t n_taps, SonoPlan **out, SonoError *err);
