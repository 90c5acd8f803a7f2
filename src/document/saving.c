/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document's sound or edits on their way to disk. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "sono_saving.h"

#include "sono_edit_script.h"
#include "sono_mem.h"

#include <stdlib.h>
#include <string.h>

struct SonoSaving {
    SonoSavingKind kind;
    char *path;
    char *real_path; /* once it is written; NULL: not known */
    SonoClip *clip;
    SonoAudioInfo source;
    bool has_source;
    SonoEdit *edits; /* copies */
    size_t n_edits;
};

SonoStatus sono_saving_new(const SonoDocument *doc, SonoSavingKind kind, const char *path, SonoSaving **out,
                           SonoError *err)
{
    const size_t n = kind == SONO_SAVING_EDITS ? sono_document_n_applied(doc) : 0;
    SonoSaving *s = sono_calloc(1, sizeof *s);
    if (!s) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to save %s", path);
    }
    s->kind = kind;
    s->clip = sono_clip_ref(sono_document_clip(doc));
    s->has_source = sono_document_source(doc) != NULL;
    s->source = s->has_source ? *sono_document_source(doc) : (SonoAudioInfo){0};
    s->path = strdup(path);
    s->edits = sono_calloc(n, sizeof *s->edits);
    SonoStatus status = s->path && s->edits ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory to save %s", path);
    while (status == SONO_OK && s->n_edits < n) {
        status = sono_edit_copy(sono_document_edit(doc, s->n_edits), &s->edits[s->n_edits], err);
        s->n_edits += status == SONO_OK;
    }
    if (status != SONO_OK) {
        sono_saving_free(s);
        return status;
    }
    *out = s;
    return SONO_OK;
}

void sono_saving_free(SonoSaving *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->n_edits; i++) {
        sono_edit_clear(&s->edits[i]);
    }
    sono_free(s->edits);
    sono_clip_unref(s->clip);
    free(s->path);
    free(s->real_path);
    sono_free(s);
}

static SonoStatus save_edits(const SonoSaving *s, SonoError *err)
{
    const SonoEdit **edits = sono_calloc(s->n_edits, sizeof *edits);
    if (!edits) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to save %s", s->path);
    }
    for (size_t i = 0; i < s->n_edits; i++) {
        edits[i] = &s->edits[i];
    }
    const SonoStatus status = sono_edit_script_save(s->path, edits, s->n_edits, err);
    sono_free(edits);
    return status;
}

static SonoStatus save_sound(const SonoSaving *s, const SonoCodecOptions *options, SonoError *err)
{
    SonoEncodeOptions encode = {0};
    SonoSaveReport report = {0};
    const SonoStatus status = sono_encode_options_for(s->path, s->has_source ? &s->source : NULL, &encode, err);
    return status == SONO_OK ? sono_clip_save(s->clip, s->path, &encode, options, &report, err) : status;
}

SonoStatus sono_saving_run(SonoSaving *s, const SonoCodecOptions *options, SonoError *err)
{
    const SonoStatus status = s->kind == SONO_SAVING_EDITS ? save_edits(s, err) : save_sound(s, options, err);
    if (status == SONO_OK) {
        s->real_path = realpath(s->path, NULL);
    }
    return status;
}

SonoSavingKind sono_saving_kind(const SonoSaving *s)
{
    return s->kind;
}

const char *sono_saving_path(const SonoSaving *s)
{
    return s->path;
}

const char *sono_saving_real_path(const SonoSaving *s)
{
    return s->real_path ? s->real_path : s->path;
}

uint64_t sono_saving_revision(const SonoSaving *s)
{
    return sono_clip_revision(s->clip);
}
