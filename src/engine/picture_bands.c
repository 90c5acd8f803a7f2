/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixel columns from a plan over frequency. A group goes through the slices that it shows, one after another. */
#include "picture_internal.h"

#include <math.h>

#include "sono_mem.h"

/* edge[n + 1] of the columns to pool: those of the pixels, or, where they are wider than pixels, of the plan. */
static SonoStatus pool_columns(const Painting *p, const int64_t *edge, BandColumns *cols, SonoError *err)
{
    BandPump pump = {0};
    SonoStatus status = band_pump_init(&pump, p->engine, p->raster, false)
                            ? SONO_OK
                            : sono_fail(err, SONO_E_NOMEM, "no memory to paint a spectrogram");
    const SonoSlices slices = band_slices(p->plan, 0, edge[0], edge[cols->n_cols]);
    cols->edge = edge;
    band_columns_reset(cols);
    for (int64_t m = slices.first; m < slices.first + slices.n && status == SONO_OK; m++) {
        for (int32_t g = 0; g < p->raster->n_groups && status == SONO_OK; g++) {
            status = band_pump_load(&pump, g, p->reader, p->spec->channel, m, err);
            if (status == SONO_OK) {
                band_pump_add(&pump, g, m, cols);
                band_pump_pass(&pump, g, m);
            }
        }
    }
    band_pump_free(&pump);
    return status;
}

/* Powers of column j, a full-scale sine having 1. */
static void column_power(const Painting *p, const BandColumns *cols, int32_t j, float *power)
{
    for (int32_t r = 0; r < cols->n_rows; r++) {
        const size_t at = (size_t)r * cols->stride + (size_t)j;
        const float pooled =
            cols->pool == BAND_MEAN_LEVEL ? cols->power[at] / fmaxf(cols->n[at], 1.0f) : cols->power[at];
        power[r] = fmaxf(pooled, 0.0f) * p->raster->power_scale[r];
    }
}

static void put_column(const Painting *p, int x, const float *row_db)
{
    for (int y = 0; y < p->spec->height_px; y++) {
        p->level_db[(size_t)y * (size_t)p->spec->width_px + (size_t)x] = row_db[y];
    }
}

static double pixel_centre(const Painting *p, int x)
{
    return picture_column_at(p, (picture_edge_s(p->spec, x) + picture_edge_s(p->spec, x + 1)) / 2);
}

/* Buffers of one group. */
typedef struct Scratch {
    BandColumns cols;
    int64_t *edge;
    float *power;  /* [n_rows], of one column */
    float *row_db; /* [2][height]: two neighbouring columns of the plan, where pixels are narrower */
} Scratch;

static SonoStatus paint_wide_columns(const Painting *p, Scratch *s, int x0, int x1, SonoError *err)
{
    for (int x = x0; x <= x1; x++) {
        s->edge[x - x0] = (int64_t)ceil(picture_edge_s(p->spec, x) * p->plan->rate_hz);
    }
    const SonoStatus status = pool_columns(p, s->edge, &s->cols, err);
    for (int x = x0; x < x1 && status == SONO_OK; x++) {
        column_power(p, &s->cols, x - x0, s->power);
        sono_picture_rows_levels(p->rows, s->power, s->row_db);
        put_column(p, x, s->row_db);
    }
    return status;
}

/* dB between the two columns of the plan around a pixel's centre. */
static SonoStatus paint_narrow_columns(const Painting *p, Scratch *s, int x0, int x1, SonoError *err)
{
    const size_t height = (size_t)p->spec->height_px;
    const int64_t first = (int64_t)floor(pixel_centre(p, x0));
    for (int32_t j = 0; j <= s->cols.n_cols; j++) {
        s->edge[j] = (first + j) * p->plan->picture_hop;
    }
    s->cols.width = p->plan->picture_hop;
    const SonoStatus status = pool_columns(p, s->edge, &s->cols, err);
    int64_t have = INT64_MIN; /* row_db[0] is this column, row_db[1] the next */
    for (int x = x0; x < x1 && status == SONO_OK; x++) {
        const double at = pixel_centre(p, x);
        const int64_t col = (int64_t)floor(at);
        const float part = (float)(at - (double)col);
        for (int64_t k = 0; k < 2 && col != have; k++) {
            column_power(p, &s->cols, (int32_t)(col + k - first), s->power);
            sono_picture_rows_levels(p->rows, s->power, s->row_db + (size_t)k * height);
        }
        have = col;
        for (size_t y = 0; y < height; y++) {
            const float a = s->row_db[y];
            const float b = s->row_db[height + y];
            p->level_db[y * (size_t)p->spec->width_px + (size_t)x] = a + part * (b - a);
        }
    }
    return status;
}

SonoStatus picture_bands_paint(const Painting *p, int x0, int x1, SonoError *err)
{
    const bool wide = p->columns_per_px >= PICTURE_BANDS_WIDE;
    const int32_t n_cols = wide ? x1 - x0 : (int32_t)(floor(pixel_centre(p, x1 - 1)) - floor(pixel_centre(p, x0))) + 2;
    const BandPool pool = p->spec->pool == SONO_POOL_MEAN ? BAND_MEAN_LEVEL : BAND_MAX_LEVEL;
    SonoStatus status = SONO_OK;
    Scratch s = {
        .edge = sono_calloc((size_t)n_cols + 1, sizeof *s.edge),
        .power = sono_alloc_aligned((size_t)p->plan->n_rows, sizeof *s.power),
        .row_db = sono_alloc_aligned(2 * (size_t)p->spec->height_px, sizeof *s.row_db),
    };
    if (!s.edge || !s.power || !s.row_db || !band_columns_init(&s.cols, pool, p->plan->n_rows, n_cols)) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory to paint a spectrogram");
    } else if (wide) {
        status = paint_wide_columns(p, &s, x0, x1, err);
    } else {
        status = paint_narrow_columns(p, &s, x0, x1, err);
    }
    band_columns_free(&s.cols);
    sono_free(s.edge);
    sono_free(s.power);
    sono_free(s.row_db);
    return status;
}
