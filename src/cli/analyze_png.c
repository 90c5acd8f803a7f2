/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze -o x.png: a figure of the span asked for. */
#include <math.h>
#include <string.h>

#include "analyze.h"
#include "figure.h"
#include "sono_ticks.h"

/* Where the caller leaves the range open: 90 dB below the next multiple of 5 dB above the loudest pixel. */
#define AUTO_RANGE_DB 90.0

static void choose_levels(const AnalyzeJob *job, Figure *figure)
{
    const size_t n = (size_t)figure->layout.width_px * (size_t)figure->layout.panel_height_px;
    float most = -1000.0f;
    for (int i = 0; i < figure->layout.n_panels; i++) {
        for (size_t k = 0; k < n; k++) {
            most = fmaxf(most, figure->levels[i][k]);
        }
    }
    const double loudest = most > -150.0f ? 5.0 * ceil(most / 5.0) + 0.0 : 0.0; /* no -0; silence is drawn dark */
    double ceiling = isnan(job->ceiling_db) ? loudest : job->ceiling_db;
    const double floor_db = isnan(job->floor_db) ? ceiling - AUTO_RANGE_DB : job->floor_db;
    if (isnan(job->ceiling_db) && ceiling <= floor_db) {
        ceiling = floor_db + AUTO_RANGE_DB;
    }
    figure->spec.floor_db = floor_db;
    figure->spec.ceiling_db = ceiling;
}

static char *make_title(const AnalyzeJob *job, int channel)
{
    g_autofree char *base = g_path_get_basename(job->path);
    g_autofree char *name = cli_clean_text(base);
    GString *title = g_string_new(name);
    if (job->reader->n_channels > 1) {
        g_string_append_printf(title, ", channel %d", channel);
    }
    const SonoTransform *t = sono_transform_find(job->plan->transform);
    g_string_append_printf(title, "   (%s", job->plan->transform);
    const bool stft = job->plan->axis == SONO_AXIS_TIME;
    for (size_t i = 0; t && i < t->params.n; i++) {
        const SonoParamDesc *d = &t->params.desc[i];
        if (!stft && i > 0 && job->plan->params.v[i] == d->def) {
            continue; /* a bank has more parameters than a title has room */
        }
        if (d->kind == SONO_PARAM_ENUM) {
            g_string_append_printf(title, ", %s", d->choices[(int)job->plan->params.v[i]]);
        } else {
            g_string_append_printf(title, ", %s %g", d->name, job->plan->params.v[i]);
        }
    }
    if (job->n_bands > 0) {
        g_string_append_printf(title, ", %d %s bands", job->n_bands, sono_scale_names[job->axis.scale]);
    }
    g_string_append(title, job->pool == SONO_POOL_MEAN ? ", mean" : "");
    g_string_append(title, job->quick ? ", quick)" : ")");
    return g_string_free(title, FALSE);
}

static CliExit write_png(const AnalyzeJob *job, const Figure *figure)
{
    g_autoptr(GByteArray) png = g_byte_array_new();
    SonoError err = {0};
    if (figure_to_png(figure, png, &err) != SONO_OK ||
        sono_write_file_atomic(job->output, png->data, png->len, &err) != SONO_OK) {
        return cli_fail(&err);
    }
    if (!job->json) {
        return CLI_OK;
    }
    SonoJsonWriter w = {0};
    const SonoPictureSpec *spec = &figure->spec;
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", job->path);
    sono_json_string(&w, "output", job->output);
    cli_transform_json(&w, "transform", job->plan);
    sono_json_double(&w, "t0_s", spec->t0_s);
    sono_json_double(&w, "t1_s", spec->t1_s);
    sono_json_string(&w, "scale", sono_scale_names[spec->axis.scale]);
    if (job->n_bands > 0) {
        sono_json_int(&w, "n_bands", job->n_bands);
    }
    sono_json_string(&w, "pool", job->pool == SONO_POOL_MEAN ? "mean" : "max");
    sono_json_double(&w, "f0_hz", spec->axis.f0_hz);
    sono_json_double(&w, "f1_hz", spec->axis.f1_hz);
    sono_json_double(&w, "floor_db", spec->floor_db);
    sono_json_double(&w, "ceiling_db", spec->ceiling_db);
    sono_json_begin_object(&w, "spectrogram_px", SONO_JSON_INLINE); /* where the pixels of the first panel are */
    sono_json_int(&w, "x", figure->layout.x);
    sono_json_int(&w, "y", figure->layout.y[0]);
    sono_json_int(&w, "width", figure->layout.width_px);
    sono_json_int(&w, "height", figure->layout.panel_height_px);
    sono_json_end_object(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

/* Of the transform, where it has one. */
static double tuning_hz(const SonoPlan *plan)
{
    const SonoTransform *t = sono_transform_find(plan->transform);
    const int i = t ? sono_params_find(t->params, "tuning_hz") : -1;
    return i >= 0 ? plan->params.v[i] : SONO_TUNING_HZ;
}

CliExit analyze_to_png(const AnalyzeJob *job)
{
    const int n_channels = job->reader->n_channels;
    const int n_panels = job->channel < 0 ? n_channels : 1;
    if (n_panels > FIGURE_MAX_PANELS) {
        return cli_usage_error(job->command, "%d channels do not fit one picture, choose one with --channel",
                               n_channels);
    }
    Figure figure = {
        .width_px = job->width_px, .height_px = job->height_px, .notes_a4_hz = job->notes ? tuning_hz(job->plan) : 0.0};
    if (!figure_layout(job->width_px, job->height_px, n_panels, &figure.layout)) {
        return cli_usage_error(job->command, "a picture of %d x %d has no room for %d spectrogram%s", job->width_px,
                               job->height_px, n_panels, n_panels > 1 ? "s" : "");
    }
    figure.spec = (SonoPictureSpec){
        .width_px = figure.layout.width_px,
        .height_px = figure.layout.panel_height_px,
        .t0_s = job->t0_s,
        .t1_s = job->t1_s,
        .axis = job->axis,
        .map = job->map,
        .provisional = job->quick,
        .pool = job->pool,
    };
    SonoError err = {0};
    SonoStatus status = SONO_OK;
    float *levels[FIGURE_MAX_PANELS] = {NULL};
    char *titles[FIGURE_MAX_PANELS] = {NULL};
    for (int i = 0; i < n_panels && status == SONO_OK; i++) {
        SonoPictureSpec spec = figure.spec;
        spec.channel = job->channel < 0 ? i : job->channel;
        levels[i] = g_try_malloc_n((gsize)spec.width_px * (gsize)spec.height_px, sizeof *levels[i]);
        titles[i] = make_title(job, spec.channel);
        figure.levels[i] = levels[i];
        figure.titles[i] = titles[i];
        status = !levels[i]         ? sono_fail(&err, SONO_E_NOMEM, "no memory for a picture")
                 : job->n_bands > 0 ? analyze_bands_levels(job, &spec, levels[i], &err)
                                    : sono_picture_levels(job->engine, job->plan, job->reader, &spec, levels[i], &err);
    }
    CliExit code = CLI_OK;
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else {
        choose_levels(job, &figure);
        code = write_png(job, &figure);
    }
    for (int i = 0; i < n_panels; i++) {
        g_free(levels[i]);
        g_free(titles[i]);
    }
    return code;
}
