/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resampler.h"

#include "sono_mem.h"

#include <soxr.h>

#define LOG2_BLOCK 8 /* the smallest that soxr takes: at most 18 ms are held back */

struct Resampler {
    soxr_t soxr;
    double lag;
};

SonoStatus resampler_new(double in_hz, double out_hz, int n_channels, Resampler **out, SonoError *err)
{
    Resampler *r = sono_calloc(1, sizeof *r);
    if (!r) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for resampling");
    }
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_S, SOXR_FLOAT32_S);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    runtime.log2_min_dft_size = LOG2_BLOCK;
    runtime.log2_large_dft_size = LOG2_BLOCK;
    soxr_error_t failure = NULL;
    r->soxr = soxr_create(in_hz, out_hz, (unsigned)n_channels, &failure, &io, &quality, &runtime);
    if (!r->soxr) {
        sono_free(r);
        return sono_fail(err, SONO_E_INVALID, "resampling %g Hz to %g Hz: %s", in_hz, out_hz,
                         failure ? failure : "refused");
    }
    *out = r;
    return SONO_OK;
}

void resampler_free(Resampler *r)
{
    if (r) {
        soxr_delete(r->soxr);
        sono_free(r);
    }
}

double resampler_lag(const Resampler *r)
{
    return r->lag;
}

SonoStatus resampler_run(Resampler *r, const float *const *in, size_t *n_in, float *const *out, size_t *n_out,
                         SonoError *err)
{
    size_t taken = 0;
    size_t given = 0;
    /* with planes, in and out are arrays of pointers */
    const soxr_error_t failure = soxr_process(r->soxr, (soxr_in_t)in, *n_in, &taken, (soxr_out_t)out, *n_out, &given);
    if (failure) {
        return sono_fail(err, SONO_E_NOMEM, "resampling: %s", failure);
    }
    const double lag = soxr_delay(r->soxr);
    r->lag = lag > r->lag ? lag : r->lag;
    *n_in = taken;
    *n_out = given;
    return SONO_OK;
}
