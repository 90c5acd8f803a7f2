/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strokes between the pointer and the picture. */
#include "sono_strokes.h"

#include "sono_mem.h"

#include <string.h>

typedef enum StrokePhase { PAINTING, QUEUED, LANDING } StrokePhase;

typedef struct Stroke {
    StrokePhase phase;
    SonoParams params;
    SonoBrush brush;
    SonoStrokePoint *points;
    size_t n_points, cap_points;
    SonoDab *dabs;
    size_t n_dabs;
    const SonoOperation *operation;
    float args[SONO_OP_MAX_ARGS];
    int channel;   /* -1: all */
    SonoMask mask; /* of an edit that was not painted */
} Stroke;

struct SonoStrokes {
    Stroke *items; /* landing, then queued (oldest first), then the painted one */
    SonoPreview *previews;
    size_t n, cap;
};

SonoStatus sono_strokes_new(SonoStrokes **out, SonoError *err)
{
    *out = sono_calloc(1, sizeof **out);
    return *out ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for strokes");
}

static void drop(SonoStrokes *s, size_t i)
{
    sono_free(s->items[i].points);
    sono_free(s->items[i].dabs);
    sono_mask_clear(&s->items[i].mask);
    s->n--;
    memmove(&s->items[i], &s->items[i + 1], (s->n - i) * sizeof *s->items);
}

void sono_strokes_free(SonoStrokes *s)
{
    if (!s) {
        return;
    }
    while (s->n > 0) {
        drop(s, s->n - 1);
    }
    sono_free(s->items);
    sono_free(s->previews);
    sono_free(s);
}

bool sono_strokes_is_painting(const SonoStrokes *s)
{
    return s->n > 0 && s->items[s->n - 1].phase == PAINTING;
}

void sono_strokes_cancel(SonoStrokes *s)
{
    if (sono_strokes_is_painting(s)) {
        drop(s, s->n - 1);
    }
}

static SonoStatus reserve(SonoStrokes *s, SonoError *err)
{
    if (s->n == s->cap) {
        const size_t cap = s->cap ? 2 * s->cap : 4;
        Stroke *items = sono_realloc_array(s->items, cap, sizeof *items);
        s->items = items ? items : s->items;
        SonoPreview *previews = items ? sono_realloc_array(s->previews, cap, sizeof *previews) : NULL;
        s->previews = previews ? previews : s->previews;
        if (!previews) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke");
        }
        s->cap = cap;
    }
    return SONO_OK;
}

SonoStatus sono_strokes_begin(SonoStrokes *s, const SonoOperation *operation, const SonoParams *params,
                              const SonoBrush *brush, int channel, SonoError *err)
{
    sono_strokes_cancel(s);
    const SonoStatus status = reserve(s, err);
    if (status == SONO_OK) {
        Stroke stroke = {.operation = operation, .params = *params, .brush = *brush, .channel = channel};
        operation->args(params, stroke.args);
        s->items[s->n++] = stroke;
    }
    return status;
}

/* The channel an edit reaches, or -1 if it is not one. */
static int channel_of(const SonoEdit *edit)
{
    int found = -1;
    for (int c = 0; c < 256 && !edit->all_channels; c++) {
        if (sono_edit_touches_channel(edit, c)) {
            if (found >= 0) {
                return -1;
            }
            found = c;
        }
    }
    return found;
}

SonoStatus sono_strokes_add_edit(SonoStrokes *s, const SonoEdit *edit, SonoError *err)
{
    Stroke stroke = {
        .phase = QUEUED, .operation = edit->operation, .params = edit->params, .channel = channel_of(edit)};
    edit->operation->args(&edit->params, stroke.args);
    SonoStatus status = reserve(s, err);
    if (status == SONO_OK && !edit->operation->takes_state) {
        status = sono_mask_copy(&edit->mask, &stroke.mask, err);
    }
    if (status == SONO_OK) {
        const size_t at = s->n - (sono_strokes_is_painting(s) ? 1 : 0);
        memmove(&s->items[at + 1], &s->items[at], (s->n - at) * sizeof *s->items);
        s->items[at] = stroke;
        s->n++;
    }
    return status;
}

SonoStatus sono_strokes_add_point(SonoStrokes *s, const SonoStrokePoint *point, SonoError *err)
{
    if (!sono_strokes_is_painting(s)) {
        return SONO_OK;
    }
    Stroke *stroke = &s->items[s->n - 1];
    if (stroke->n_points == stroke->cap_points) {
        const size_t cap = stroke->cap_points ? 2 * stroke->cap_points : 64;
        SonoStrokePoint *more = sono_realloc_array(stroke->points, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke of %zu points", stroke->n_points);
        }
        stroke->points = more;
        stroke->cap_points = cap;
    }
    SonoDab *dabs = NULL;
    size_t n_dabs = 0;
    stroke->points[stroke->n_points] = *point;
    const SonoStatus status =
        sono_stroke_dabs(&stroke->brush, stroke->points, stroke->n_points + 1, &dabs, &n_dabs, err);
    if (status == SONO_OK) {
        sono_free(stroke->dabs);
        stroke->dabs = dabs;
        stroke->n_dabs = n_dabs;
        stroke->n_points++;
    }
    return status;
}

SonoStatus sono_strokes_end(SonoStrokes *s, SonoEdit *edit, SonoError *err)
{
    if (!sono_strokes_is_painting(s) || s->items[s->n - 1].n_points == 0) {
        sono_strokes_cancel(s);
        return sono_fail(err, SONO_E_INVALID, "nothing was painted");
    }
    Stroke *stroke = &s->items[s->n - 1];
    const SonoShape shape = {
        .kind = SONO_SHAPE_STROKE, .brush = stroke->brush, .points = stroke->points, .n_points = stroke->n_points};
    SonoEdit out = sono_edit_new(stroke->operation);
    out.params = stroke->params;
    if (stroke->channel >= 0) {
        out.all_channels = false;
        out.channels[stroke->channel / 64] = UINT64_C(1) << (stroke->channel % 64);
    }
    const SonoStatus status = sono_mask_add(&out.mask, &shape, err);
    if (status != SONO_OK) {
        sono_edit_clear(&out);
        drop(s, s->n - 1);
        return status;
    }
    stroke->phase = QUEUED;
    *edit = out;
    return SONO_OK;
}

void sono_strokes_drop_newest(SonoStrokes *s)
{
    for (size_t i = s->n; i-- > 0;) {
        if (s->items[i].phase == QUEUED) {
            drop(s, i);
            return;
        }
    }
}

static Stroke *oldest_queued(SonoStrokes *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->items[i].phase == QUEUED) {
            return &s->items[i];
        }
    }
    return NULL;
}

void sono_strokes_drop_oldest(SonoStrokes *s)
{
    const Stroke *oldest = oldest_queued(s);
    if (oldest) {
        drop(s, (size_t)(oldest - s->items));
    }
}

void sono_strokes_committed(SonoStrokes *s)
{
    Stroke *oldest = oldest_queued(s);
    if (oldest) {
        oldest->phase = LANDING;
    }
}

void sono_strokes_landed(SonoStrokes *s)
{
    while (s->n > 0 && s->items[0].phase == LANDING) {
        drop(s, 0);
    }
}

const SonoPreview *sono_strokes_previews(SonoStrokes *s, size_t *n)
{
    for (size_t i = 0; i < s->n; i++) {
        const Stroke *stroke = &s->items[i];
        s->previews[i] = (SonoPreview){.operation = stroke->operation,
                                       .channel = stroke->channel,
                                       .dabs = stroke->dabs,
                                       .n_dabs = stroke->n_dabs,
                                       .mask = stroke->mask.n_shapes > 0 ? &stroke->mask : NULL};
        memcpy(s->previews[i].args, stroke->args, sizeof stroke->args);
    }
    *n = s->n;
    return s->previews;
}
