/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roundtrip FILE: analyse and synthesise the whole file, batch by batch, and say how close the result is. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "sono_mem.h"

#define NOT_REPEATED INT_MIN
#define BATCH_BYTES ((size_t)16 << 20)

typedef struct Error {
    double signal, noise; /* sums of squares */
    double max_error;
} Error;

/* Processor time of all threads. */
typedef struct Times {
    double analyse_s, synthesise_s;
} Times;

/* The sound goes through batch by batch of slices. What a batch's last slices give to frames that the next batch
 * reaches too is kept for it, so that every slice is computed once, however long it is. */
typedef struct Trip {
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    int64_t batch;   /* slices */
    int64_t overlap; /* frames that neighbouring batches share */
    float *in, *out; /* [support of a batch] */
    float *kept;     /* [channel][overlap] */
    SonoCplx *coef;
    Times times;
} Trip;

static double cpu_s(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void compare(const Trip *trip, SonoSpan frames, Error *e)
{
    const int64_t n_frames = trip->reader->n_frames;
    const int64_t from = MAX(0, -frames.start_frame);
    const int64_t to = MIN(frames.n_frames, n_frames - frames.start_frame);
    for (int64_t i = from; i < to; i++) {
        const double x = (double)trip->in[i];
        const double d = (double)trip->out[i] - x;
        e->signal += x * x;
        e->noise += d * d;
        e->max_error = fmax(e->max_error, fabs(d));
    }
}

static SonoStatus trip_batch(Trip *trip, int channel, SonoSlices part, Error *e, SonoError *err)
{
    const SonoSpan support = sono_plan_support(trip->plan, part);
    const SonoPcmReader *reader = trip->reader;
    SonoStatus status = reader->read(reader->ctx, channel, support.start_frame, support.n_frames, trip->in, err);
    const double start_s = cpu_s();
    if (status == SONO_OK) {
        status = sono_engine_analyse(trip->engine, trip->plan, trip->in, support, part, trip->coef, err);
    }
    const double middle_s = cpu_s();
    if (status == SONO_OK) {
        status = sono_engine_synthesise(trip->engine, trip->plan, trip->coef, part, trip->out, support, err);
    }
    trip->times.analyse_s += middle_s - start_s;
    trip->times.synthesise_s += cpu_s() - middle_s;
    if (status != SONO_OK) {
        return status;
    }
    float *kept = trip->kept + (size_t)channel * (size_t)trip->overlap;
    const int64_t n_done = part.n * trip->plan->slice_hop;
    for (int64_t i = 0; i < trip->overlap; i++) {
        trip->out[i] += kept[i];
    }
    compare(trip, (SonoSpan){support.start_frame, n_done}, e);
    memcpy(kept, trip->out + n_done, (size_t)trip->overlap * sizeof *kept);
    return SONO_OK;
}

static SonoStatus trip_alloc(Trip *trip, SonoSlices all, SonoError *err)
{
    const SonoPlan *plan = trip->plan;
    const int64_t fitting = (int64_t)(BATCH_BYTES / (plan->n_coef * sizeof(SonoCplx)));
    trip->batch = CLAMP(fitting, 1, MAX(all.n, 1));
    trip->overlap = plan->slice_len - plan->slice_hop;
    const size_t n_frames = (size_t)sono_plan_support(plan, (SonoSlices){0, trip->batch}).n_frames;
    trip->in = sono_alloc_aligned(n_frames, sizeof *trip->in);
    trip->out = sono_alloc_aligned(n_frames, sizeof *trip->out);
    trip->coef = sono_alloc_aligned((size_t)trip->batch * plan->n_coef, sizeof *trip->coef);
    trip->kept = sono_calloc((size_t)trip->reader->n_channels * (size_t)MAX(trip->overlap, 1), sizeof *trip->kept);
    return trip->in && trip->out && trip->coef && trip->kept
               ? SONO_OK
               : sono_fail(err, SONO_E_NOMEM, "no memory for %lld slices", (long long)trip->batch);
}

static SonoStatus roundtrip(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, Error *errors,
                            Times *times, SonoError *err)
{
    Trip trip = {.engine = engine, .plan = plan, .reader = reader};
    const SonoSlices all = sono_plan_slices_touching(plan, (SonoSpan){0, reader->n_frames});
    SonoStatus status = trip_alloc(&trip, all, err);
    CliProgress progress;
    cli_progress_begin(&progress, "round trip");
    for (int64_t m = 0; m < all.n && status == SONO_OK; m += trip.batch) {
        const SonoSlices part = {all.first + m, MIN(trip.batch, all.n - m)};
        for (int c = 0; c < reader->n_channels && status == SONO_OK; c++) {
            status = trip_batch(&trip, c, part, &errors[c], err);
        }
        cli_progress_update(&progress, (double)m / (double)all.n);
    }
    cli_progress_end(&progress);
    sono_free(trip.in);
    sono_free(trip.out);
    sono_free(trip.coef);
    sono_free(trip.kept);
    *times = trip.times;
    return status;
}

/* The fastest of n trips; the first also plans. */
static SonoStatus repeat(int n, SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, Error *errors,
                         Times *best, SonoError *err)
{
    SonoStatus status = SONO_OK;
    *best = (Times){INFINITY, INFINITY};
    for (int i = 0; i < n && status == SONO_OK; i++) {
        Times times = {0};
        memset(errors, 0, (size_t)reader->n_channels * sizeof *errors);
        status = roundtrip(engine, plan, reader, errors, &times, err);
        best->analyse_s = fmin(best->analyse_s, times.analyse_s);
        best->synthesise_s = fmin(best->synthesise_s, times.synthesise_s);
    }
    return status;
}

/* Infinite for no error at all. */
static double snr_db(const Error *e)
{
    return e->noise > 0.0 ? 10.0 * log10(e->signal / e->noise) : INFINITY;
}

static CliExit print_json(const char *path, const SonoPlan *plan, const SonoPcmReader *reader, const Error *errors,
                          const Times *times)
{
    SonoJsonWriter w = {0};
    double worst = INFINITY;
    for (int c = 0; c < reader->n_channels; c++) {
        worst = fmin(worst, snr_db(&errors[c]));
    }
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", path);
    cli_transform_json(&w, "transform", plan);
    sono_json_double(&w, "bound_a", plan->bound_a);
    sono_json_double(&w, "bound_b", plan->bound_b);
    sono_json_double(&w, "rate_hz", reader->rate_hz);
    sono_json_int(&w, "n_frames", reader->n_frames);
    sono_json_double(&w, "snr_db", worst); /* null: no error at all */
    if (times) {
        sono_json_double(&w, "analyse_cpu_s", times->analyse_s);
        sono_json_double(&w, "synthesise_cpu_s", times->synthesise_s);
    }
    sono_json_begin_array(&w, "channels", SONO_JSON_LINES);
    for (int c = 0; c < reader->n_channels; c++) {
        sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
        sono_json_double(&w, "snr_db", snr_db(&errors[c]));
        sono_json_double(&w, "max_error", errors[c].max_error);
        sono_json_bool(&w, "silent", !(errors[c].signal > 0.0));
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static CliExit print_text(const SonoPlan *plan, const SonoPcmReader *reader, const Error *errors, const Times *times)
{
    char text[256];
    printf("%s\n", sono_plan_describe(plan, text, sizeof text));
    for (int c = 0; c < reader->n_channels; c++) {
        if (errors[c].noise > 0.0) {
            printf("channel %-4d SNR %.2f dB, largest error %.3g\n", c, snr_db(&errors[c]), errors[c].max_error);
        } else {
            printf("channel %-4d %s\n", c, errors[c].signal > 0.0 ? "identical" : "silent, identical");
        }
    }
    if (times) {
        printf("processor    %.3f s to analyse, %.3f s to synthesise\n", times->analyse_s, times->synthesise_s);
    }
    return CLI_OK;
}

static CliExit run_on(const char *path, const CliTransform *t, const CliEngineOptions *engine_options, int n_trips,
                      bool json)
{
    CliSound sound = {0};
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    Error *errors = NULL;
    Times times = {0};
    SonoError err = {0};
    CliExit code = CLI_OK;
    SonoStatus status = cli_sound_open(&sound, path, true, &err);
    if (status != SONO_OK) {
        return cli_fail(&err);
    }
    status = cli_engine_open(engine_options, &engine, &err);
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t->transform, &t->params, sound.reader.rate_hz, sound.reader.n_frames, &plan,
                                  &err);
    }
    if (status == SONO_OK) {
        errors = g_new0(Error, (gsize)sound.reader.n_channels);
        status = repeat(MAX(n_trips, 1), engine, plan, &sound.reader, errors, &times, &err);
    }
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else {
        const Times *asked = n_trips != NOT_REPEATED ? &times : NULL;
        code = json ? print_json(path, plan, &sound.reader, errors, asked)
                    : print_text(plan, &sound.reader, errors, asked);
    }
    g_free(errors);
    sono_plan_unref(plan);
    sono_engine_free(engine);
    cli_sound_close(&sound);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    CliTransform transform = {0};
    CliEngineOptions engine = {0};
    gboolean json = FALSE;
    CliExit code = CLI_USAGE;
    gint n_trips = NOT_REPEATED;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
        {"repeat", 0, 0, G_OPTION_ARG_INT, &n_trips, "Do it N times and say how long the fastest took", "N"},
        G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    cli_engine_add(&engine, &p);
    if (cli_transform_add(&transform, &p, argc, argv) && cli_parser_run(&p, argc, argv, 1, 1, &code)) {
        if (n_trips != NOT_REPEATED && (n_trips < 1 || n_trips > 1000)) {
            code = cli_usage_error(self, "--repeat is %d, must be from 1 to 1000", n_trips);
        } else if (cli_transform_finish(&transform, &p) && cli_engine_finish(&engine, &p)) {
            code = run_on(p.operands[0], &transform, &engine, n_trips, json);
        } else {
            code = CLI_USAGE;
        }
    }
    cli_transform_clear(&transform);
    cli_engine_options_clear(&engine);
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_roundtrip = {
    .name = "roundtrip",
    .operands = "FILE",
    .summary = "Analyse and resynthesise a whole file and print the signal-to-noise ratio",
    .run = run,
};
