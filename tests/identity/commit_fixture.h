/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of commits share: clips from samples, boxes, levels of tones. */
#pragma once
#include "sono_test.h"

#include <math.h>
#include <stdbool.h>

#include "sono_clip.h"
#include "sono_edit.h"

static inline SonoClip *fixture_clip(SonoPcmStore *store, double rate_hz, const float *const *planes, int n_channels,
                                     int64_t n_frames)
{
    SonoError err = {0};
    SonoClipBuilder *b = NULL;
    SonoClip *clip = NULL;
    assert_ok(sono_clip_builder_new(store, rate_hz, n_channels, &b, &err), err);
    assert_ok(sono_clip_builder_append(b, planes, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(b, &clip, &err), err);
    return clip;
}

static inline SonoEdit fixture_box_edit(const char *operation, double t0_s, double t1_s, double f0_hz, double f1_hz)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    const SonoShape box = {.kind = SONO_SHAPE_BOX, .box = {t0_s, t1_s, f0_hz, f1_hz}};
    assert_ok(sono_mask_add(&edit.mask, &box, &err), err);
    return edit;
}

/* Amplitude of a sine at freq_hz on frames [from, to), in dB; at 0 Hz and Nyquist that of the steady part. */
static inline double fixture_level_db(const float *x, double rate_hz, double freq_hz, int from, int to)
{
    double re = 0.0;
    double im = 0.0;
    double norm = 0.0;
    const bool single = freq_hz <= 0.0 || freq_hz >= 0.5 * rate_hz;
    for (int i = from; i < to; i++) {
        const double w = 0.5 - 0.5 * cos(6.283185307179586 * (i - from) / (to - from));
        re += w * (double)x[i] * cos(6.283185307179586 * freq_hz * i / rate_hz);
        im += w * (double)x[i] * sin(6.283185307179586 * freq_hz * i / rate_hz);
        norm += single ? w : 0.5 * w;
    }
    return 20.0 * log10(sqrt(re * re + im * im) / norm + 1e-12);
}
