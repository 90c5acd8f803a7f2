/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A short silent clip, for tests of documents that do not look at the sound. */
#pragma once
#include "sono_test.h"

#include "sono_clip.h"

#define SILENT_FRAMES 1000

static inline SonoClip *silent_clip(SonoPcmStore *store)
{
    static const float x[SILENT_FRAMES];
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    assert_ok(sono_clip_builder_new(store, 48000, 1, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, planes, SILENT_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    return clip;
}
