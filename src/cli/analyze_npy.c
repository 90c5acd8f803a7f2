/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze -o x.npy: complex coefficients [channels][slices][bins] of the slices centred in the span asked for. */
#include <math.h>
#include <string.h>

#include "analyze.h"
#include "npy_writer.h"
#include "sono_mem.h"

#define CHUNK_BYTES ((size_t)16 << 20)

/* Slices whose centre lies in [t0_s, t1_s], both ends included. */
static SonoSlices slices_centred_in(const SonoPlan *plan, double t0_s, double t1_s)
{
    const double hop_s = (double)plan->slice_hop / plan->rate_hz;
    int64_t first = (int64_t)floor(t0_s / hop_s) - 1, last = (int64_t)ceil(t1_s / hop_s) + 1;
    while (sono_plan_time_s(plan, first) < t0_s) {
        first++;
    }
    while (sono_plan_time_s(plan, last) > t1_s) {
        last--;
    }
    return (SonoSlices){first, last - first + 1};
}

static SonoStatus write_slices(const AnalyzeJob *job, int channel, SonoSlices part, float *pcm, SonoCplx *coef,
                               NpyWriter *npy, SonoError *err)
{
    const size_t n_bins = (size_t)sono_plan_n_bins(job->plan);
    const SonoSpan span = sono_plan_support(job->plan, part);
    SonoStatus status = job->reader->read(job->reader->ctx, channel, span.start_frame, span.n_frames, pcm, err);
    if (status == SONO_OK) {
        status = sono_engine_analyse(job->engine, job->plan, pcm, span, part, coef, err);
    }
    for (int64_t m = 0; m < part.n && status == SONO_OK; m++) {
        status = npy_write(npy, coef + (size_t)m * job->plan->n_coef, n_bins, err);
    }
    return status;
}

static SonoStatus write_all(const AnalyzeJob *job, SonoSlices slices, int c0, int c1, NpyWriter *npy, SonoError *err)
{
    const size_t row_bytes = job->plan->n_coef * sizeof(SonoCplx);
    const int64_t batch = (int64_t)MAX(CHUNK_BYTES / row_bytes, 1);
    const int64_t n_batch = MIN(batch, slices.n);
    const SonoSpan longest = sono_plan_support(job->plan, (SonoSlices){0, n_batch});
    float *pcm = sono_alloc_aligned((size_t)longest.n_frames, sizeof *pcm);
    SonoCplx *coef = sono_alloc_aligned((size_t)n_batch, row_bytes);
    CliProgress progress;
    cli_progress_begin(&progress, "analysing");
    SonoStatus status = pcm && coef ? SONO_OK : sono_fail(err, SONO_E_NOMEM, "no memory for coefficients");
    const double n_total = (double)(c1 - c0) * (double)slices.n;
    for (int c = c0; c < c1 && status == SONO_OK; c++) {
        for (int64_t m = 0; m < slices.n && status == SONO_OK; m += n_batch) {
            const SonoSlices part = {slices.first + m, MIN(n_batch, slices.n - m)};
            status = write_slices(job, c, part, pcm, coef, npy, err);
            cli_progress_update(&progress, ((double)(c - c0) * (double)slices.n + (double)m) / n_total);
        }
    }
    cli_progress_end(&progress);
    sono_free(pcm);
    sono_free(coef);
    return status;
}

static CliExit print_summary(const AnalyzeJob *job, SonoSlices slices, const int64_t shape[3])
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", job->path);
    sono_json_string(&w, "output", job->output);
    cli_transform_json(&w, "transform", job->plan);
    sono_json_double(&w, "rate_hz", job->reader->rate_hz);
    sono_json_begin_array(&w, "shape", SONO_JSON_INLINE);
    for (int i = 0; i < 3; i++) {
        sono_json_int(&w, NULL, shape[i]);
    }
    sono_json_end_array(&w);
    sono_json_int(&w, "first_slice", slices.first);
    sono_json_double(&w, "first_time_s", sono_plan_time_s(job->plan, slices.first));
    sono_json_double(&w, "slice_s", (double)job->plan->slice_hop / job->plan->rate_hz);
    sono_json_double(&w, "bin_hz", sono_plan_freq_hz(job->plan, 1));
    sono_json_double(&w, "sine_scale", job->plan->atoms[0].level_scale);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

CliExit analyze_to_npy(const AnalyzeJob *job)
{
    const int c0 = job->channel < 0 ? 0 : job->channel;
    const int c1 = job->channel < 0 ? job->reader->n_channels : job->channel + 1;
    const SonoSlices slices = slices_centred_in(job->plan, job->t0_s, job->t1_s);
    SonoError err = {0};
    if (job->plan->axis != SONO_AXIS_TIME || job->plan->n_atoms != 1) {
        cli_error("arrays of transform '%s' are not possible yet", job->plan->transform);
        return CLI_FAILED;
    }
    if (slices.n <= 0) {
        cli_error("%s: no slice is centred between %g s and %g s", job->path, job->t0_s, job->t1_s);
        return CLI_FAILED;
    }
    const int64_t shape[3] = {c1 - c0, slices.n, sono_plan_n_bins(job->plan)};
    NpyWriter npy = {0};
    SonoStatus status = npy_open(&npy, job->output, shape, &err);
    if (status != SONO_OK) {
        return cli_fail(&err);
    }
    status = write_all(job, slices, c0, c1, &npy, &err);
    if (status == SONO_OK) {
        status = npy_close(&npy, &err);
    } else {
        npy_abandon(&npy);
    }
    if (status != SONO_OK) {
        return cli_fail(&err);
    }
    return job->json ? print_summary(job, slices, shape) : CLI_OK;
}
