/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renders masks at the centres of pixels and finds their outline. */
#include "mask_pixels.h"

#include "sono_hash.h"
#include "sono_mem.h"

#include <math.h>
#include <string.h>

#define MARGIN_PX 2.0 /* room for the outline */

/* First and last pixel of a span, cut to [0, size]. */
static void span_px(double lo, double hi, int size, int *first, int *end)
{
    const double a = fmin(fmax(floor(lo - MARGIN_PX), 0.0), size); /* infinite ends are cut, too */
    const double b = fmin(fmax(ceil(hi + MARGIN_PX), 0.0), size);
    *first = (int)a;
    *end = (int)fmax(a, b);
}

MaskBox mask_pixels_box(const SonoMask *mask, const SonoRenderView *view)
{
    MaskBox box = {0};
    if (mask->n_shapes == 0) {
        return box;
    }
    const SonoRegion r = sono_mask_bounds(mask);
    span_px((r.t0_s - view->t0_s) / view->s_per_px, (r.t1_s - view->t0_s) / view->s_per_px, view->width_px, &box.x0,
            &box.x1);
    const double top_hz = fmin(r.f1_hz, 2.0 * view->axis.f1_hz);
    const double low_hz = fmin(fmax(r.f0_hz, 1e-3), 2.0 * view->axis.f1_hz); /* a logarithm has no place for 0 */
    const double low = r.f0_hz <= 0.0 ? -1.0 : sono_freq_axis_position(&view->axis, low_hz);
    const double high = sono_freq_axis_position(&view->axis, fmax(top_hz, 1e-3));
    span_px(low * view->height_px, high * view->height_px, view->height_px, &box.y0, &box.y1);
    if (box.x0 == box.x1 || box.y0 == box.y1) {
        box = (MaskBox){0};
    }
    return box;
}

static double row_hz(const SonoRenderView *view, double row)
{
    return sono_freq_axis_hz(&view->axis, row / view->height_px);
}

SonoStatus mask_pixels_render(const SonoMask *mask, const SonoRenderView *view, MaskBox box, bool fit, float **weights,
                              SonoError *err)
{
    const size_t n_columns = (size_t)(box.x1 - box.x0);
    const size_t n_rows = (size_t)(box.y1 - box.y0);
    double *time_s = sono_calloc(n_columns, sizeof *time_s);
    double *freq_hz = sono_calloc(n_rows, sizeof *freq_hz);
    float *out = sono_alloc_aligned(n_columns, n_rows * sizeof *out);
    SonoStatus status =
        time_s && freq_hz && out
            ? SONO_OK
            : sono_fail(err, SONO_E_NOMEM, "no memory for a mask of %zu x %zu pixels", n_columns, n_rows);
    if (status == SONO_OK) {
        for (size_t x = 0; x < n_columns; x++) {
            time_s[x] = view->t0_s + (box.x0 + (double)x + 0.5) * view->s_per_px;
        }
        for (size_t y = 0; y < n_rows; y++) {
            freq_hz[y] = row_hz(view, box.y0 + (double)y + 0.5);
        }
        const double middle = 0.5 * (box.y0 + box.y1);
        const SonoMaskFit as_it_is = {0.0, 0.0, INFINITY, 0.0};
        const SonoMaskFit pixel = {view->s_per_px, row_hz(view, middle + 0.5) - row_hz(view, middle - 0.5), INFINITY,
                                   0.0};
        status =
            sono_mask_render_fit(mask, fit ? pixel : as_it_is, time_s, n_columns, freq_hz, n_rows, out, n_rows, err);
    }
    sono_free(time_s);
    sono_free(freq_hz);
    if (status != SONO_OK) {
        sono_free(out);
        return status;
    }
    *weights = out;
    return SONO_OK;
}

/* Marks of a column; whether any pixel is inside; from whether the pixels in it and beside it are inside. above, below:
 * the same column, shifted. */
static bool mark_column(const float *restrict own, const float *restrict left, const float *restrict right, int n,
                        uint8_t *restrict codes)
{
    int any = 0;
    for (int y = 0; y < n; y++) {
        const int up = y + 1 < n ? y + 1 : y;
        const int down = y > 0 ? y - 1 : y;
        const int in = own[y] >= 0.5f;
        const int around = (left[y] >= 0.5f) + (right[y] >= 0.5f) + (own[up] >= 0.5f) + (own[down] >= 0.5f);
        const int inside = around == 4 ? MARK_NONE : MARK_LIGHT;
        const int outside = around > 0 ? MARK_DARK : MARK_DIM;
        codes[y] = (uint8_t)(in ? inside : outside);
        any |= in;
    }
    return any != 0;
}

bool mask_pixels_marks(const float *weights, int n_columns, int n_rows, uint8_t *codes)
{
    bool any = false;
    const size_t n = (size_t)n_rows;
    for (int x = 0; x < n_columns; x++) {
        const float *own = weights + (size_t)x * n;
        any =
            mark_column(own, x > 0 ? own - n : own, x + 1 < n_columns ? own + n : own, n_rows, codes + (size_t)x * n) ||
            any;
    }
    return any;
}

uint64_t mask_hash_view(const SonoRenderView *view)
{
    const double geometry[] = {view->t0_s,
                               view->s_per_px,
                               view->axis.f0_hz,
                               view->axis.f1_hz,
                               (double)view->axis.scale,
                               (double)view->width_px,
                               (double)view->height_px};
    return sono_hash(geometry, sizeof geometry, SONO_HASH_SEED);
}

uint64_t mask_hash(const SonoMask *mask, uint64_t seed)
{
    uint64_t hash = seed;
    for (size_t i = 0; i < mask->n_shapes; i++) {
        const SonoShape *s = &mask->shapes[i];
        const SonoBrush *b = &s->brush;
        const double fields[] = {(double)s->kind, (double)s->combine,  s->box.t0_s,         s->box.t1_s,
                                 s->box.f0_hz,    s->box.f1_hz,        s->feather_ms,       s->feather_hz,
                                 b->radius_ms,    b->radius_hz,        b->radius_oct,       b->hardness,
                                 b->flow,         b->pressure_to_size, b->pressure_to_flow, (double)s->n_points};
        hash = sono_hash(fields, sizeof fields, hash);
        if (s->n_points > 0) {
            hash = sono_hash(s->points, s->n_points * sizeof *s->points, hash);
        }
    }
    return hash;
}

uint64_t mask_pixels_hash(const SonoMask *mask, const SonoRenderView *view)
{
    return mask_hash(mask, mask_hash_view(view));
}
