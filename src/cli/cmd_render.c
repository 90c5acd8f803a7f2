/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render FILE --edits SCRIPT -o OUT: the sound with all edits of a script, the same bits every time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "sono_clock.h"

typedef struct Options {
    char *edits, *output, *bits;
    char *transform, *preset, *params;
    gboolean dither, json;
    double quality;
} Options;

typedef struct Render {
    const char *path;
    const Options *options;
    CliTransform transform; /* for edits that leave it open, when given */
    SonoEditScript script;
    SonoEncodeOptions encode;
    CliSound sound;
    SonoEngine *engine;
    SonoDocument *document;
    SonoCommitReport *reports; /* [script.n_edits] */
    SonoSaveReport saved;
    double load_s, edit_s, save_s;
} Render;

static const struct {
    const char *name;
    SonoSampleType type;
} sample_types[] = {
    {"8", SONO_SAMPLE_PCM8},   {"16", SONO_SAMPLE_PCM16},      {"24", SONO_SAMPLE_PCM24},
    {"32", SONO_SAMPLE_PCM32}, {"float", SONO_SAMPLE_FLOAT32},
};

static bool find_sample_type(const char *name, SonoSampleType *out)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sample_types); i++) {
        if (strcmp(sample_types[i].name, name) == 0) {
            *out = sample_types[i].type;
            return true;
        }
    }
    return false;
}

/* How the result is stored: as the source is, where the format can, or as --bits says. */
static SonoStatus choose_encoding(Render *r, SonoError *err)
{
    const Options *o = r->options;
    SonoStatus status = sono_encode_options_for(o->output, &r->sound.report.info, &r->encode, err);
    if (status != SONO_OK) {
        return status;
    }
    if (o->bits) {
        (void)find_sample_type(o->bits, &r->encode.sample);
        const SonoSampleType s = r->encode.sample;
        if (r->encode.file == SONO_FILE_OGG) {
            return sono_fail(err, SONO_E_UNSUPPORTED, "%s: --bits does not apply to Ogg Vorbis",
                             sono_short_name(o->output).text);
        }
        if (r->encode.file == SONO_FILE_FLAC && (s == SONO_SAMPLE_PCM32 || s == SONO_SAMPLE_FLOAT32)) {
            return sono_fail(err, SONO_E_UNSUPPORTED, "%s: FLAC holds at most 24 bits",
                             sono_short_name(o->output).text);
        }
    }
    const char *name = sono_short_name(o->output).text;
    if (o->dither && (r->encode.sample == SONO_SAMPLE_FLOAT32 || r->encode.file == SONO_FILE_OGG)) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: --dither applies to integer samples only", name);
    }
    if (!isnan(o->quality) && r->encode.file != SONO_FILE_OGG) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: --quality applies to Ogg Vorbis only", name);
    }
    r->encode.dither = o->dither;
    r->encode.dither_seed = 1;
    r->encode.quality = isnan(o->quality) ? r->encode.quality : o->quality;
    return SONO_OK;
}

/* Edits that name no transform of their own get the one of the command line. */
static void choose_transforms(Render *r)
{
    for (size_t i = 0; i < r->script.n_edits && r->transform.is_given; i++) {
        SonoEdit *edit = &r->script.edits[i];
        if (strcmp(edit->transform, "auto") == 0) {
            (void)g_strlcpy(edit->transform, r->transform.transform->name, sizeof edit->transform);
            edit->transform_params = r->transform.params;
        }
    }
}

static SonoStatus open_all(Render *r, const CliEngineOptions *engine_options, SonoError *err)
{
    const double start_s = sono_now_s();
    SonoStatus status = sono_edit_script_load(r->options->edits, &r->script, err);
    choose_transforms(r);
    if (status == SONO_OK) { /* an impossible output is known before hours of sound are read */
        status = sono_encode_options_for(r->options->output, NULL, &r->encode, err);
    }
    if (status == SONO_OK) {
        status = cli_sound_open(&r->sound, r->path, false, err);
    }
    if (status == SONO_OK) {
        status = choose_encoding(r, err);
    }
    if (status == SONO_OK) {
        status = cli_edits_check(&r->script, r->options->edits, r->sound.clip, err);
    }
    if (status == SONO_OK) {
        status = cli_engine_open(engine_options, &r->engine, err);
    }
    if (status == SONO_OK) {
        status = sono_document_new(r->path, r->sound.clip, &r->sound.report.info, &r->document, err);
    }
    r->reports = g_new0(SonoCommitReport, MAX(r->script.n_edits, 1));
    r->load_s = sono_now_s() - start_s;
    return status;
}

static SonoStatus apply_edits(Render *r, SonoError *err)
{
    const double start_s = sono_now_s();
    const SonoStatus status = cli_edits_apply(&r->script, r->options->edits, r->engine, r->document, r->reports, err);
    r->edit_s = sono_now_s() - start_s;
    return status;
}

static SonoStatus save(Render *r, SonoError *err)
{
    const double start_s = sono_now_s();
    CliProgress progress;
    cli_progress_begin(&progress, "writing");
    const SonoCodecOptions codec = cli_codec_options(&progress);
    const SonoStatus status =
        sono_clip_save(sono_document_clip(r->document), r->options->output, &r->encode, &codec, &r->saved, err);
    cli_progress_end(&progress);
    r->save_s = sono_now_s() - start_s;
    return status;
}

static void edit_json(SonoJsonWriter *w, const Render *r, size_t i)
{
    const SonoEdit *edit = &r->script.edits[i];
    const SonoCommitReport *report = &r->reports[i];
    const double rate_hz = sono_clip_rate_hz(r->sound.clip);
    sono_json_begin_object(w, NULL, SONO_JSON_LINES);
    sono_json_string(w, "operation", edit->operation->name);
    sono_json_string(w, "label", edit->label);
    sono_json_string(w, "transform", report->transform);
    sono_json_int(w, "window_frames", report->window_frames);
    sono_json_int(w, "hop_frames", report->hop_frames);
    sono_json_int(w, "steps", report->steps);
    sono_json_double(w, "inside_db", report->inside_db);
    sono_json_double(w, "surround_db", report->surround_db);
    sono_json_begin_object(w, "dirty", SONO_JSON_INLINE);
    sono_json_int(w, "start_frame", report->dirty.start_frame);
    sono_json_int(w, "n_frames", report->dirty.n_frames);
    sono_json_double(w, "t0_s", (double)report->dirty.start_frame / rate_hz);
    sono_json_double(w, "t1_s", (double)sono_span_end(report->dirty) / rate_hz);
    sono_json_end_object(w);
    sono_json_begin_array(w, "objective", SONO_JSON_INLINE);
    for (int k = 0; report->steps > 0 && k <= report->steps && k < SONO_COMMIT_MAX_OBJECTIVE; k++) {
        sono_json_double(w, NULL, report->objective[k]);
    }
    sono_json_end_array(w);
    sono_json_double(w, "seconds", report->seconds);
    sono_json_end_object(w);
}

static CliExit print_json(const Render *r)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", r->path);
    sono_json_string(&w, "edits_file", r->options->edits);
    sono_json_string(&w, "output", r->options->output);
    sono_json_double(&w, "rate_hz", sono_clip_rate_hz(r->sound.clip));
    sono_json_int(&w, "n_channels", sono_clip_n_channels(r->sound.clip));
    sono_json_int(&w, "n_frames", sono_clip_n_frames(r->sound.clip));
    sono_json_int(&w, "n_clipped", r->saved.n_clipped);
    sono_json_string(&w, "backend", sono_engine_backend_name(r->engine));
    sono_json_double(&w, "load_s", r->load_s);
    sono_json_double(&w, "edit_s", r->edit_s);
    sono_json_double(&w, "save_s", r->save_s);
    sono_json_begin_array(&w, "edits", SONO_JSON_LINES);
    for (size_t i = 0; i < r->script.n_edits; i++) {
        edit_json(&w, r, i);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static CliExit render(const char *path, const Options *options, const CliTransform *transform,
                      const CliEngineOptions *engine_options)
{
    Render r = {.path = path, .options = options, .transform = *transform};
    SonoError err = {0};
    SonoStatus status = open_all(&r, engine_options, &err);
    if (status == SONO_OK) {
        status = apply_edits(&r, &err);
    }
    if (status == SONO_OK) {
        status = save(&r, &err);
    }
    CliExit code = CLI_OK;
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else {
        if (r.saved.n_clipped > 0) {
            cli_warning("%s: %lld samples beyond full scale were clipped", options->output,
                        (long long)r.saved.n_clipped);
        }
        code = options->json ? print_json(&r) : CLI_OK;
    }
    g_free(r.reports);
    sono_document_free(r.document);
    sono_engine_free(r.engine);
    if (r.sound.clip) {
        cli_sound_close(&r.sound);
    }
    sono_edit_script_clear(&r.script);
    return code;
}

/* --transform, --preset and --params; the transform's parameters have no options of their own here, since one is called
 * --quality, as that of Ogg Vorbis is. */
static bool check_transform(const CliCommand *self, const Options *o, CliTransform *t)
{
    SonoError err = {0};
    if (!cli_transform_choose(t, self, o->transform, o->preset)) {
        return false;
    }
    if (o->params && !t->is_given) {
        (void)cli_usage_error(self, "--params needs --transform or --preset");
        return false;
    }
    if (o->params && sono_params_parse_over(t->transform->params, o->params, &t->params, &err) != SONO_OK) {
        (void)cli_usage_error(self, "--params: %s", err.message);
        return false;
    }
    return true;
}

static bool check_options(const CliCommand *self, const Options *o)
{
    SonoSampleType type;
    if (!o->edits) {
        (void)cli_usage_error(self, "--edits is missing: name an edit script");
    } else if (!o->output) {
        (void)cli_usage_error(self, "-o is missing: name the file to write");
    } else if (o->bits && !find_sample_type(o->bits, &type)) {
        (void)cli_usage_error(self, "--bits is '%s', must be one of: 8, 16, 24, 32, float", o->bits);
    } else if (!isnan(o->quality) && !(o->quality >= 0.0 && o->quality <= 1.0)) {
        (void)cli_usage_error(self, "--quality is %g, must be from 0 to 1", o->quality);
    } else {
        return true;
    }
    return false;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    Options o = {.quality = NAN};
    CliEngineOptions engine = {0};
    CliTransform transform = {0};
    CliExit code = CLI_OK;
    const GOptionEntry entries[] = {
        {"edits", 0, 0, G_OPTION_ARG_FILENAME, &o.edits, "Edit script (JSON, see docs/edit-script.md)", "FILE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output, "Sound file to write: .wav .aif .aiff .flac .ogg", "FILE"},
        {"transform", 0, 0, G_OPTION_ARG_STRING, &o.transform,
         "Transform for edits that say \"auto\" (see: transforms)", "NAME"},
        {"preset", 0, 0, G_OPTION_ARG_STRING, &o.preset, "Transform and settings by purpose, for the same edits",
         "NAME"},
        {"params", 0, 0, G_OPTION_ARG_STRING, &o.params, "Its parameters: name=value,name=value", "LIST"},
        {"bits", 0, 0, G_OPTION_ARG_STRING, &o.bits, "Samples: 8, 16, 24, 32 or float (default: as the source)", "N"},
        {"dither", 0, 0, G_OPTION_ARG_NONE, &o.dither, "Dither samples that do not fit the bits exactly", NULL},
        {"quality", 0, 0, G_OPTION_ARG_DOUBLE, &o.quality, "Ogg Vorbis quality, 0 to 1", "Q"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print what was done, with times, as JSON", NULL},
        G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    cli_engine_add(&engine, &p);
    if (cli_parser_run(&p, argc, argv, 1, 1, &code)) {
        code = check_options(self, &o) && check_transform(self, &o, &transform) && cli_engine_finish(&engine, &p)
                   ? render(p.operands[0], &o, &transform, &engine)
                   : CLI_USAGE;
    }
    g_free(o.edits);
    g_free(o.output);
    g_free(o.bits);
    g_free(o.transform);
    g_free(o.preset);
    g_free(o.params);
    cli_engine_options_clear(&engine);
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_render = {
    .name = "render",
    .operands = "FILE",
    .summary = "Apply an edit script to a sound and write the result",
    .run = run,
};
