/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a file without waiting for it: a thread of its own decodes, the main thread asks how far it is. */
#pragma once
#include "sono_codec.h"
#include "sono_jobs.h"

typedef struct SonoOpening SonoOpening;

/* Called on the loading thread, never after sono_opening_close has returned. */
typedef struct SonoOpeningEvents {
    void *ctx;
    /* There is news, poll. Must only wake the main thread. */
    void (*wake)(void *ctx);
    /* Before the first block: a first picture may be taken through sono_decoder_reader() if info->seekable. Must end
     * soon when the ticket is obsolete. May be NULL. */
    void (*opened)(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info, const SonoJobTicket *ticket);
} SonoOpeningEvents;

typedef struct SonoOpeningNews {
    bool has_info;
    SonoAudioInfo info;
    double fraction; /* 0..1, or -1 when the length is unknown */
    SonoClip *clip;  /* newer than the last one handed out, or NULL; the caller unrefs. The whole sound when finished */
    bool finished;
    SonoStatus status;     /* when finished */
    SonoLoadReport report; /* when finished well */
    SonoError error;       /* when failed: one line that names the file */
} SonoOpeningNews;

/* Errors: NOMEM. What is wrong with the file comes with the news. */
SonoStatus sono_opening_start(const char *path, const SonoCodecOptions *options, SonoPcmStore *store,
                              const SonoOpeningEvents *events, SonoOpening **out, SonoError *err);
/* Thread: main. */
void sono_opening_poll(SonoOpening *opening, SonoOpeningNews *news);
/* Cancel if it still runs, and forget it. Waits for `opened` to end, not for the file. NULL is fine. */
void sono_opening_close(SonoOpening *opening);
const char *sono_opening_path(const SonoOpening *opening);
/* Where that leads through links, once it is finished. */
const char *sono_opening_real_path(SonoOpening *opening);
