/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a file without waiting for it: a thread of its own decodes, the main thread asks how far it is. */
#pragma once
#include "sono_codec.h"

typedef struct SonoOpening SonoOpening;

typedef struct SonoOpeningEvents {
    void *ctx;
    /* There is news, poll. Called on the loading thread; must only wake the main thread. Not called after
     * sono_opening_close has returned. */
    void (*wake)(void *ctx);
    /* Loading thread, before the first block: a first picture may be taken through sono_decoder_reader() if
     * info->seekable. Should give up soon when sono_opening_is_cancelled. May be NULL. ctx must stay valid until
     * forget_ctx. */
    void (*opened)(void *ctx, SonoOpening *opening, SonoDecoder *dec, const SonoAudioInfo *info);
    /* The thread is done with ctx (called once, on any thread). May be NULL. */
    void (*forget_ctx)(void *ctx);
} SonoOpeningEvents;

typedef struct SonoOpeningNews {
    bool has_info;
    SonoAudioInfo info;
    double fraction;       /* 0..1, or -1 when the length is unknown */
    SonoClip *clip;        /* newer than the last one handed out, or NULL; the caller unrefs. The whole sound when finished */
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
/* Cancel if it still runs, forget it; does not wait. NULL is fine. */
void sono_opening_close(SonoOpening *opening);
/* Thread: any. */
bool sono_opening_is_cancelled(const SonoOpening *opening);
