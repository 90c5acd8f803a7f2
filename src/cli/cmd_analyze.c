/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze FILE: options, the sound and the plan; analyze_png.c and analyze_npy.c do the rest. */
#include <math.h>
#include <string.h>

#include "analyze.h"

#define MAX_BANDS 4096

typedef struct Options {
    char *output, *scale, *map, *values, *pool;
    double start_s, end_s, fmin_hz, fmax_hz, floor_db, ceiling_db;
    int channel, width_px, height_px, n_bands;
    gboolean quick, notes, json;
} Options;

static void add_options(Options *o, CliParser *p)
{
    *o = (Options){
        .end_s = NAN,
        .fmin_hz = NAN,
        .fmax_hz = NAN,
        .floor_db = NAN,
        .ceiling_db = NAN,
        .channel = -1,
        .width_px = 1200,
        .height_px = 600,
    };
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "Picture (.png) or NumPy array (.npy) to write", "FILE"},
        {"start", 0, 0, G_OPTION_ARG_DOUBLE, &o->start_s, "Start, in seconds (default 0)", "S"},
        {"end", 0, 0, G_OPTION_ARG_DOUBLE, &o->end_s, "End, in seconds (default: of the sound)", "S"},
        {"channel", 0, 0, G_OPTION_ARG_INT, &o->channel, "Channel, counted from 0 (default: all)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, "Print what was written as JSON", NULL},
        {"scale", 0, 0, G_OPTION_ARG_STRING, &o->scale,
         "Frequency axis linear, log, mel, erb or bark (default: what suits the transform)", "NAME"},
        {"fmin", 0, 0, G_OPTION_ARG_DOUBLE, &o->fmin_hz, "Lowest frequency (default 0; log axis: 30)", "HZ"},
        {"fmax", 0, 0, G_OPTION_ARG_DOUBLE, &o->fmax_hz, "Highest frequency (default: half the sample rate)", "HZ"},
        {"bands", 0, 0, G_OPTION_ARG_INT, &o->n_bands, "Sum the bins of an stft to N bands of the axis", "N"},
        {"values", 0, 0, G_OPTION_ARG_STRING, &o->values, "Array: complex or power (default complex; --bands: power)",
         "NAME"},
        {"floor", 0, 0, G_OPTION_ARG_DOUBLE, &o->floor_db, "Picture: darkest level (default: ceiling - 90)", "DB"},
        {"ceiling", 0, 0, G_OPTION_ARG_DOUBLE, &o->ceiling_db, "Picture: brightest level (default: what is seen)",
         "DB"},
        {"width", 0, 0, G_OPTION_ARG_INT, &o->width_px, "Picture: width (default 1200)", "PX"},
        {"height", 0, 0, G_OPTION_ARG_INT, &o->height_px, "Picture: height (default 600)", "PX"},
        {"map", 0, 0, G_OPTION_ARG_STRING, &o->map, "Picture: colour map (see: engines)", "NAME"},
        {"notes", 0, 0, G_OPTION_ARG_NONE, &o->notes, "Picture: notes beside the axis instead of Hz", NULL},
        {"pool", 0, 0, G_OPTION_ARG_STRING, &o->pool,
         "Picture: a pixel is the max (default) or the mean of what it covers", "NAME"},
        {"quick", 0, 0, G_OPTION_ARG_NONE, &o->quick,
         "Picture: look at four slices of an stft per pixel column at most", NULL},
        G_OPTION_ENTRY_NULL};
    cli_parser_add(p, entries);
}

static void clear_options(Options *o)
{
    g_free(o->output);
    g_free(o->scale);
    g_free(o->map);
    g_free(o->values);
    g_free(o->pool);
}

/* Index in sono_scale_names, or -1. */
static int find_scale(const char *name)
{
    for (int i = 0; sono_scale_names[i]; i++) {
        if (strcmp(sono_scale_names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

/* What can be said without the sound. */
static bool check_options(const CliCommand *self, const Options *o, const CliTransform *t, CliExit *code)
{
    *code = CLI_USAGE;
    g_autofree char *scales = g_strjoinv(", ", (char **)(void *)sono_scale_names);
    const double numbers[] = {o->start_s, o->end_s, o->fmin_hz, o->fmax_hz, o->floor_db, o->ceiling_db};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (isinf(numbers[i])) {
            (void)cli_usage_error(self, "numbers must be finite");
            return false;
        }
    }
    if (!o->output) {
        (void)cli_usage_error(self, "-o is missing: name a .png or .npy file");
    } else if (!g_str_has_suffix(o->output, ".png") && !g_str_has_suffix(o->output, ".npy")) {
        (void)cli_usage_error(self, "%s: the name must end in .png or .npy", o->output);
    } else if (o->scale && find_scale(o->scale) < 0) {
        (void)cli_usage_error(self, "--scale is '%s', must be one of: %s", o->scale, scales);
    } else if (o->n_bands < 0 || o->n_bands == 1 || o->n_bands > MAX_BANDS) {
        (void)cli_usage_error(self, "--bands is %d, must be from 2 to %d", o->n_bands, MAX_BANDS);
    } else if (o->n_bands > 0 && strcmp(t->transform->name, "stft") != 0) {
        (void)cli_usage_error(self, "--bands is for the stft; %s has bands of its own", t->transform->name);
    } else if (o->values && strcmp(o->values, "complex") != 0 && strcmp(o->values, "power") != 0) {
        (void)cli_usage_error(self, "--values is '%s', must be one of: complex, power", o->values);
    } else if (o->pool && strcmp(o->pool, "max") != 0 && strcmp(o->pool, "mean") != 0) {
        (void)cli_usage_error(self, "--pool is '%s', must be one of: max, mean", o->pool);
    } else if (o->n_bands > 0 && o->values && strcmp(o->values, "power") != 0) {
        (void)cli_usage_error(self, "--bands have powers, not complex values");
    } else if (o->map && !sono_colour_map_find(o->map)) {
        (void)cli_usage_error(self, "--map is '%s', which is no colour map (see: sonobrush-cli engines)", o->map);
    } else if (isnan(o->start_s) || o->start_s < 0.0 || (!isnan(o->end_s) && o->end_s <= o->start_s)) {
        (void)cli_usage_error(self, "--start must be 0 or more and --end after it");
    } else if (!isnan(o->floor_db) && !isnan(o->ceiling_db) && o->floor_db >= o->ceiling_db) {
        (void)cli_usage_error(self, "--floor must be below --ceiling");
    } else if (o->width_px > 16384 || o->height_px > 16384 || o->width_px < 1 || o->height_px < 1) {
        (void)cli_usage_error(self, "--width and --height must be from 1 to 16384");
    } else {
        *code = CLI_OK;
        return true;
    }
    return false;
}

/* What depends on the sound; false: reported. */
static bool complete_job(AnalyzeJob *job, const Options *o)
{
    const double duration_s = (double)job->reader->n_frames / job->reader->rate_hz;
    const double nyquist_hz = job->reader->rate_hz / 2.0;
    const bool log_axis = job->axis.scale == SONO_SCALE_LOG;
    job->t0_s = o->start_s;
    job->t1_s = isnan(o->end_s) ? duration_s : fmin(o->end_s, duration_s);
    if (job->t0_s >= job->t1_s) {
        (void)cli_usage_error(job->command, "--start %g is not before the end of the sound (%g s)", job->t0_s,
                              duration_s);
        return false;
    }
    if (job->channel >= job->reader->n_channels || o->channel < -1) {
        (void)cli_usage_error(job->command, "--channel %d does not exist: the sound has %d (counted from 0)",
                              o->channel, job->reader->n_channels);
        return false;
    }
    /* a bank's picture ends where its bands do, an STFT's at 0 and at half the rate */
    const double n_rows = (double)job->plan->n_rows;
    const bool bank = job->plan->axis == SONO_AXIS_FREQ;
    const double top_hz = bank ? fmin(nyquist_hz, sono_plan_row_hz(job->plan, n_rows - 0.5)) : nyquist_hz;
    const double bottom_hz = bank       ? fmax(sono_plan_row_hz(job->plan, -0.5), log_axis ? 1.0 : 0.0)
                             : log_axis ? 30.0
                                        : 0.0;
    job->axis.f1_hz = isnan(o->fmax_hz) ? top_hz : o->fmax_hz;
    job->axis.f0_hz = isnan(o->fmin_hz) ? fmin(bottom_hz, job->axis.f1_hz / 10.0) : o->fmin_hz;
    if (job->axis.f0_hz < 0.0 || (log_axis && job->axis.f0_hz <= 0.0) || job->axis.f1_hz <= job->axis.f0_hz ||
        job->axis.f1_hz > nyquist_hz) {
        (void)cli_usage_error(job->command, "--fmin %g and --fmax %g must rise between %s and %g Hz", job->axis.f0_hz,
                              job->axis.f1_hz, log_axis ? "more than 0" : "0", nyquist_hz);
        return false;
    }
    return true;
}

static CliExit analyze(const CliCommand *self, const char *path, const Options *o, const CliTransform *t,
                       const CliEngineOptions *engine_options)
{
    AnalyzeJob job = {
        .command = self,
        .path = path,
        .output = o->output,
        .channel = o->channel,
        .json = o->json,
        .width_px = o->width_px,
        .height_px = o->height_px,
        .axis = {.scale = o->scale ? (SonoAxisScale)find_scale(o->scale) : cli_transform_scale(t)},
        .n_bands = o->n_bands,
        .values = o->n_bands > 0 || (o->values && strcmp(o->values, "power") == 0) ? ANALYZE_POWER : ANALYZE_COMPLEX,
        .fmin_hz = o->fmin_hz,
        .fmax_hz = o->fmax_hz,
        .floor_db = o->floor_db,
        .ceiling_db = o->ceiling_db,
        .map = o->map ? sono_colour_map_find(o->map) : sono_colour_maps[0],
        .pool = o->pool && strcmp(o->pool, "mean") == 0 ? SONO_POOL_MEAN : SONO_POOL_MAX,
        .quick = o->quick,
        .notes = o->notes,
    };
    CliSound sound = {0};
    SonoEngine *engine = NULL;
    SonoPlan *plan = NULL;
    SonoError err = {0};
    SonoStatus status = cli_sound_open(&sound, path, true, &err);
    if (status != SONO_OK) {
        return cli_fail(&err);
    }
    status = cli_engine_open(engine_options, &engine, &err);
    if (status == SONO_OK) {
        status = sono_engine_plan(engine, t->transform, &t->params, sound.reader.rate_hz, sound.reader.n_frames, &plan,
                                  &err);
    }
    CliExit code = CLI_USAGE;
    job.engine = engine;
    job.plan = plan;
    job.reader = &sound.reader;
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else if (complete_job(&job, o)) {
        code = g_str_has_suffix(o->output, ".png") ? analyze_to_png(&job) : analyze_to_npy(&job);
    }
    sono_plan_unref(plan);
    sono_engine_free(engine);
    cli_sound_close(&sound);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    Options options;
    CliTransform transform = {0};
    CliEngineOptions engine = {0};
    CliExit code = CLI_USAGE;
    cli_parser_init(&p, self);
    add_options(&options, &p);
    cli_engine_add(&engine, &p);
    if (cli_transform_add(&transform, &p, argc, argv) && cli_parser_run(&p, argc, argv, 1, 1, &code) &&
        check_options(self, &options, &transform, &code)) {
        code = cli_transform_finish(&transform, &p) && cli_engine_finish(&engine, &p)
                   ? analyze(self, p.operands[0], &options, &transform, &engine)
                   : CLI_USAGE;
    }
    clear_options(&options);
    cli_transform_clear(&transform);
    cli_engine_options_clear(&engine);
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_analyze = {
    .name = "analyze",
    .operands = "FILE",
    .summary = "Write a spectrogram as a picture or its coefficients as a NumPy array",
    .details =
        "A .npy file holds complex64 [channels][columns][rows]; --json says where columns and rows lie. The rows\n"
        "of an stft are its bins and slice k is centred at (first_slice + k) hops; those of the other transforms\n"
        "are bands, slices merged. Phase is that at the column; |coefficient| * sine_scale is the amplitude of a\n"
        "sine. --values power: float32, the square of that amplitude.\n"
        "Options of another transform: sonobrush-cli analyze --transform NAME --help",
    .run = run,
};
