/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roundtrip FILE: analyse and synthesise the whole file, span by span, and say how close the result is. */
#include <math.h>
#include <stdio.h>

#include "cli.h"
#include "sono_mem.h"

#define SPAN_FRAMES 262144

typedef struct Error {
    double signal, noise; /* sums of squares */
    double max_error;
} Error;

/* Frames [span] of one channel, out = S V x. */
static SonoStatus roundtrip_span(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, int channel,
                                 SonoSpan span, Error *e, SonoError *err)
{
    const SonoSlices slices = sono_plan_slices_touching(plan, span);
    const SonoSpan support = sono_plan_support(plan, slices);
    float *in = sono_alloc_aligned((size_t)support.n_frames, sizeof *in);
    float *out = sono_alloc_aligned((size_t)span.n_frames, sizeof *out);
    SonoCplx *coef = sono_alloc_aligned((size_t)slices.n * plan->n_coef, sizeof *coef);
    SonoStatus status = SONO_OK;
    if (!in || !out || !coef) {
        status = sono_fail(err, SONO_E_NOMEM, "no memory for %lld slices", (long long)slices.n);
    }
    if (status == SONO_OK) {
        status = reader->read(reader->ctx, channel, support.start_frame, support.n_frames, in, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_analyse(engine, plan, in, support, slices, coef, err);
    }
    if (status == SONO_OK) {
        status = sono_engine_synthesise(engine, plan, coef, slices, out, span, err);
    }
    for (int64_t i = 0; status == SONO_OK && i < span.n_frames; i++) {
        const double x = in[span.start_frame - support.start_frame + i], d = (double)out[i] - x;
        e->signal += x * x;
        e->noise += d * d;
        e->max_error = fmax(e->max_error, fabs(d));
    }
    sono_free(in);
    sono_free(out);
    sono_free(coef);
    return status;
}

static SonoStatus roundtrip(SonoEngine *engine, const SonoPlan *plan, const SonoPcmReader *reader, Error *errors,
                            SonoError *err)
{
    CliProgress progress;
    cli_progress_begin(&progress, "round trip");
    SonoStatus status = SONO_OK;
    for (int64_t start = 0; start < reader->n_frames && status == SONO_OK; start += SPAN_FRAMES) {
        const SonoSpan span = {start, MIN(SPAN_FRAMES, reader->n_frames - start)};
        for (int c = 0; c < reader->n_channels && status == SONO_OK; c++) {
            status = roundtrip_span(engine, plan, reader, c, span, &errors[c], err);
        }
        cli_progress_update(&progress, (double)start / (double)reader->n_frames);
    }
    cli_progress_end(&progress);
    return status;
}

/* Infinite for no error at all. */
static double snr_db(const Error *e)
{
    return e->noise > 0.0 ? 10.0 * log10(e->signal / e->noise) : INFINITY;
}

static CliExit print_json(const char *path, const SonoPlan *plan, const SonoPcmReader *reader, const Error *errors)
{
    SonoJsonWriter w = {0};
    double worst = INFINITY;
    for (int c = 0; c < reader->n_channels; c++) {
        worst = fmin(worst, snr_db(&errors[c]));
    }
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", path);
    cli_transform_json(&w, "transform", plan);
    sono_json_double(&w, "rate_hz", reader->rate_hz);
    sono_json_int(&w, "n_frames", reader->n_frames);
    sono_json_double(&w, "snr_db", worst); /* null: no error at all */
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

static CliExit print_text(const SonoPlan *plan, const SonoPcmReader *reader, const Error *errors)
{
    char text[160];
    printf("%s\n", sono_plan_describe(plan, text, sizeof text));
    for (int c = 0; c < reader->n_channels; c++) {
        if (errors[c].noise > 0.0) {
            printf("channel %-4d SNR %.2f dB, largest error %.3g\n", c, snr_db(&errors[c]), errors[c].max_error);
        } else {
            printf("channel %-4d %s\n", c, errors[c].signal > 0.0 ? "identical" : "silent, identical");
        }
    }
    return CLI_OK;
}

static CliExit run_on(const char *path, const CliTransform *t, const CliEngineOptions *engine_options, bool json)
{
    CliSound sound = {0};
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    Error *errors = NULL;
    SonoError err = {0};
    CliExit code = CLI_OK;
    SonoStatus status = cli_sound_open(&sound, path, true, &err);
    if (status != SONO_OK) {
        return cli_fail(&err);
    }
    status = cli_engine_open(engine_options, &engine, &err);
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t->transform, &t->params, sound.reader.rate_hz, sound.reader.n_frames, &plan, &err);
    }
    if (status == SONO_OK) {
        errors = g_new0(Error, (gsize)sound.reader.n_channels);
        status = roundtrip(engine, plan, &sound.reader, errors, &err);
    }
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else {
        code = json ? print_json(path, plan, &sound.reader, errors) : print_text(plan, &sound.reader, errors);
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
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL}, G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    cli_engine_add(&engine, &p);
    if (cli_transform_add(&transform, &p, argc, argv) && cli_parser_run(&p, argc, argv, 1, 1, &code)) {
        code = cli_transform_finish(&transform, &p) && cli_engine_finish(&engine, &p)
                   ? run_on(p.operands[0], &transform, &engine, json)
                   : CLI_USAGE;
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
