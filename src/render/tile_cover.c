/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places tiles, best first, into a grid of cells that remembers what is covered. */
#include "tile_cover.h"

#include "sono_mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cells are one pixel in time (strips come and go one by one) and some in frequency (the tiles of a strip come
 * together). */
#define CELL_PX 4

void tile_cover_clear(TileCover *cover)
{
    sono_free(cover->draws);
    sono_free(cover->covered);
    *cover = (TileCover){0};
}

static float px_between(double px, double size)
{
    return (float)fmin(fmax(px, 0.0), size);
}

/* Pixel row of a row of the picture, as a border between tiles: the same number for both neighbours. */
static double row_px(const SonoRenderView *view, const SonoPlan *plan, double row)
{
    return sono_freq_axis_position(&view->axis, sono_plan_row_hz(plan, row)) * view->height_px;
}

/* Texel column c of a level stands for columns [c, c + 1) * 2^level of the picture, each from half a hop before its
 * centre to half a hop after it; rows likewise. Inside the 256 x 256 tile the first column is at 1, after the gutter.
 */
static bool place_tile(const SonoRenderView *v, const SonoFrame *frame, const SonoDrawStrip *s, int32_t tile,
                       TileDraw *out)
{
    const SonoPlan *plan = s->plan;
    const bool small = v->height_px < frame->view.height_px; /* the taps were chosen for the frame's view */
    const SonoStripKey *key = &s->strip->key;
    const double hop_s = (double)plan->picture_hop / plan->rate_hz;
    const double col_s = ldexp(hop_s, key->level_t);
    const double row_part = ldexp(1.0, -key->level_f);
    const double col0 = (double)key->x * SONO_TILE_INNER;
    const double row0 = (double)tile * SONO_TILE_INNER;
    const double row1 = fmin(ldexp(row0 + SONO_TILE_INNER, key->level_f), plan->n_rows);

    const double sound0_px = -v->t0_s / v->s_per_px;
    const double sound1_px = (v->end_s - v->t0_s) / v->s_per_px;
    const double x0 = (col0 * col_s - 0.5 * hop_s - v->t0_s) / v->s_per_px;
    const double x1 = ((col0 + SONO_TILE_INNER) * col_s - 0.5 * hop_s - v->t0_s) / v->s_per_px;
    const double y0 = row_px(v, plan, ldexp(row0, key->level_f) - 0.5);
    const double y1 = row_px(v, plan, row1 - 0.5);
    *out = (TileDraw){
        .taps_t = (uint8_t)(v->s_per_px > col_s ? 2 : s->taps_t),
        .taps_f = (uint8_t)(small ? 2 : s->taps_f),
        .raw_phase = key->level_t == 0 && key->level_f == 0,
        .rect_px = {px_between(fmax(x0, sound0_px), v->width_px),
                    px_between(fmax(y0, s->p0 * v->height_px), v->height_px),
                    px_between(fmin(x1, sound1_px), v->width_px),
                    px_between(fmin(y1, s->p1 * v->height_px), v->height_px)},
        .time = {(float)(v->s_per_px / col_s), (float)((v->t0_s + 0.5 * hop_s) / col_s - col0 + 1.0)},
        .rows = {(float)row_part, (float)(0.5 * row_part - row0 + 1.0)},
        .plan = plan,
    };
    return out->rect_px[2] > out->rect_px[0] && out->rect_px[3] > out->rect_px[1];
}

/* First cell whose centre is at or after px. */
static size_t cell_at(float px, float size_px)
{
    const float cell = ceilf(px / size_px - 0.5f);
    return cell > 0.0f ? (size_t)cell : 0;
}

/* Cells whose centres lie in a rectangle. */
typedef struct Cells {
    size_t x0, x1, y0, y1;
} Cells;

static Cells cells_in(const float rect_px[4])
{
    return (Cells){cell_at(rect_px[0], 1.0f), cell_at(rect_px[2], 1.0f), cell_at(rect_px[1], CELL_PX),
                   cell_at(rect_px[3], CELL_PX)};
}

/* Narrow the rectangle to what no better tile covers; false: nothing is left. */
static bool narrow_to_uncovered(TileCover *cover, float rect_px[4])
{
    if (rect_px[3] - rect_px[1] < 2.0f * CELL_PX) { /* may lie between the cells' centres; costs nothing to draw */
        cover->overlaps = true;
        return true;
    }
    const Cells cells = cells_in(rect_px);
    size_t lo_x = SIZE_MAX;
    size_t lo_y = SIZE_MAX;
    size_t hi_x = 0;
    size_t hi_y = 0;
    bool some = false;
    for (size_t y = cells.y0; y < cells.y1; y++) {
        const uint8_t *row = cover->covered + y * cover->cells_wide;
        for (size_t x = cells.x0; x < cells.x1; x++) {
            if (row[x]) {
                some = true;
                continue;
            }
            lo_x = x < lo_x ? x : lo_x;
            hi_x = x > hi_x ? x : hi_x;
            lo_y = y < lo_y ? y : lo_y;
            hi_y = y;
        }
    }
    if (lo_x == SIZE_MAX) {
        return false;
    }
    if (some) {
        cover->overlaps = true;
        rect_px[0] = fmaxf(rect_px[0], (float)lo_x);
        rect_px[1] = fmaxf(rect_px[1], (float)lo_y * CELL_PX - CELL_PX);
        rect_px[2] = fminf(rect_px[2], (float)hi_x + 1.0f);
        rect_px[3] = fminf(rect_px[3], (float)hi_y * CELL_PX + 2 * CELL_PX);
    }
    return true;
}

static void mark_covered(TileCover *cover, const float rect_px[4])
{
    const Cells cells = cells_in(rect_px);
    for (size_t y = cells.y0; y < cells.y1 && cells.x1 > cells.x0; y++) {
        memset(cover->covered + y * cover->cells_wide + cells.x0, 1, cells.x1 - cells.x0);
    }
}

static SonoStatus reset(TileCover *cover, const SonoRenderView *v, SonoError *err)
{
    cover->cells_wide = (size_t)v->width_px + 1;
    cover->cells_high = (size_t)v->height_px / CELL_PX + 1;
    const size_t n = cover->cells_wide * cover->cells_high;
    if (n > cover->n_cells) {
        uint8_t *more = sono_realloc_array(cover->covered, n, 1);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        cover->covered = more;
        cover->n_cells = n;
    }
    memset(cover->covered, 0, n);
    cover->n_draws = 0;
    cover->overlaps = false;
    return SONO_OK;
}

static SonoStatus add_draw(TileCover *cover, const TileDraw *draw, SonoError *err)
{
    if (cover->n_draws == cover->cap_draws) {
        const size_t cap = cover->cap_draws ? 2 * cover->cap_draws : 128;
        TileDraw *more = sono_realloc_array(cover->draws, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for the picture");
        }
        cover->draws = more;
        cover->cap_draws = cap;
    }
    cover->draws[cover->n_draws++] = *draw;
    mark_covered(cover, draw->rect_px);
    return SONO_OK;
}

/* Whether the columns that hold sound are covered where the plan has rows. */
static bool is_whole(const TileCover *cover, const SonoRenderView *v, const SonoPlan *plan)
{
    const double h = v->height_px;
    const float rect_px[4] = {px_between(-v->t0_s / v->s_per_px + 1.0, v->width_px),
                              plan ? px_between(row_px(v, plan, -0.5), h) : 0.0f,
                              px_between((v->end_s - v->t0_s) / v->s_per_px - 1.0, v->width_px),
                              plan ? px_between(row_px(v, plan, plan->n_rows - 0.5), h) : (float)h};
    const Cells cells = cells_in(rect_px);
    bool whole = true;
    for (size_t y = cells.y0; y < cells.y1 && whole && cells.x1 > cells.x0; y++) {
        whole = !memchr(cover->covered + y * cover->cells_wide + cells.x0, 0, cells.x1 - cells.x0);
    }
    return whole;
}

/* The slot of a tile, uploaded if it is not there (or only provisionally) and this frame may; -1: not in this frame. */
static int get_slot(TileTextures *textures, const SonoStrip *strip, int32_t tile, int max_uploads,
                    SonoFrameReport *report)
{
    const int slot = tile_textures_find(textures, &strip->key, tile);
    if (slot >= 0 && (strip->provisional || !textures->slots[slot].provisional)) {
        return slot;
    }
    if (max_uploads > 0 && report->n_uploaded >= max_uploads) {
        report->n_waiting++;
        return slot;
    }
    const int uploaded = tile_textures_upload(textures, strip, tile);
    report->n_uploaded += uploaded >= 0;
    return uploaded >= 0 ? uploaded : slot;
}

/* What is left of a tile before and after its strip's stale part, or all of it. Returns how many rectangles. */
static int cut_stale(const SonoRenderView *v, const SonoDrawStrip *s, const TileDraw *draw, TileDraw parts[2])
{
    parts[0] = parts[1] = *draw;
    if (!(s->stale1_s > s->stale0_s)) {
        return 1;
    }
    const float stale0_px = px_between((s->stale0_s - v->t0_s) / v->s_per_px, v->width_px);
    const float stale1_px = px_between((s->stale1_s - v->t0_s) / v->s_per_px, v->width_px);
    parts[0].rect_px[2] = fminf(draw->rect_px[2], stale0_px);
    parts[1].rect_px[0] = fmaxf(draw->rect_px[0], stale1_px);
    return 2;
}

/* One tile, or a part of it, where no better one is. */
static SonoStatus add_tile(TileCover *cover, TileTextures *textures, const SonoStrip *strip, int32_t tile,
                           TileDraw *draw, int max_uploads, SonoFrameReport *report, SonoError *err)
{
    const float *r = draw->rect_px;
    if (r[2] <= r[0] || !narrow_to_uncovered(cover, draw->rect_px)) {
        return SONO_OK;
    }
    draw->slot = get_slot(textures, strip, tile, max_uploads, report);
    return draw->slot >= 0 ? add_draw(cover, draw, err) : SONO_OK;
}

static SonoStatus add_strip(TileCover *cover, TileTextures *textures, const SonoFrame *frame,
                            const SonoRenderView *view, const SonoDrawStrip *s, int max_uploads,
                            SonoFrameReport *report, SonoError *err)
{
    SonoStatus status = SONO_OK;
    const int32_t end = s->strip->n_tiles - s->strip->n_above;
    for (int32_t tile = s->strip->n_below; tile < end && status == SONO_OK; tile++) {
        TileDraw draw = {0};
        TileDraw parts[2];
        const int n = place_tile(view, frame, s, tile, &draw) ? cut_stale(view, s, &draw, parts) : 0;
        for (int i = 0; i < n && status == SONO_OK; i++) {
            status = add_tile(cover, textures, s->strip, tile, &parts[i], max_uploads, report, err);
        }
    }
    return status;
}

static int by_texture(const void *a, const void *b)
{
    const TileDraw *x = a;
    const TileDraw *y = b;
    const int taps = (x->taps_t * 4 + x->taps_f) - (y->taps_t * 4 + y->taps_f);
    const int plan = (x->plan->key > y->plan->key) - (x->plan->key < y->plan->key);
    return taps != 0 ? taps : plan != 0 ? plan : x->slot - y->slot;
}

static void reverse(TileDraw *draws, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const TileDraw swapped = draws[i];
        draws[i] = draws[n - 1 - i];
        draws[n - 1 - i] = swapped;
    }
}

SonoStatus tile_cover_choose(TileCover *cover, TileTextures *textures, const SonoFrame *frame,
                             const SonoRenderView *view, SonoFrameReport *report, SonoError *err)
{
    SonoStatus status = reset(cover, view, err);
    /* the list has the best last */
    for (size_t i = frame->n_strips; i-- > 0 && status == SONO_OK;) {
        status = add_strip(cover, textures, frame, view, &frame->strips[i], frame->max_uploads, report, err);
    }
    /* what had to wait leaves holes where nothing coarser is on the GPU: the coarsest there is may not wait */
    for (size_t i = 0; i < frame->n_strips && report->n_waiting > 0 && status == SONO_OK; i++) {
        status = add_strip(cover, textures, frame, view, &frame->strips[i], 0, report, err);
    }
    report->whole = is_whole(cover, view, frame->plan);
    if (cover->overlaps) {
        reverse(cover->draws, cover->n_draws);
    } else if (cover->n_draws > 1) {
        qsort(cover->draws, cover->n_draws, sizeof *cover->draws, by_texture);
    }
    return status;
}
