/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The selection as seen along time: the spans in which anything is selected. Pure but for *out. Thread: any. */
#pragma once
#include "sono_selection.h"

#define LANE_MAX_SPANS 64

typedef struct LaneTimes {
    int n;
    struct {
        double t0_s, t1_s;
    } spans[LANE_MAX_SPANS]; /* ascending, apart */
} LaneTimes;

/* A shape that subtracts takes time away only where it reaches over all frequencies, up to nyquist_hz. Selections too
 * complicated to be told apart on a ruler (more than 256 shapes, or spans than fit) are one span. */
void lane_times(const SonoSelection *selection, double end_s, double nyquist_hz, LaneTimes *out);
