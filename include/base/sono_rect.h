/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spans and rectangles on the two axes every layer shares: frames or seconds, and Hz. Half-open. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct SonoSpan {
    int64_t start_frame; /* may be negative: halos reach before the sound */
    int64_t n_frames;    /* >= 0 */
} SonoSpan;

typedef struct SonoRegion {
    double t0_s, t1_s;   /* t0_s <= t1_s */
    double f0_hz, f1_hz; /* f0_hz <= f1_hz */
} SonoRegion;

static inline int64_t sono_span_end(SonoSpan s)
{
    return s.start_frame + s.n_frames;
}
static inline bool sono_region_is_empty(SonoRegion r)
{
    return !(r.t1_s > r.t0_s && r.f1_hz > r.f0_hz);
}
/* Intersection (n_frames 0 when apart) and smallest span that holds both (an empty one is ignored). */
SonoSpan sono_span_intersect(SonoSpan a, SonoSpan b);
SonoSpan sono_span_union(SonoSpan a, SonoSpan b);
SonoRegion sono_region_union(SonoRegion a, SonoRegion b);
SonoRegion sono_region_intersect(SonoRegion a, SonoRegion b);
