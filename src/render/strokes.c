/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strokes between the pointer and the picture. */
#include "sono_strokes.h"

#include "sono_mem.h"

#include <string.h>

#define MAX_CHANNELS 256

typedef enum StrokePhase { PAINTING, QUEUED, LANDING } StrokePhase;

typedef struct Stroke {
    StrokePhase phase;
    const SonoOperation *operation;
    SonoParams params;
    float args[SONO_OP_MAX_ARGS];
    bool all_channels;
    uint64_t channels[4]; /* as in SonoEdit */
    int n_previews;       /* one, or one for each of several channels; 0: it has no picture */
    /* painted */
    SonoStrokePoint *points;
    size_t n_points, cap_points;
    SonoDabWalk walk;
    /* not painted */
    SonoMask mask;
} Stroke;

struct SonoStrokes {
    Stroke *items; /* landing, then queued (oldest first), then the painted one */
    size_t n, cap;
    SonoPreview *previews;
    size_t cap_previews;
};

SonoStatus sono_strokes_new(SonoStrokes **out, SonoError *err)
{
    *out = sono_calloc(1, sizeof **out);
    return *out ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for strokes");
}

static void stroke_clear(Stroke *stroke)
{
    sono_free(stroke->points);
    sono_dab_walk_clear(&stroke->walk);
    sono_mask_clear(&stroke->mask);
}

static void drop(SonoStrokes *s, size_t i)
{
    stroke_clear(&s->items[i]);
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

static Stroke *painted(const SonoStrokes *s)
{
    return s->n > 0 && s->items[s->n - 1].phase == PAINTING ? &s->items[s->n - 1] : NULL;
}

bool sono_strokes_is_painting(const SonoStrokes *s)
{
    return painted(s) != NULL;
}

void sono_strokes_cancel(SonoStrokes *s)
{
    if (painted(s)) {
        drop(s, s->n - 1);
    }
}

/* Room for one more, and for the previews of all. */
static SonoStatus reserve(SonoStrokes *s, int n_previews, SonoError *err)
{
    size_t wanted = (size_t)n_previews;
    for (size_t i = 0; i < s->n; i++) {
        wanted += (size_t)s->items[i].n_previews;
    }
    if (wanted > s->cap_previews) {
        SonoPreview *previews = sono_realloc_array(s->previews, 2 * wanted, sizeof *previews);
        if (!previews) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke");
        }
        s->previews = previews;
        s->cap_previews = 2 * wanted;
    }
    if (s->n == s->cap) {
        const size_t cap = s->cap ? 2 * s->cap : 4;
        Stroke *items = sono_realloc_array(s->items, cap, sizeof *items);
        if (!items) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke");
        }
        s->items = items;
        s->cap = cap;
    }
    return SONO_OK;
}

SonoStatus sono_strokes_begin(SonoStrokes *s, const SonoOperation *operation, const SonoParams *params,
                              const SonoBrush *brush, int channel, SonoError *err)
{
    Stroke stroke = {.operation = operation,
                     .params = *params,
                     .all_channels = channel < 0,
                     .n_previews = operation->takes_state ? 0 : 1};
    sono_strokes_cancel(s);
    SonoStatus status = sono_dab_walk_begin(&stroke.walk, brush, err);
    if (status == SONO_OK) {
        status = reserve(s, 1, err);
    }
    if (status == SONO_OK) {
        if (channel >= 0) {
            stroke.channels[channel / 64] = UINT64_C(1) << (channel % 64);
        }
        operation->args(params, stroke.args);
        s->items[s->n++] = stroke;
    }
    return status;
}

SonoStatus sono_strokes_add_point(SonoStrokes *s, const SonoStrokePoint *point, SonoError *err)
{
    Stroke *stroke = painted(s);
    if (!stroke) {
        return SONO_OK;
    }
    if (stroke->n_points >= SONO_MASK_MAX_POINTS) {
        return sono_fail(err, SONO_E_LIMIT, "a stroke may have %d points", SONO_MASK_MAX_POINTS);
    }
    if (stroke->n_points == stroke->cap_points) {
        const size_t cap = stroke->cap_points ? 2 * stroke->cap_points : 64;
        SonoStrokePoint *more = sono_realloc_array(stroke->points, cap, sizeof *more);
        if (!more) {
            return sono_fail(err, SONO_E_NOMEM, "no memory for a stroke of %zu points", stroke->n_points);
        }
        stroke->points = more;
        stroke->cap_points = cap;
    }
    const SonoStatus status = sono_dab_walk_add(&stroke->walk, point, err);
    if (status == SONO_OK) {
        stroke->points[stroke->n_points++] = *point;
    }
    return status;
}

static SonoStatus add_painted(const Stroke *stroke, SonoMask *mask, SonoError *err)
{
    const SonoShape shape = {
        .kind = SONO_SHAPE_STROKE, .brush = stroke->walk.brush, .points = stroke->points, .n_points = stroke->n_points};
    return sono_mask_add(mask, &shape, err);
}

SonoStatus sono_strokes_end(SonoStrokes *s, SonoEdit *edit, SonoError *err)
{
    Stroke *stroke = painted(s);
    if (!stroke || stroke->n_points == 0) {
        sono_strokes_cancel(s);
        return sono_fail(err, SONO_E_INVALID, "nothing was painted");
    }
    SonoEdit out = sono_edit_new(stroke->operation);
    out.params = stroke->params;
    out.all_channels = stroke->all_channels;
    memcpy(out.channels, stroke->channels, sizeof out.channels);
    const SonoStatus status = add_painted(stroke, &out.mask, err);
    if (status != SONO_OK) {
        sono_edit_clear(&out);
        drop(s, s->n - 1);
        return status;
    }
    stroke->phase = QUEUED;
    *edit = out;
    return SONO_OK;
}

static bool reaches(const Stroke *stroke, int channel)
{
    return (stroke->channels[channel / 64] >> (channel % 64) & 1) != 0;
}

static int count_previews(const Stroke *stroke)
{
    int n = stroke->all_channels ? 1 : 0;
    for (int c = 0; c < MAX_CHANNELS && !stroke->all_channels; c++) {
        n += reaches(stroke, c) ? 1 : 0;
    }
    return n;
}

SonoStatus sono_strokes_add_edit(SonoStrokes *s, const SonoEdit *edit, SonoError *err)
{
    Stroke stroke = {
        .phase = QUEUED, .operation = edit->operation, .params = edit->params, .all_channels = edit->all_channels};
    SonoStatus status = SONO_OK;
    memcpy(stroke.channels, edit->channels, sizeof stroke.channels);
    if (!edit->operation->takes_state) {
        edit->operation->args(&edit->params, stroke.args);
        stroke.n_previews = count_previews(&stroke);
        status = sono_mask_copy(&edit->mask, &stroke.mask, err);
    }
    if (status == SONO_OK) {
        status = reserve(s, stroke.n_previews, err);
    }
    if (status != SONO_OK) {
        stroke_clear(&stroke);
        return status;
    }
    const size_t at = s->n - (painted(s) ? 1 : 0);
    memmove(&s->items[at + 1], &s->items[at], (s->n - at) * sizeof *s->items);
    s->items[at] = stroke;
    s->n++;
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

static SonoPreview preview_of(const Stroke *stroke, int channel)
{
    SonoPreview preview = {.operation = stroke->operation,
                           .channel = channel,
                           .dabs = stroke->walk.dabs,
                           .n_dabs = stroke->walk.n_dabs,
                           .mask = stroke->n_points == 0 && stroke->phase != PAINTING ? &stroke->mask : NULL};
    memcpy(preview.args, stroke->args, sizeof preview.args);
    return preview;
}

const SonoPreview *sono_strokes_previews(SonoStrokes *s, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const Stroke *stroke = &s->items[i];
        if (stroke->n_previews == 0) {
            continue;
        }
        if (stroke->all_channels) {
            s->previews[(*n)++] = preview_of(stroke, -1);
        }
        for (int c = 0; c < MAX_CHANNELS && !stroke->all_channels; c++) {
            if (reaches(stroke, c)) {
                s->previews[(*n)++] = preview_of(stroke, c);
            }
        }
    }
    return s->previews;
}

SonoStatus sono_strokes_copy_mask(const SonoStrokes *s, size_t preview, SonoMask *out, SonoError *err)
{
    *out = (SonoMask){0};
    for (size_t i = 0; i < s->n; i++) {
        const Stroke *stroke = &s->items[i];
        if (preview >= (size_t)stroke->n_previews) {
            preview -= (size_t)stroke->n_previews;
        } else if (stroke->phase == LANDING) {
            return SONO_OK;
        } else if (stroke->n_points > 0) {
            return add_painted(stroke, out, err);
        } else {
            return stroke->mask.n_shapes > 0 ? sono_mask_copy(&stroke->mask, out, err) : SONO_OK;
        }
    }
    return SONO_OK;
}
