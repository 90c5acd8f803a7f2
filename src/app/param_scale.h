/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parameter as a position on a slider and as text. Ranges over decades of Hz or ms are logarithmic; those from 0 are
 * cubic, so that small values have room. */
#pragma once
#include <glib.h>

#include "sono_params.h"

/* 0..1; a value outside the range counts as its end. */
double param_scale_position(const SonoParamDesc *desc, double value);
/* The round number nearest to a position. */
double param_scale_value(const SonoParamDesc *desc, double position);
/* A value some steps up or down, within the range. A step is a round part of the range, or of the value. */
double param_scale_step(const SonoParamDesc *desc, double value, double n_steps);
/* "-12.0 dB", "60.0 ms", "1.20 kHz", "hann", "on". Caller frees. */
char *param_scale_text(const SonoParamDesc *desc, double value);
/* What param_scale_text wrote, or a user: "-12", "-12 dB", "1,2 kHz", "0.5 s" for ms, "80 %" of a part. Errors:
 * INVALID, RANGE name the parameter by its title. */
SonoStatus param_scale_parse(const SonoParamDesc *desc, const char *text, double *value, SonoError *err);
