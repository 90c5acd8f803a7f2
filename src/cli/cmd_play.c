/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play FILE: the sound, a part of it, what lies inside a box, or what the last edit took away. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "play.h"

#define SHORTEST_LOOP_S 0.25 /* for counting how often it was heard */

typedef struct Options {
    char *device, *edits, *box, *mode, *mute, *solo;
    gboolean delta, json;
    double from_s, to_s, gain_db, rate_hz;
    int n_times, buffer_frames, channel;
} Options;

typedef struct Play {
    const char *path;
    const Options *options;
    SonoEditScript script;
    SonoCommitReport *reports;
    CliSound sound;
    SonoEngine *engine;
    SonoDocument *document;
    PlayPlan plan;
    PlayReport report;
} Play;

static const char *const mode_names[] = {"normal", "mid", "side", "mono", NULL};

/* --- options --- */

static bool parse_number(const char *text, double *out)
{
    char *end = NULL;
    *out = g_ascii_strtod(text, &end);
    return end != text && *end == 0 && isfinite(*out);
}

/* T0,T1,F0,F1 */
static bool parse_box(const char *text, SonoRegion *box)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    double *const to[] = {&box->t0_s, &box->t1_s, &box->f0_hz, &box->f1_hz};
    if (g_strv_length(parts) != G_N_ELEMENTS(to)) {
        return false;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
        if (!parse_number(parts[i], to[i])) {
            return false;
        }
    }
    return box->t0_s >= 0.0 && box->t1_s > box->t0_s && box->f0_hz >= 0.0 && box->f1_hz > box->f0_hz;
}

/* Channels counted from 0, joined by commas; NULL: none. */
static bool parse_channels(const char *text, uint8_t set[SONO_MAX_CHANNELS / 8])
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ",", -1);
    for (gsize i = 0; parts[i]; i++) {
        guint64 c = 0;
        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, SONO_MAX_CHANNELS - 1, &c, NULL)) {
            return false;
        }
        set[c / 8] = (uint8_t)(set[c / 8] | 1u << c % 8);
    }
    return true;
}

static bool check_what(const CliCommand *self, const Options *o)
{
    if (o->delta && !o->edits) {
        (void)cli_usage_error(self, "--delta needs --edits: it plays what the last edit took away");
    } else if (o->delta && (o->box || o->from_s >= 0.0 || o->to_s >= 0.0)) {
        (void)cli_usage_error(self, "--delta plays where the edit reached: no --box, --from or --to with it");
    } else if (o->box && (o->from_s >= 0.0 || o->to_s >= 0.0)) {
        (void)cli_usage_error(self, "--box says from when to when: no --from or --to with it");
    } else if (o->channel >= 0 && !o->box) {
        (void)cli_usage_error(self, "--channel is the channel of --box, which is missing");
    } else {
        return true;
    }
    return false;
}

static bool check_options(const CliCommand *self, const Options *o)
{
    SonoRegion box;
    uint8_t channels[SONO_MAX_CHANNELS / 8] = {0};
    if (o->box && !parse_box(o->box, &box)) {
        (void)cli_usage_error(self, "--box is '%s', must be T0,T1,F0,F1 in seconds and Hz, such as 1.5,2,440,880",
                              o->box);
    } else if (!isfinite(o->from_s) || !isfinite(o->to_s) || (o->to_s >= 0.0 && !(o->to_s > MAX(o->from_s, 0.0)))) {
        (void)cli_usage_error(self, "--to must come after --from");
    } else if (!(o->gain_db >= -60.0 && o->gain_db <= 12.0)) {
        (void)cli_usage_error(self, "--gain is %g, must be from -60 to 12 dB", o->gain_db);
    } else if (o->n_times < 0) {
        (void)cli_usage_error(self, "--loop is %d, must be a number of times, or 0 to go on until Ctrl+C", o->n_times);
    } else if (!(o->rate_hz == 0.0 || (o->rate_hz >= 8000.0 && o->rate_hz <= 768000.0))) {
        (void)cli_usage_error(self, "--rate is %g, must be from 8000 to 768000 Hz", o->rate_hz);
    } else if (o->buffer_frames < 0 || o->buffer_frames > 8192) {
        (void)cli_usage_error(self, "--buffer is %d, must be from 1 to 8192 frames, or 0", o->buffer_frames);
    } else if (o->channel < -1 || o->channel >= SONO_MAX_CHANNELS) {
        (void)cli_usage_error(self, "--channel is %d, must be from 0 to %d", o->channel, SONO_MAX_CHANNELS - 1);
    } else if (o->mode && !g_strv_contains(mode_names, o->mode)) {
        (void)cli_usage_error(self, "--mode is '%s', must be one of: normal, mid, side, mono", o->mode);
    } else if (!parse_channels(o->mute, channels) || !parse_channels(o->solo, channels)) {
        (void)cli_usage_error(self, "--mute and --solo take channels counted from 0, such as 0,3");
    } else if (o->device && strlen(o->device) >= sizeof((SonoOutputWish *)NULL)->device) {
        (void)cli_usage_error(self, "--device is too long a name");
    } else {
        return check_what(self, o);
    }
    return false;
}

/* --- what to play --- */

static SonoStatus open_all(Play *p, const CliEngineOptions *engine_options, SonoError *err)
{
    const Options *o = p->options;
    SonoStatus status = o->edits ? sono_edit_script_load(o->edits, &p->script, err) : SONO_OK;
    if (status == SONO_OK) {
        status = cli_sound_open(&p->sound, p->path, false, err);
    }
    if (status == SONO_OK && sono_clip_n_frames(p->sound.clip) == 0) {
        status = sono_fail(err, SONO_E_FORMAT, "%s: holds no sound", sono_short_name(p->path).text);
    }
    if (status == SONO_OK && o->edits) {
        status = cli_edits_check(&p->script, o->edits, p->sound.clip, err);
    }
    if (status == SONO_OK) {
        status = cli_engine_open(engine_options, &p->engine, err);
    }
    if (status == SONO_OK) {
        status = sono_document_new(p->path, p->sound.clip, &p->sound.report.info, &p->document, err);
    }
    p->reports = g_new0(SonoCommitReport, MAX(p->script.n_edits, 1));
    if (status == SONO_OK && o->edits) {
        status = cli_edits_apply(&p->script, o->edits, p->engine, p->document, p->reports, err);
    }
    return status;
}

/* The last edit that changed something. */
static SonoStatus choose_delta(Play *p, SonoError *err)
{
    for (size_t i = p->script.n_edits; i > 0; i--) {
        if (p->reports[i - 1].dirty.n_frames > 0) {
            p->plan.what = SONO_LISTEN_DELTA;
            p->plan.clip = sono_document_clip_at(p->document, i);
            p->plan.before = sono_document_clip_at(p->document, i - 1);
            p->plan.edited = p->reports[i - 1].dirty;
            return SONO_OK;
        }
    }
    return sono_fail(err, SONO_E_INVALID, "%s: no edit changes anything", sono_short_name(p->options->edits).text);
}

/* A box as the selection; without one of its own the time from --from to --to. */
static SonoStatus choose_box(Play *p, double end_s, SonoError *err)
{
    const Options *o = p->options;
    SonoShape shape = {.kind = SONO_SHAPE_BOX,
                       .box = {MAX(o->from_s, 0.0), o->to_s, 0.0, 0.5 * sono_clip_rate_hz(p->sound.clip)}};
    if (o->box) {
        (void)parse_box(o->box, &shape.box);
        p->plan.what = SONO_LISTEN_SELECTION;
        p->plan.channel = o->channel;
    }
    if (shape.box.t0_s >= end_s) {
        return sono_fail(err, SONO_E_RANGE, "%s: ends at %.3f s", sono_short_name(p->path).text, end_s);
    }
    return sono_mask_add(&p->plan.mask, &shape, err);
}

static SonoStatus choose_channels(Play *p, SonoError *err)
{
    const int n = sono_clip_n_channels(p->sound.clip);
    uint8_t solo[SONO_MAX_CHANNELS / 8] = {0};
    uint8_t *muted = p->plan.mix.muted;
    (void)parse_channels(p->options->mute, muted);
    (void)parse_channels(p->options->solo, solo);
    for (int c = n; c < SONO_MAX_CHANNELS; c++) {
        if (((muted[c / 8] | solo[c / 8]) >> c % 8 & 1) != 0 || p->options->channel >= n) {
            return sono_fail(err, SONO_E_RANGE, "%s: has %d channels", sono_short_name(p->path).text, n);
        }
    }
    for (int c = 0; c < n && p->options->solo; c++) {
        if ((solo[c / 8] >> c % 8 & 1) == 0) {
            muted[c / 8] = (uint8_t)(muted[c / 8] | 1u << c % 8);
        }
    }
    for (int m = 0; mode_names[m] && p->options->mode; m++) {
        if (strcmp(p->options->mode, mode_names[m]) == 0) {
            p->plan.mix.mode = (SonoChannelMode)m;
        }
    }
    return SONO_OK;
}

static double range_s(const Play *p, double end_s)
{
    if (p->plan.what == SONO_LISTEN_DELTA) {
        return (double)p->plan.edited.n_frames / sono_clip_rate_hz(p->plan.clip);
    }
    const SonoRegion bounds = sono_mask_bounds(&p->plan.mask);
    return p->plan.mask.n_shapes > 0 ? MIN(bounds.t1_s, end_s) - MAX(bounds.t0_s, 0.0) : end_s;
}

static SonoStatus choose(Play *p, SonoError *err)
{
    const Options *o = p->options;
    const double end_s = (double)sono_clip_n_frames(p->sound.clip) / sono_clip_rate_hz(p->sound.clip);
    p->plan = (PlayPlan){.clip = sono_document_clip(p->document),
                         .what = SONO_LISTEN_SOUND,
                         .channel = -1,
                         .from_s = MAX(o->from_s, 0.0),
                         .n_times = o->n_times,
                         .device = o->device ? o->device : "",
                         .rate_hz = o->rate_hz,
                         .buffer_frames = o->buffer_frames,
                         .mix = {.gain_db = o->gain_db}};
    SonoStatus status = choose_channels(p, err);
    if (status == SONO_OK && o->delta) {
        status = choose_delta(p, err);
    } else if (status == SONO_OK && (o->box || o->to_s >= 0.0)) {
        status = choose_box(p, end_s, err);
        p->plan.from_s = sono_mask_bounds(&p->plan.mask).t0_s;
    } else if (status == SONO_OK && p->plan.from_s >= end_s) {
        status = sono_fail(err, SONO_E_RANGE, "%s: ends at %.3f s", sono_short_name(p->path).text, end_s);
    }
    if (status == SONO_OK && o->n_times > 1 && range_s(p, end_s) < SHORTEST_LOOP_S) {
        status = sono_fail(err, SONO_E_RANGE, "less than %g s cannot be played a number of times (but with --loop 0)",
                           SHORTEST_LOOP_S);
    }
    return status;
}

/* --- what was played --- */

static CliExit print_json(const Play *p)
{
    const SonoPlayState *s = &p->report.last;
    const SonoMeterReading *m = &s->meters;
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", p->path);
    sono_json_string(&w, "what", sono_listen_names[p->plan.what]);
    sono_json_string(&w, "device", s->output.device);
    sono_json_double(&w, "rate_hz", s->output.rate_hz);
    sono_json_int(&w, "n_channels", s->output.n_channels);
    sono_json_double(&w, "latency_s", s->output.latency_s);
    sono_json_double(&w, "seconds", p->report.seconds);
    sono_json_int(&w, "n_xruns", (int64_t)s->output.xruns);
    sono_json_int(&w, "n_starved", (int64_t)s->output.starved);
    sono_json_int(&w, "n_clipped", (int64_t)s->output.clipped);
    sono_json_double(&w, "true_peak_db", (double)m->true_peak_db);
    sono_json_double(&w, "integrated_lufs", (double)m->integrated_lufs);
    sono_json_double(&w, "range_lu", (double)m->range_lu);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static CliExit play(const char *path, const Options *options, const CliEngineOptions *engine_options)
{
    Play p = {.path = path, .options = options};
    SonoError err = {0};
    SonoStatus status = open_all(&p, engine_options, &err);
    if (status == SONO_OK) {
        status = choose(&p, &err);
    }
    if (status == SONO_OK) {
        status = cli_play_run(&p.plan, p.engine, &p.report, &err);
    }
    CliExit code = CLI_OK;
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else if (options->json) {
        code = print_json(&p);
    }
    g_free(p.reports);
    sono_mask_clear(&p.plan.mask);
    sono_document_free(p.document);
    sono_engine_free(p.engine);
    if (p.sound.clip) {
        cli_sound_close(&p.sound);
    }
    sono_edit_script_clear(&p.script);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    Options o = {.from_s = -1.0, .to_s = -1.0, .n_times = 1, .channel = -1};
    CliEngineOptions engine = {0};
    CliExit code = CLI_OK;
    const GOptionEntry entries[] = {
        {"device", 0, 0, G_OPTION_ARG_STRING, &o.device, "Play on this one, or a unique part of its name", "NAME"},
        {"from", 0, 0, G_OPTION_ARG_DOUBLE, &o.from_s, "Begin here", "S"},
        {"to", 0, 0, G_OPTION_ARG_DOUBLE, &o.to_s, "End here", "S"},
        {"box", 0, 0, G_OPTION_ARG_STRING, &o.box, "Only what lies inside: seconds and Hz", "T0,T1,F0,F1"},
        {"channel", 0, 0, G_OPTION_ARG_INT, &o.channel, "The box is in this channel alone, counted from 0", "C"},
        {"edits", 0, 0, G_OPTION_ARG_FILENAME, &o.edits, "Apply this edit script first", "FILE"},
        {"delta", 0, 0, G_OPTION_ARG_NONE, &o.delta, "What its last edit took away", NULL},
        {"loop", 0, 0, G_OPTION_ARG_INT, &o.n_times, "Play it so many times; 0: until Ctrl+C", "N"},
        {"gain", 0, 0, G_OPTION_ARG_DOUBLE, &o.gain_db, "-60 (silence) to 12", "DB"},
        {"mode", 0, 0, G_OPTION_ARG_STRING, &o.mode, "normal, mid, side or mono", "NAME"},
        {"mute", 0, 0, G_OPTION_ARG_STRING, &o.mute, "Without these channels", "C,C"},
        {"solo", 0, 0, G_OPTION_ARG_STRING, &o.solo, "Only these channels", "C,C"},
        {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &o.rate_hz, "Rate of the device (default: the file's)", "HZ"},
        {"buffer", 0, 0, G_OPTION_ARG_INT, &o.buffer_frames, "Frames the device asks for at once", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print device, dropouts and loudness as JSON", NULL},
        G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    cli_engine_add(&engine, &p);
    if (cli_parser_run(&p, argc, argv, 1, 1, &code)) {
        code = check_options(self, &o) && cli_engine_finish(&engine, &p) ? play(p.operands[0], &o, &engine) : CLI_USAGE;
    }
    g_free(o.device);
    g_free(o.edits);
    g_free(o.box);
    g_free(o.mode);
    g_free(o.mute);
    g_free(o.solo);
    cli_engine_options_clear(&engine);
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_play = {
    .name = "play",
    .operands = "FILE",
    .summary = "Play a sound, a part of it, what lies inside a box, or what an edit took away",
    .run = run,
};
