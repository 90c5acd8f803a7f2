/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks of axes: round values, labels that do not touch. */
#pragma once
#include <stddef.h>

#include "sono_freq_axis.h"

#define MAX_TICKS 128

typedef struct Tick {
    double value;
    char label[24]; /* empty: a minor tick */
} Tick;

typedef struct TickList {
    Tick ticks[MAX_TICKS];
    size_t n;
    const char *title; /* of the axis, with its unit */
} TickList;

/* min_px: least distance of labels along the axis of length_px. */
void ticks_time(double t0_s, double t1_s, double length_px, double min_px, TickList *out);
void ticks_freq(const SonoFreqAxis *axis, double length_px, double min_px, TickList *out);
void ticks_level(double floor_db, double ceiling_db, double length_px, double min_px, TickList *out);
