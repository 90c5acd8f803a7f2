/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry, from transforms.def. */
#include "sono_transform.h"

#include <math.h>
#include <string.h>

#define SONO_TRANSFORM(name) extern const SonoTransform sono_transform_##name;
#include "transforms.def"
#undef SONO_TRANSFORM

const SonoTransform *const sono_transforms[] = {
#define SONO_TRANSFORM(name) &sono_transform_##name,
#include "transforms.def"
#undef SONO_TRANSFORM
    NULL};

const SonoTransform *sono_transform_find(const char *name)
{
    for (const SonoTransform *const *t = sono_transforms; *t; t++) {
        if (strcmp((*t)->name, name) == 0) {
            return *t;
        }
    }
    return NULL;
}

SonoStatus sono_plan_build(const SonoTransform *transform, const SonoParams *params, double rate_hz, int64_t n_frames,
                           SonoPlan **out, SonoError *err)
{
    if (!isfinite(rate_hz) || rate_hz <= 0.0 || rate_hz > 768000.0) {
        return sono_fail(err, SONO_E_RANGE, "sample rate is %g Hz, must be above 0 and at most 768000", rate_hz);
    }
    SonoStatus status = sono_params_check(transform->params, params, err);
    if (status == SONO_OK) {
        status = transform->build(params, rate_hz, n_frames, out, err);
    }
    if (status == SONO_OK && transform->needs_length) {
        (*out)->for_frames = n_frames;
    }
    return status;
}
