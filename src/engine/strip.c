/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making strips: columns into tiles, and what an older strip still has. */
#include "sono_tile.h"

#include "column_job.h"
#include "strip_internal.h"

#include <string.h>

#define MAX_LEVEL_F 16
#define MIN_PICK_LEVEL 3 /* levels of time below this are always exact */

typedef struct StripJob {
    ColumnJob columns;
    SonoStripKey key;
    SonoStripBand *bands;
} StripJob;

static void write_block(void *ctx, int out, const SonoTexelBlock *block, int32_t tx, int32_t n)
{
    const StripJob *job = ctx;
    sono_strip_write(job->bands[out].strip, block, tx, n);
}

static bool is_basis(const StripJob *job, const SonoStripBand *band)
{
    const SonoStrip *a = band->previous;
    const SonoStrip *b = band->strip;
    return a && (job->columns.provisional || !a->provisional) && a->key.plan == b->key.plan &&
           a->key.channel == b->key.channel && a->key.level_t == b->key.level_t && a->key.level_f == b->key.level_f &&
           a->key.x == b->key.x && a->n_rows == b->n_rows && a->n_below <= b->n_below && a->n_above <= b->n_above;
}

/* Take over what the older strips have; false if not all of them serve. *rough: one of them is provisional. */
static bool copy_previous(const StripJob *job, bool *rough)
{
    for (int i = 0; i < job->columns.n_outs; i++) {
        if (!is_basis(job, &job->bands[i])) {
            return false;
        }
    }
    for (int i = 0; i < job->columns.n_outs; i++) {
        const SonoStripBand *band = &job->bands[i];
        const SonoStrip *s = band->strip;
        const size_t n = (size_t)(s->n_tiles - s->n_below - s->n_above);
        memcpy(s->data, sono_strip_tile(band->previous, s->n_below), n * STRIP_TILE_FLOATS * sizeof *s->data);
        *rough = *rough || band->previous->provisional;
    }
    return true;
}

static SonoStatus check(const SonoPcmReader *reader, SonoStripKey key, SonoError *err)
{
    if (key.channel < 0 || key.channel >= reader->n_channels) {
        return sono_fail(err, SONO_E_INVALID, "tiles of channel %d of %d", (int)key.channel, reader->n_channels);
    }
    if (key.level_t < 0 || key.level_t > COLUMN_MAX_LEVEL_T || key.level_f < 0 || key.level_f > MAX_LEVEL_F ||
        key.x < 0 || key.x > INT64_MAX / (2 * SONO_TILE_TEXELS)) {
        return sono_fail(err, SONO_E_INVALID, "no tiles at level %d, %d and place %lld", (int)key.level_t,
                         (int)key.level_f, (long long)key.x);
    }
    return SONO_OK;
}

static SonoStatus make_strips(StripJob *job, const SonoPlan *plan, SonoError *err)
{
    ColumnJob *columns = &job->columns;
    SonoStatus status = SONO_OK;
    for (int i = 0; i < columns->n_outs && status == SONO_OK; i++) {
        SonoStripBand *band = &job->bands[i];
        SonoStripKey key = job->key;
        key.level_f = band->level_f;
        status = sono_strip_new(plan, key, band->tile0, band->tile1, &band->strip, err);
        if (status == SONO_OK) {
            columns->outs[i].level_f = band->level_f;
            sono_strip_held_rows(band->strip, &columns->outs[i].row0, &columns->outs[i].row1);
        }
    }
    if (status != SONO_OK) {
        return status;
    }
    bool rough = false;
    columns->renew = copy_previous(job, &rough);
    status = column_job_run(columns, err);
    for (int i = 0; i < columns->n_outs && status == SONO_OK; i++) {
        job->bands[i].strip->provisional = rough || (columns->provisional && columns->n_units > 0);
        sono_strip_finish_edges(job->bands[i].strip, columns->col0, columns->n_cols);
    }
    return status;
}

SonoStatus sono_strip_make_bands(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader,
                                 SonoStripKey key, bool provisional, SonoSpan dirty, SonoStripBand *bands, int n_bands,
                                 const SonoJobTicket *ticket, SonoError *err)
{
    SonoStatus status = n_bands > 0 && n_bands <= COLUMN_MAX_OUTS ? SONO_OK : SONO_E_INVALID;
    if (status != SONO_OK) {
        return sono_fail(err, status, "tiles of %d levels at once, must be from 1 to %d", n_bands, COLUMN_MAX_OUTS);
    }
    for (int i = 0; i < n_bands && status == SONO_OK; i++) {
        bands[i].strip = NULL;
        key.level_f = bands[i].level_f;
        status = check(reader, key, err);
    }
    if (status != SONO_OK) {
        return status;
    }
    StripJob job = {.columns = {.engine = engine,
                                .plan = plan->picture ? plan->picture : plan,
                                .reader = reader,
                                .ticket = ticket,
                                .channel = key.channel,
                                .level_t = key.level_t,
                                .provisional = provisional && key.level_t >= MIN_PICK_LEVEL,
                                .col0 = SONO_TILE_INNER * key.x - 1,
                                .n_texels = SONO_TILE_TEXELS,
                                .dirty = dirty,
                                .n_outs = n_bands,
                                .write = write_block},
                    .key = key,
                    .bands = bands};
    job.columns.ctx = &job;
    status = make_strips(&job, plan, err);
    for (int i = 0; i < n_bands && status != SONO_OK; i++) {
        sono_strip_unref(bands[i].strip);
        bands[i].strip = NULL;
    }
    return status;
}

SonoStatus sono_strip_make(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, SonoStripKey key,
                           bool provisional, const SonoStrip *previous, SonoSpan dirty, const SonoJobTicket *ticket,
                           SonoStrip **out, SonoError *err)
{
    SonoStripBand band = {.level_f = key.level_f, .previous = previous};
    const SonoStatus status =
        sono_strip_make_bands(engine, plan, reader, key, provisional, dirty, &band, 1, ticket, err);
    if (status == SONO_OK) {
        *out = band.strip;
    }
    return status;
}
