/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze -o x.npy: coefficients or powers, [channels][columns][rows]. Here the columns are an STFT's slices and the
 * rows its bins, or bands of an axis over them; analyze_npy_bands.c writes those of the transforms with slices. */
#include <math.h>
#include <string.h>

#include "analyze.h"
#include "sono_axis_bands.h"
#include "sono_mem.h"

#define CHUNK_BYTES ((size_t)16 << 20)

void analyze_power(const SonoCplx *coef, size_t n, double scale, float *power)
{
    for (size_t k = 0; k < n; k++) {
        const double re = scale * (double)coef[k].re;
        const double im = scale * (double)coef[k].im;
        power[k] = (float)(re * re + im * im);
    }
}

/* Slices whose centre lies in [t0_s, t1_s], both ends included, and the bins between fmin and fmax. */
static SonoStatus stft_layout(const AnalyzeJob *job, AnalyzeArray *array, SonoError *err)
{
    const SonoPlan *plan = job->plan;
    const double hop_s = (double)plan->slice_hop / plan->rate_hz;
    int64_t first = (int64_t)floor(job->t0_s / hop_s) - 1;
    int64_t last = (int64_t)ceil(job->t1_s / hop_s) + 1;
    while (sono_plan_time_s(plan, first) < job->t0_s) {
        first++;
    }
    while (sono_plan_time_s(plan, last) > job->t1_s) {
        last--;
    }
    if (last < first) {
        return sono_fail(err, SONO_E_RANGE, "no slice is centred between %g s and %g s", job->t0_s, job->t1_s);
    }
    array->first_col = first;
    array->n_cols = last - first + 1;
    array->col_frames = (double)plan->slice_hop;
    array->n_rows = job->n_bands;
    for (int32_t k = 0; k < plan->n_rows && job->n_bands == 0; k++) {
        const double hz = sono_plan_row_hz(plan, k);
        if (!(hz < job->fmin_hz) && !(hz > job->fmax_hz)) {
            array->first_row = array->n_rows == 0 ? k : array->first_row;
            array->n_rows++;
        }
    }
    return array->n_rows > 0 ? SONO_OK
                             : sono_fail(err, SONO_E_RANGE, "no bin lies between %g Hz and %g Hz",
                                         isnan(job->fmin_hz) ? 0.0 : job->fmin_hz,
                                         isnan(job->fmax_hz) ? 0.5 * plan->rate_hz : job->fmax_hz);
}

typedef struct StftWriter {
    const AnalyzeJob *job;
    const AnalyzeArray *array;
    int64_t batch; /* slices */
    float *pcm, *power, *band_power;
    SonoCplx *coef;
    SonoAxisBands bands;
} StftWriter;

static SonoStatus write_slice(StftWriter *s, const SonoCplx *coef, NpyWriter *npy, SonoError *err)
{
    const SonoPlan *plan = s->job->plan;
    const double scale = plan->atoms[0].level_scale;
    const size_t n_rows = (size_t)s->array->n_rows;
    if (s->job->n_bands > 0) { /* so that the powers of a sine in all bands add up to its amplitude squared */
        analyze_power(coef, (size_t)plan->n_rows, scale / sqrt(plan->reading_gain), s->power);
        sono_axis_bands_power(&s->bands, s->power, s->band_power);
        return npy_write(npy, s->band_power, n_rows, err);
    }
    if (s->job->values == ANALYZE_POWER) {
        analyze_power(coef + s->array->first_row, n_rows, scale, s->power);
        return npy_write(npy, s->power, n_rows, err);
    }
    return npy_write(npy, coef + s->array->first_row, n_rows, err);
}

static SonoStatus write_batch(StftWriter *s, int channel, SonoSlices part, NpyWriter *npy, SonoError *err)
{
    const SonoPlan *plan = s->job->plan;
    const SonoPcmReader *reader = s->job->reader;
    const SonoSpan span = sono_plan_support(plan, part);
    SonoStatus status = reader->read(reader->ctx, channel, span.start_frame, span.n_frames, s->pcm, err);
    if (status == SONO_OK) {
        status = sono_engine_analyse(s->job->engine, plan, s->pcm, span, part, s->coef, err);
    }
    for (int64_t m = 0; m < part.n && status == SONO_OK; m++) {
        status = write_slice(s, s->coef + (size_t)m * plan->n_coef, npy, err);
    }
    return status;
}

static SonoStatus stft_alloc(StftWriter *s, SonoError *err)
{
    const SonoPlan *plan = s->job->plan;
    const size_t row_bytes = plan->n_coef * sizeof(SonoCplx);
    s->batch = CLAMP((int64_t)(CHUNK_BYTES / row_bytes), 1, s->array->n_cols);
    s->pcm = sono_alloc_aligned((size_t)sono_plan_support(plan, (SonoSlices){0, s->batch}).n_frames, sizeof *s->pcm);
    s->coef = sono_alloc_aligned((size_t)s->batch, row_bytes);
    s->power = sono_alloc_aligned((size_t)plan->n_rows, sizeof *s->power);
    s->band_power = sono_alloc_aligned((size_t)MAX(s->job->n_bands, 1), sizeof *s->band_power);
    if (!s->pcm || !s->coef || !s->power || !s->band_power) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for coefficients");
    }
    return s->job->n_bands > 0 ? sono_axis_bands_make(plan, &s->job->axis, s->job->n_bands, &s->bands, err) : SONO_OK;
}

static SonoStatus stft_write(const AnalyzeJob *job, const AnalyzeArray *array, int c0, int c1, NpyWriter *npy,
                             SonoError *err)
{
    StftWriter s = {.job = job, .array = array};
    CliProgress progress;
    cli_progress_begin(&progress, "analysing");
    SonoStatus status = stft_alloc(&s, err);
    const double n_total = (double)(c1 - c0) * (double)array->n_cols;
    for (int c = c0; c < c1 && status == SONO_OK; c++) {
        for (int64_t m = 0; m < array->n_cols && status == SONO_OK; m += s.batch) {
            const SonoSlices part = {array->first_col + m, MIN(s.batch, array->n_cols - m)};
            status = write_batch(&s, c, part, npy, err);
            cli_progress_update(&progress, ((double)(c - c0) * (double)array->n_cols + (double)m) / n_total);
        }
    }
    cli_progress_end(&progress);
    sono_axis_bands_clear(&s.bands);
    sono_free(s.pcm);
    sono_free(s.coef);
    sono_free(s.power);
    sono_free(s.band_power);
    return status;
}

/* Centres of the rows. */
static double row_hz(const AnalyzeJob *job, const AnalyzeArray *array, int32_t row)
{
    if (array->derived) {
        return array->derived->atoms[row].freq_hz;
    }
    return job->n_bands > 0 ? sono_axis_band_hz(&job->axis, job->n_bands, row)
                            : sono_plan_row_hz(job->plan, array->first_row + row);
}

static CliExit print_summary(const AnalyzeJob *job, const AnalyzeArray *array, const int64_t shape[3])
{
    const bool stft = !array->derived;
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", job->path);
    sono_json_string(&w, "output", job->output);
    cli_transform_json(&w, "transform", job->plan);
    sono_json_string(&w, "values", job->values == ANALYZE_POWER ? "power" : "complex");
    sono_json_double(&w, "rate_hz", job->reader->rate_hz);
    sono_json_begin_array(&w, "shape", SONO_JSON_INLINE);
    for (int i = 0; i < 3; i++) {
        sono_json_int(&w, NULL, shape[i]);
    }
    sono_json_end_array(&w);
    sono_json_int(&w, stft ? "first_slice" : "first_column", array->first_col);
    sono_json_double(&w, "first_time_s", (double)array->first_col * array->col_frames / job->plan->rate_hz);
    sono_json_double(&w, stft ? "slice_s" : "column_s", array->col_frames / job->plan->rate_hz);
    if (stft && job->n_bands == 0) {
        sono_json_double(&w, "first_hz", row_hz(job, array, 0));
        sono_json_double(&w, "bin_hz", sono_plan_freq_hz(job->plan, 1));
    } else {
        sono_json_begin_array(&w, "frequencies_hz", SONO_JSON_INLINE);
        for (int32_t r = 0; r < array->n_rows; r++) {
            sono_json_double(&w, NULL, row_hz(job, array, r));
        }
        sono_json_end_array(&w);
    }
    if (job->values == ANALYZE_COMPLEX) {
        sono_json_double(&w, "sine_scale", (stft ? job->plan : array->derived)->atoms[0].level_scale);
    }
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static SonoStatus write_array(const AnalyzeJob *job, const AnalyzeArray *array, int64_t shape[3], SonoError *err)
{
    const int c0 = job->channel < 0 ? 0 : job->channel;
    const int c1 = job->channel < 0 ? job->reader->n_channels : job->channel + 1;
    shape[0] = c1 - c0;
    shape[1] = array->n_cols;
    shape[2] = array->n_rows;
    NpyWriter npy = {0};
    SonoStatus status =
        npy_open(&npy, job->output, job->values == ANALYZE_POWER ? NPY_FLOAT32 : NPY_COMPLEX64, shape, err);
    if (status != SONO_OK) {
        return status;
    }
    status =
        array->derived ? analyze_bands_write(job, array, c0, c1, &npy, err) : stft_write(job, array, c0, c1, &npy, err);
    if (status != SONO_OK) {
        npy_abandon(&npy);
        return status;
    }
    return npy_close(&npy, err);
}

CliExit analyze_to_npy(const AnalyzeJob *job)
{
    AnalyzeArray array = {0};
    SonoError err = {0};
    int64_t shape[3] = {0};
    SonoStatus status =
        job->plan->axis == SONO_AXIS_TIME ? stft_layout(job, &array, &err) : analyze_bands_layout(job, &array, &err);
    if (status == SONO_OK) {
        status = write_array(job, &array, shape, &err);
    } else if (status == SONO_E_RANGE) {
        (void)sono_fail_context(&err, "%s", job->path);
    }
    const CliExit code = status != SONO_OK ? cli_fail(&err) : job->json ? print_summary(job, &array, shape) : CLI_OK;
    sono_plan_unref(array.derived);
    return code;
}
