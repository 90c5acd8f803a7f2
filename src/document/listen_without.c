/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound without what lies inside a mask. The plain mask is linear, so the difference is exactly what the mask holds;
 * the solver would also take away what leaked past it. */
#include "listen_without.h"

#include "sono_commit.h"
#include "sono_listener.h"

#include <string.h>

SonoStatus listen_without_edit(const SonoMask *mask, int channel, SonoEdit *out, SonoError *err)
{
    SonoEdit edit = sono_edit_new(sono_operation_find("erase"));
    const SonoStatus status = sono_mask_copy(mask, &edit.mask, err);
    if (status != SONO_OK) {
        return status;
    }
    edit.solver.max_steps = 0;
    if (channel >= 0) {
        edit.all_channels = false;
        memset(edit.channels, 0, sizeof edit.channels);
        edit.channels[channel / 64] = UINT64_C(1) << channel % 64;
    }
    *out = edit;
    return SONO_OK;
}

SonoStatus sono_listen_without(SonoEngine *engine, const SonoClip *clip, const SonoMask *mask, int channel,
                               const SonoJobTicket *ticket, SonoClip **without, SonoSpan *span, SonoError *err)
{
    SonoEdit edit = {0};
    SonoCommitReport report = {0};
    if (channel < -1 || channel >= sono_clip_n_channels(clip)) {
        return sono_fail(err, SONO_E_RANGE, "channel %d does not exist, the sound has %d", channel,
                         sono_clip_n_channels(clip));
    }
    SonoStatus status = listen_without_edit(mask, channel, &edit, err);
    if (status == SONO_OK) {
        status = sono_commit(engine, clip, &edit, NULL, ticket, without, &report, err);
        sono_edit_clear(&edit);
    }
    if (status == SONO_OK && span) {
        *span = report.dirty;
    }
    return status;
}
