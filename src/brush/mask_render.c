/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mask -> weights on a grid. Places are differenced in double and handed to the shared bodies as floats in units of
 * radius or feather, so a cell's weight depends on its own time and frequency only: any part of a grid renders to the
 * same bits as the whole. Only cells within a shape's reach are visited. */
#include "brush_internal.h"

#include "dialect_c.h"
#include "math.kernel.h"

#include "brush/dab.kernel.h"

#include "sono_mem.h"

#include <string.h>

typedef struct Grid {
    const double *time_s, *freq_hz;
    size_t n_cols, n_rows;
    double *log2_hz; /* of every row, when some stroke is in octaves; -inf at 0 Hz */
    float *weights;
    size_t pitch;
    SonoMaskFit fit;
} Grid;

typedef struct Cells {
    size_t c0, c1, r0, r1; /* half-open */
} Cells;

/* First index whose value is >= x. */
static size_t lower_bound(const double *v, size_t n, double x)
{
    size_t lo = 0;
    while (n > 0) {
        const size_t half = n / 2;
        if (v[lo + half] < x) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

/* Cells inside a reach (its ends included: they weigh 0). */
static Cells cells_within(const Grid *grid, const SonoRegion *reach)
{
    Cells cells = {
        .c0 = lower_bound(grid->time_s, grid->n_cols, reach->t0_s),
        .c1 = lower_bound(grid->time_s, grid->n_cols, reach->t1_s),
        .r0 = lower_bound(grid->freq_hz, grid->n_rows, reach->f0_hz),
        .r1 = lower_bound(grid->freq_hz, grid->n_rows, reach->f1_hz),
    };
    cells.c1 = cells.c1 < cells.c0 ? cells.c0 : cells.c1;
    cells.r1 = cells.r1 < cells.r0 ? cells.r0 : cells.r1;
    return cells;
}

/* distance / unit as float; beyond some units all weights are the same and the quotient need not fit a float. A unit
 * that rounded to 0 holds nothing (0 / 0 is no weight). */
static float in_units(double distance, double unit)
{
    const double x = distance / unit;
    return (float)(x > 4.0 ? 4.0 : x > -4.0 ? x : -4.0);
}

/* Weight of one axis of a box: lo and hi edge. */
static float edges(double x, double lo, double hi, double feather)
{
    if (feather > 0.0) {
        return sono_edge_weight(in_units(x - lo, feather)) * sono_edge_weight(in_units(hi - x, feather));
    }
    return x >= lo && x < hi ? 1.0f : 0.0f;
}

static void combine_column(SonoCombine combine, const float *restrict shape, size_t n, float *restrict w)
{
    switch (combine) {
    case SONO_COMBINE_ADD:
        for (size_t r = 0; r < n; r++) {
            w[r] = SONO_KMAX(w[r], shape[r]);
        }
        break;
    case SONO_COMBINE_SUBTRACT:
        for (size_t r = 0; r < n; r++) {
            w[r] = SONO_KMIN(w[r], 1.0f - shape[r]);
        }
        break;
    case SONO_COMBINE_INTERSECT:
        for (size_t r = 0; r < n; r++) {
            w[r] = SONO_KMIN(w[r], shape[r]);
        }
        break;
    }
}

/* Outside an intersecting shape nothing remains. */
static void clear_outside(const Grid *grid, Cells keep)
{
    for (size_t c = 0; c < grid->n_cols; c++) {
        float *w = grid->weights + c * grid->pitch;
        if (c < keep.c0 || c >= keep.c1) {
            memset(w, 0, grid->n_rows * sizeof *w);
        } else {
            memset(w, 0, keep.r0 * sizeof *w);
            memset(w + keep.r1, 0, (grid->n_rows - keep.r1) * sizeof *w);
        }
    }
}

static SonoStatus render_box(const Grid *grid, const SonoShape *shape, Cells cells, SonoError *err)
{
    const size_t n = cells.r1 - cells.r0;
    float *rows = sono_alloc_aligned(n, sizeof *rows);
    float *column = sono_alloc_aligned(n, sizeof *column);
    SonoStatus status = SONO_OK;
    if (!rows || !column) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to render a mask of %zu rows", n);
        goto done;
    }
    const SonoRegion b = sono_box_fit(shape->box, grid->fit);
    const double low = b.f0_hz > 0.0 ? b.f0_hz : -INFINITY; /* a box from 0 Hz holds DC whole */
    const double high = b.f1_hz < grid->fit.top_hz ? b.f1_hz : INFINITY;
    for (size_t r = 0; r < n; r++) {
        rows[r] = edges(grid->freq_hz[cells.r0 + r], low, high, shape->feather_hz);
    }
    for (size_t c = cells.c0; c < cells.c1; c++) {
        const float t = edges(grid->time_s[c], b.t0_s, b.t1_s, shape->feather_ms * 1e-3);
        for (size_t r = 0; r < n; r++) {
            column[r] = t * rows[r];
        }
        combine_column(shape->combine, column, n, grid->weights + c * grid->pitch + cells.r0);
    }
done:
    sono_free(column);
    sono_free(rows);
    return status;
}

static void dab_column(float *restrict sum, const float *restrict v, size_t n, float u, float hardness, float opacity)
{
    for (size_t r = 0; r < n; r++) {
        sum[r] = sono_dab_over(sum[r], sono_dab_weight(u, v[r], hardness, opacity));
    }
}

/* Add a dab to sums[c - cells.c0][r - cells.r0]; v is scratch for one column. */
static void render_dab(const Grid *grid, const SonoDab *dab, Cells cells, float *sums, float *v)
{
    const SonoRegion reach = sono_dab_reach(dab);
    Cells own = cells_within(grid, &reach);
    own.c0 = own.c0 < cells.c0 ? cells.c0 : own.c0;
    own.c1 = own.c1 > cells.c1 ? cells.c1 : own.c1;
    own.r0 = own.r0 < cells.r0 ? cells.r0 : own.r0;
    own.r1 = own.r1 > cells.r1 ? cells.r1 : own.r1;
    if (own.c0 >= own.c1 || own.r0 >= own.r1) {
        return;
    }
    const size_t n = own.r1 - own.r0;
    if (dab->radius_oct > 0.0) {
        const double centre = log2(dab->f_hz);
        for (size_t r = 0; r < n; r++) {
            v[r] = in_units(grid->log2_hz[own.r0 + r] - centre, dab->radius_oct);
        }
    } else {
        for (size_t r = 0; r < n; r++) {
            v[r] = in_units(grid->freq_hz[own.r0 + r] - dab->f_hz, dab->radius_hz);
        }
    }
    const size_t rows = cells.r1 - cells.r0;
    for (size_t c = own.c0; c < own.c1; c++) {
        dab_column(sums + (c - cells.c0) * rows + (own.r0 - cells.r0), v, n,
                   in_units(grid->time_s[c] - dab->t_s, dab->radius_s), (float)dab->hardness, (float)dab->opacity);
    }
}

static SonoStatus render_stroke(const Grid *grid, const SonoShape *shape, Cells cells, SonoError *err)
{
    const size_t rows = cells.r1 - cells.r0;
    SonoDab *dabs = NULL;
    size_t n_dabs = 0;
    SonoStatus status = sono_stroke_dabs(&shape->brush, shape->points, shape->n_points, &dabs, &n_dabs, err);
    if (status != SONO_OK) {
        return status;
    }
    float *sums = sono_alloc_aligned(cells.c1 - cells.c0, rows * sizeof *sums);
    float *v = sono_alloc_aligned(rows, sizeof *v);
    if (!sums || !v) {
        status =
            sono_fail(err, SONO_E_NOMEM, "no memory to render a stroke on %zu x %zu cells", cells.c1 - cells.c0, rows);
        goto done;
    }
    for (size_t i = 0; i < n_dabs; i++) {
        sono_dab_fit(&dabs[i], grid->fit);
        render_dab(grid, &dabs[i], cells, sums, v);
    }
    for (size_t c = cells.c0; c < cells.c1; c++) {
        combine_column(shape->combine, sums + (c - cells.c0) * rows, rows, grid->weights + c * grid->pitch + cells.r0);
    }
done:
    sono_free(v);
    sono_free(sums);
    sono_free(dabs);
    return status;
}

static SonoStatus check_axis(const char *name, const double *v, size_t n, SonoError *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i]) || (i > 0 && !(v[i] > v[i - 1]))) {
            return sono_fail(err, SONO_E_INVALID, "%s of a mask's grid must be finite and ascending", name);
        }
    }
    return SONO_OK;
}

static SonoStatus fill_log2(const SonoMask *mask, Grid *grid, SonoError *err)
{
    bool wanted = false;
    for (size_t i = 0; i < mask->n_shapes; i++) {
        wanted = wanted || (mask->shapes[i].kind == SONO_SHAPE_STROKE && mask->shapes[i].brush.radius_oct > 0.0);
    }
    if (!wanted) {
        return SONO_OK;
    }
    grid->log2_hz = sono_alloc_aligned(grid->n_rows, sizeof *grid->log2_hz);
    if (!grid->log2_hz) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to render a mask of %zu rows", grid->n_rows);
    }
    for (size_t r = 0; r < grid->n_rows; r++) {
        grid->log2_hz[r] = grid->freq_hz[r] > 0.0 ? log2(grid->freq_hz[r]) : -INFINITY;
    }
    return SONO_OK;
}

SonoStatus sono_mask_render(const SonoMask *mask, const double *time_s, size_t n_cols, const double *freq_hz,
                            size_t n_rows, float *weights, size_t pitch, SonoError *err)
{
    return sono_mask_render_fit(mask, SONO_MASK_AS_IT_IS, time_s, n_cols, freq_hz, n_rows, weights, pitch, err);
}

SonoStatus sono_mask_render_fit(const SonoMask *mask, SonoMaskFit fit, const double *time_s, size_t n_cols,
                                const double *freq_hz, size_t n_rows, float *weights, size_t pitch, SonoError *err)
{
    Grid grid = {.time_s = time_s,
                 .freq_hz = freq_hz,
                 .n_cols = n_cols,
                 .n_rows = n_rows,
                 .weights = weights,
                 .pitch = pitch,
                 .fit = fit};
    if (pitch < n_rows) {
        return sono_fail(err, SONO_E_INVALID, "pitch of a mask's grid must be >= %zu, not %zu", n_rows, pitch);
    }
    SonoStatus status = check_axis("time_s", time_s, n_cols, err);
    status = status == SONO_OK ? check_axis("freq_hz", freq_hz, n_rows, err) : status;
    status = status == SONO_OK ? fill_log2(mask, &grid, err) : status;
    if (status != SONO_OK) {
        return status;
    }
    for (size_t c = 0; c < n_cols; c++) {
        memset(weights + c * pitch, 0, n_rows * sizeof *weights);
    }
    for (size_t i = 0; i < mask->n_shapes && status == SONO_OK; i++) {
        const SonoShape *shape = &mask->shapes[i];
        const SonoRegion reach = sono_shape_reach(shape, fit);
        const Cells cells = cells_within(&grid, &reach);
        if (shape->combine == SONO_COMBINE_INTERSECT) {
            clear_outside(&grid, cells);
        }
        if (cells.c0 == cells.c1 || cells.r0 == cells.r1) {
            continue;
        }
        status = shape->kind == SONO_SHAPE_BOX ? render_box(&grid, shape, cells, err)
                                               : render_stroke(&grid, shape, cells, err);
    }
    sono_free(grid.log2_hz);
    return status;
}
