/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame_log.h"

#include "sono_clock.h"

void frame_log_open(FrameLog *log)
{
    const char *path = g_getenv("SONO_FRAME_LOG");
    if (!path || !path[0]) {
        return;
    }
    log->file = fopen(path, "ae");
    if (!log->file) {
        g_warning("SONO_FRAME_LOG=%s: cannot be written", path);
        return;
    }
    (void)setvbuf(log->file, NULL, _IOLBF, BUFSIZ);
}

void frame_log_close(FrameLog *log)
{
    if (log->file) {
        (void)fclose(log->file);
        log->file = NULL;
    }
}

void frame_log_input(FrameLog *log, const char *what)
{
    log->n_inputs++;
    if (log->file) {
        (void)fprintf(log->file, "%s at=%.6f n=%u\n", what, sono_now_s(), log->n_inputs);
    }
}

void frame_log_drawn(FrameLog *log, double began_s, const SonoSceneReport *report, guint64 revision)
{
    if (log->file) {
        log->began_s = began_s;
        log->drawn_s = sono_now_s();
        log->report = *report;
        log->revision = revision;
        log->drawn = TRUE;
    }
}

void frame_log_shown(FrameLog *log)
{
    if (log->file && log->drawn) {
        const SonoSceneReport *r = &log->report;
        (void)fprintf(log->file,
                      "frame at=%.6f drawn=%.6f shown=%.6f n=%u sound=%" G_GUINT64_FORMAT
                      " whole=%d complete=%d current=%d settled=%d reduce=%d\n",
                      log->began_s, log->drawn_s, sono_now_s(), log->n_inputs, log->revision, r->whole, r->complete,
                      r->current, r->settled, r->reduce);
    }
    log->drawn = FALSE;
}
