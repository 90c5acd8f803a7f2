/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document: what it holds and how it comes and goes. */
#include <stdlib.h>
#include <string.h>

#include "document_private.h"
#include "sono_log.h"
#include "sono_mem.h"

SonoStatus sono_document_new(const char *path, const SonoClip *base, const SonoAudioInfo *source, SonoDocument **out,
                             SonoError *err)
{
    SonoDocument *doc = sono_calloc(1, sizeof *doc);
    char *path_copy = path ? strdup(path) : NULL;
    if (!doc || (path && !path_copy)) {
        sono_free(doc);
        free(path_copy);
        return sono_fail(err, SONO_E_NOMEM, "no memory for a document");
    }
    doc->path = path_copy;
    doc->base = sono_clip_ref(base);
    if (source) {
        doc->source = *source;
        doc->has_source = true;
    }
    doc->saved_revision = path ? sono_clip_revision(base) : 0;
    *out = doc;
    return SONO_OK;
}

void sono_document_free(SonoDocument *doc)
{
    if (!doc) {
        return;
    }
    sono_history_truncate(doc, 0);
    sono_clip_unref(doc->base);
    sono_free(doc->steps);
    sono_free(doc->observers);
    free(doc->path);
    sono_free(doc);
}

const char *sono_document_path(const SonoDocument *doc)
{
    return doc->path;
}

const SonoAudioInfo *sono_document_source(const SonoDocument *doc)
{
    return doc->has_source ? &doc->source : NULL;
}

const SonoClip *sono_document_clip(const SonoDocument *doc)
{
    return sono_document_clip_at(doc, doc->n_applied);
}

const SonoClip *sono_document_base(const SonoDocument *doc)
{
    return doc->base;
}

bool sono_document_is_modified(const SonoDocument *doc)
{
    return sono_clip_revision(sono_document_clip(doc)) != doc->saved_revision;
}

void sono_document_mark_saved(SonoDocument *doc, const char *path)
{
    sono_document_mark_written(doc, path, sono_clip_revision(sono_document_clip(doc)));
}

void sono_document_mark_written(SonoDocument *doc, const char *path, uint64_t revision)
{
    char *copy = path ? strdup(path) : NULL;
    if (copy) {
        free(doc->path);
        doc->path = copy;
    } else if (path) { /* the sound is on disk; only its name is not remembered */
        sono_log(SONO_LOG_WARNING, "document", "no memory to remember the name %s", path);
    }
    doc->saved_revision = revision;
    sono_document_notify(doc, SONO_CHANGE_SAVED, (SonoSpan){0}, (SonoRegion){0});
}
