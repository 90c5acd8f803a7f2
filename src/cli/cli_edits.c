/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edit scripts for the commands that take one. */
#include "cli.h"

/* An edit for a channel that is not there is a mistake, not a wish to do nothing. */
SonoStatus cli_edits_check(const SonoEditScript *script, const char *path, const SonoClip *clip, SonoError *err)
{
    const int n_channels = sono_clip_n_channels(clip);
    for (size_t i = 0; i < script->n_edits; i++) {
        for (int c = n_channels; c < SONO_MAX_CHANNELS && !script->edits[i].all_channels; c++) {
            if (sono_edit_touches_channel(&script->edits[i], c)) {
                return sono_fail(err, SONO_E_RANGE,
                                 "%s: edits[%zu].channels: channel %d does not exist, the sound has %d",
                                 sono_short_name(path).text, i, c, n_channels);
            }
        }
    }
    return SONO_OK;
}

/* Every edit stays in the document, also one that changes nothing, so that states are counted as in the script. */
static const SonoClip *earlier_state(const SonoDocument *document, const SonoEdit *edit)
{
    return edit->operation->takes_state ? sono_document_clip_at(document, (size_t)edit->params.v[0]) : NULL;
}

static SonoStatus apply_one(const SonoEdit *edit, SonoEngine *engine, SonoDocument *document, SonoCommitReport *report,
                            SonoError *err)
{
    const SonoJobTicket ticket = cli_interrupt_ticket();
    const SonoClip *before = sono_document_clip(document);
    SonoClip *after = NULL;
    SonoStatus status = sono_commit(engine, before, edit, earlier_state(document, edit), &ticket, &after, report, err);
    if (status == SONO_OK) {
        status =
            sono_document_push(document, sono_clip_revision(before), edit, after, report->dirty, report->region, err);
        sono_clip_unref(after);
    }
    return status;
}

SonoStatus cli_edits_apply(const SonoEditScript *script, const char *path, SonoEngine *engine, SonoDocument *document,
                           SonoCommitReport *reports, SonoError *err)
{
    CliProgress progress;
    cli_progress_begin(&progress, "editing");
    SonoStatus status = SONO_OK;
    for (size_t i = 0; i < script->n_edits && status == SONO_OK; i++) {
        SonoCommitReport report = {0};
        cli_progress_update(&progress, (double)i / (double)script->n_edits);
        if (cli_is_interrupted()) {
            status = sono_fail(err, SONO_E_CANCELLED, "cancelled");
            break;
        }
        status = apply_one(&script->edits[i], engine, document, &report, err);
        if (reports) {
            reports[i] = report;
        }
        if (status != SONO_OK && status != SONO_E_CANCELLED) {
            (void)sono_fail_context(err, "%s: edits[%zu]", sono_short_name(path).text, i);
        }
    }
    cli_progress_end(&progress);
    return status;
}
