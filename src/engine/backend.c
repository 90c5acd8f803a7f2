/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backends there are, and calls through their tables. */
#include "sono_backend.h"

#include <string.h>

#define SONO_BACKEND(name) extern const SonoBackendType sono_backend_type_##name;
#include "backends.def"
#undef SONO_BACKEND

const SonoBackendType *const sono_backend_types[] = {
#define SONO_BACKEND(name) &sono_backend_type_##name,
#include "backends.def"
#undef SONO_BACKEND
    NULL};

const SonoBackendType *sono_backend_type_find(const char *name)
{
    for (const SonoBackendType *const *t = sono_backend_types; *t; t++) {
        if (strcmp((*t)->name, name) == 0) {
            return *t;
        }
    }
    return NULL;
}

SonoStatus sono_backend_analyse(SonoBackend *be, const SonoPlan *plan, const float *pcm, SonoSpan span,
                                SonoSlices slices, SonoCplx *coef, SonoError *err)
{
    return slices.n <= 0 ? SONO_OK : be->type->analyse(be, plan, pcm, span, slices, coef, err);
}

SonoStatus sono_backend_synthesise(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                   float *pcm, SonoSpan span, SonoError *err)
{
    return span.n_frames <= 0 ? SONO_OK : be->type->synthesise(be, plan, coef, slices, pcm, span, err);
}

SonoStatus sono_backend_adjoint(SonoBackend *be, const SonoPlan *plan, const SonoCplx *coef, SonoSlices slices,
                                float *pcm, SonoSpan span, SonoError *err)
{
    return span.n_frames <= 0 ? SONO_OK : be->type->adjoint(be, plan, coef, slices, pcm, span, err);
}

SonoStatus sono_backend_apply(SonoBackend *be, const SonoPlan *plan, const SonoOperation *op, const float *args,
                              const SonoCplx *in, const float *weights, SonoSlices slices, SonoCplx *out,
                              SonoError *err)
{
    if (slices.n <= 0) {
        return SONO_OK;
    }
    if (be->type->apply) {
        return be->type->apply(be, plan, op, args, in, weights, slices, out, err);
    }
    op->run(in, weights, (size_t)slices.n * plan->n_coef, args, out);
    return SONO_OK;
}
