/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least recently used texture goes first. */
#include "row_textures.h"

#include "sono_mem.h"

#include <math.h>

/* Far outside of any picture, and still a good float. */
#define FAR_ROW 1e7

void row_textures_clear(RowTextures *textures)
{
    for (int i = 0; i < ROW_TEXTURES; i++) {
        glDeleteTextures(1, &textures->items[i].texture);
    }
    sono_free(textures->rows);
    *textures = (RowTextures){0};
}

static bool same_law(SonoScaleLaw a, SonoScaleLaw b)
{
    return a.warp == b.warp && a.shift_hz == b.shift_hz;
}

static bool is_of(const RowTexture *t, const SonoRenderView *view, const SonoPlan *plan)
{
    return t->used_at > 0 && t->height_px == view->height_px && t->axis.scale == view->axis.scale &&
           t->axis.f0_hz == view->axis.f0_hz && t->axis.f1_hz == view->axis.f1_hz &&
           same_law(t->rows.law, plan->rows.law) && t->rows.rows_per_unit == plan->rows.rows_per_unit &&
           t->rows.row_offset == plan->rows.row_offset;
}

static double limited(double row)
{
    return fmin(fmax(row, -FAR_ROW), FAR_ROW);
}

/* Where axis and rows follow the same law the rows are evenly spaced: no law needs to be worked out. */
static void fill_rows(const SonoRenderView *view, const SonoPlan *plan, float *out)
{
    const double h = view->height_px;
    const double bottom = sono_plan_row_at(plan, view->axis.f0_hz);
    const double top = sono_plan_row_at(plan, view->axis.f1_hz);
    const bool even = same_law(sono_scale_laws[view->axis.scale], plan->rows.law);
    for (int i = 0; i < 2 * view->height_px; i++) {
        const double position = (0.25 + 0.5 * i) / h;
        const double row = even ? bottom + position * (top - bottom)
                                : sono_plan_row_at(plan, sono_freq_axis_hz(&view->axis, position));
        out[i] = (float)limited(row);
    }
}

static SonoStatus load(RowTextures *textures, RowTexture *t, const SonoRenderView *view, const SonoPlan *plan,
                       SonoError *err)
{
    if (view->height_px > textures->cap) {
        float *more = sono_realloc_array(textures->rows, (size_t)view->height_px, 2 * sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %d rows", view->height_px);
        }
        textures->rows = more;
        textures->cap = view->height_px;
    }
    fill_rows(view, plan, textures->rows);
    if (!t->texture) {
        glGenTextures(1, &t->texture);
        glBindTexture(GL_TEXTURE_2D, t->texture);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    }
    glBindTexture(GL_TEXTURE_2D, t->texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RG32F, view->height_px, 1, 0, GL_RG, GL_FLOAT, textures->rows);
    t->axis = view->axis;
    t->height_px = view->height_px;
    t->rows = plan->rows;
    return SONO_OK;
}

SonoStatus row_textures_use(RowTextures *textures, const SonoRenderView *view, const SonoPlan *plan, SonoError *err)
{
    RowTexture *t = &textures->items[0];
    for (int i = 0; i < ROW_TEXTURES; i++) {
        RowTexture *item = &textures->items[i];
        const bool found = is_of(item, view, plan);
        t = found || item->used_at < t->used_at ? item : t;
        if (found) {
            break;
        }
    }
    glActiveTexture(GL_TEXTURE0 + UNIT_ROWS);
    SonoStatus status = SONO_OK;
    if (is_of(t, view, plan)) {
        glBindTexture(GL_TEXTURE_2D, t->texture);
    } else {
        t->used_at = 0;
        status = load(textures, t, view, plan, err);
    }
    if (status == SONO_OK) {
        t->used_at = ++textures->clock;
    }
    glActiveTexture(GL_TEXTURE0 + UNIT_TILES);
    return status;
}
