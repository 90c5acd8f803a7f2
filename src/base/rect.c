/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_rect.h"

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
static double min_d(double a, double b)
{
    return a < b ? a : b;
}
static double max_d(double a, double b)
{
    return a > b ? a : b;
}

SonoSpan sono_span_intersect(SonoSpan a, SonoSpan b)
{
    const int64_t start = max64(a.start_frame, b.start_frame);
    const int64_t end = min64(sono_span_end(a), sono_span_end(b));
    return (SonoSpan){start, max64(0, end - start)};
}

SonoSpan sono_span_union(SonoSpan a, SonoSpan b)
{
    if (a.n_frames <= 0) {
        return b;
    }
    if (b.n_frames <= 0) {
        return a;
    }
    const int64_t start = min64(a.start_frame, b.start_frame);
    return (SonoSpan){start, max64(sono_span_end(a), sono_span_end(b)) - start};
}

SonoRegion sono_region_union(SonoRegion a, SonoRegion b)
{
    if (sono_region_is_empty(a)) {
        return b;
    }
    if (sono_region_is_empty(b)) {
        return a;
    }
    return (SonoRegion){min_d(a.t0_s, b.t0_s), max_d(a.t1_s, b.t1_s), min_d(a.f0_hz, b.f0_hz), max_d(a.f1_hz, b.f1_hz)};
}

SonoRegion sono_region_intersect(SonoRegion a, SonoRegion b)
{
    SonoRegion r = {max_d(a.t0_s, b.t0_s), min_d(a.t1_s, b.t1_s), max_d(a.f0_hz, b.f0_hz), min_d(a.f1_hz, b.f1_hz)};
    r.t1_s = max_d(r.t0_s, r.t1_s);
    r.f1_hz = max_d(r.f0_hz, r.f1_hz);
    return r;
}
