/* SPDX-License-Identifier: GPL-3.0-or-later */
/* History: a list of committed edits, each with its clip; undo and redo move a position in it. */
#include <stddef.h>

#include "document_private.h"
#include "sono_mem.h"

void sono_history_truncate(SonoDocument *doc, size_t n)
{
    while (doc->n_steps > n) {
        SonoHistoryStep *step = &doc->steps[--doc->n_steps];
        sono_edit_clear(&step->edit);
        sono_clip_unref(step->clip);
    }
}

static SonoStatus reserve_step(SonoDocument *doc, SonoError *err)
{
    if (doc->n_applied < doc->cap_steps) {
        return SONO_OK;
    }
    const size_t cap = doc->cap_steps ? 2 * doc->cap_steps : 16;
    SonoHistoryStep *more = sono_realloc_array(doc->steps, cap, sizeof *more);
    if (!more) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the history");
    }
    doc->steps = more;
    doc->cap_steps = cap;
    return SONO_OK;
}

SonoStatus sono_document_push(SonoDocument *doc, uint64_t base_revision, const SonoEdit *edit, const SonoClip *result,
                              SonoSpan dirty, SonoRegion region, SonoError *err)
{
    const SonoClip *current = sono_document_clip(doc);
    if (base_revision != sono_clip_revision(current)) {
        return sono_fail(err, SONO_E_STALE, "the sound has changed since this edit was computed");
    }
    if (sono_clip_n_frames(result) != sono_clip_n_frames(current) ||
        sono_clip_n_channels(result) != sono_clip_n_channels(current)) {
        return sono_fail(err, SONO_E_INVALID, "an edit must not change the length or the channels of the sound");
    }
    SonoHistoryStep step = {.dirty = dirty, .region = region};
    SonoStatus status = sono_edit_copy(edit, &step.edit, err);
    if (status == SONO_OK && (status = reserve_step(doc, err)) != SONO_OK) {
        sono_edit_clear(&step.edit);
    }
    if (status != SONO_OK) {
        return status;
    }
    const bool same_sound = sono_clip_revision(result) == base_revision;
    step.serial = ++doc->n_pushed;
    step.clip = sono_clip_ref(result);
    sono_history_truncate(doc, doc->n_applied);
    doc->steps[doc->n_steps++] = step;
    doc->n_applied = doc->n_steps;
    if (!same_sound) {
        sono_document_notify(doc, SONO_CHANGE_CLIP, dirty, region);
    }
    sono_document_notify(doc, SONO_CHANGE_HISTORY, dirty, region);
    return SONO_OK;
}

/* What lies between two states differs between their clips at most here. */
static void move_to(SonoDocument *doc, size_t n_edits)
{
    const size_t from = n_edits < doc->n_applied ? n_edits : doc->n_applied;
    const size_t to = n_edits < doc->n_applied ? doc->n_applied : n_edits;
    const uint64_t revision = sono_clip_revision(sono_document_clip(doc));
    SonoSpan dirty = {0};
    SonoRegion region = {0};
    for (size_t i = from; i < to; i++) {
        const SonoHistoryStep *step = &doc->steps[i];
        dirty = sono_span_union(dirty, step->dirty);
        region = sono_region_is_empty(region) ? step->region : sono_region_union(region, step->region);
    }
    doc->n_applied = n_edits;
    if (sono_clip_revision(sono_document_clip(doc)) != revision) {
        sono_document_notify(doc, SONO_CHANGE_CLIP, dirty, region);
    }
    sono_document_notify(doc, SONO_CHANGE_HISTORY, dirty, region);
}

bool sono_document_can_undo(const SonoDocument *doc)
{
    return doc->n_applied > 0;
}

bool sono_document_can_redo(const SonoDocument *doc)
{
    return doc->n_applied < doc->n_steps;
}

bool sono_document_undo(SonoDocument *doc)
{
    if (!sono_document_can_undo(doc)) {
        return false;
    }
    move_to(doc, doc->n_applied - 1);
    return true;
}

bool sono_document_redo(SonoDocument *doc)
{
    if (!sono_document_can_redo(doc)) {
        return false;
    }
    move_to(doc, doc->n_applied + 1);
    return true;
}

SonoStatus sono_document_go_to(SonoDocument *doc, size_t n_edits, SonoError *err)
{
    if (n_edits > doc->n_steps) {
        return sono_fail(err, SONO_E_RANGE, "the history holds %zu edits, not %zu", doc->n_steps, n_edits);
    }
    if (n_edits != doc->n_applied) {
        move_to(doc, n_edits);
    }
    return SONO_OK;
}

size_t sono_document_n_applied(const SonoDocument *doc)
{
    return doc->n_applied;
}

size_t sono_document_n_edits(const SonoDocument *doc)
{
    return doc->n_steps;
}

const SonoEdit *sono_document_edit(const SonoDocument *doc, size_t index)
{
    return index < doc->n_steps ? &doc->steps[index].edit : NULL;
}

const SonoClip *sono_document_clip_at(const SonoDocument *doc, size_t n_edits)
{
    if (n_edits > doc->n_steps) {
        return NULL;
    }
    return n_edits > 0 ? doc->steps[n_edits - 1].clip : doc->base;
}
