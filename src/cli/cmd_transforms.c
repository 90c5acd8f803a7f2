/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transforms: what sounds can be looked at and edited in. Without options the tables; with --transform or --preset the
 * plan that those settings give. */
#include <math.h>
#include <stdio.h>

#include "cli.h"

typedef struct Options {
    double rate_hz;
    gint64 n_frames;
    gboolean json;
} Options;

/* --- the tables --- */

static CliExit print_tables_json(void)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "version", SONO_VERSION);
    sono_json_begin_array(&w, "transforms", SONO_JSON_LINES);
    for (gsize i = 0; sono_transforms[i]; i++) {
        const SonoTransform *t = sono_transforms[i];
        sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
        sono_json_string(&w, "name", t->name);
        sono_json_string(&w, "title", t->title);
        sono_json_string(&w, "tip", t->tip);
        sono_json_string(&w, "scale", sono_scale_names[t->scale]);
        sono_json_bool(&w, "takes_the_whole_sound", t->needs_length);
        sono_json_begin_array(&w, "main_params", SONO_JSON_INLINE);
        for (gsize k = 0; t->main_params[k]; k++) {
            sono_json_string(&w, NULL, t->main_params[k]);
        }
        sono_json_end_array(&w);
        cli_params_json(&w, t->params);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_begin_array(&w, "presets", SONO_JSON_LINES);
    for (gsize i = 0; sono_presets[i]; i++) {
        sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
        sono_json_string(&w, "name", sono_presets[i]->name);
        sono_json_string(&w, "title", sono_presets[i]->title);
        sono_json_string(&w, "tip", sono_presets[i]->tip);
        sono_json_string(&w, "transform", sono_presets[i]->transform);
        sono_json_string(&w, "params", sono_presets[i]->params);
        sono_json_string(&w, "scale", sono_scale_names[sono_presets[i]->scale]);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_tables(void)
{
    for (gsize i = 0; sono_transforms[i]; i++) {
        const SonoTransform *t = sono_transforms[i];
        printf("%s%s: %s\n  %s\n", i ? "\n" : "", t->name, t->title, t->tip);
        for (gsize k = 0; k < t->params.n; k++) {
            const SonoParamDesc *d = &t->params.desc[k];
            g_autofree char *option = cli_option_name(d);
            g_autofree char *range = cli_param_range(d, d->def);
            printf("  --%-20s %s\n", option, range);
            printf("    %-20s %s\n", "", d->tip);
        }
    }
    printf("\npresets\n");
    for (gsize i = 0; sono_presets[i]; i++) {
        const SonoPreset *p = sono_presets[i];
        printf("  %-10s %s\n  %-10s %s %s, %s axis\n", p->name, p->tip, "", p->transform, p->params,
               sono_scale_names[p->scale]);
    }
}

/* --- a plan --- */

static double coefs_per_frame(const SonoPlan *plan)
{
    double n = 0.0;
    for (int32_t i = 0; i < plan->n_atoms; i++) {
        n += (plan->atoms[i].real ? 0.5 : 1.0) * (double)plan->atoms[i].n_coef;
    }
    return n / (double)plan->slice_hop;
}

static CliExit print_plan_json(const SonoPlan *plan)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    cli_transform_json(&w, "transform", plan);
    sono_json_double(&w, "rate_hz", plan->rate_hz);
    sono_json_int(&w, "n_rows", plan->n_rows);
    sono_json_double(&w, "lowest_hz", sono_plan_row_hz(plan, 0.0));
    sono_json_double(&w, "highest_hz", sono_plan_row_hz(plan, (double)(plan->n_rows - 1)));
    sono_json_double(&w, "bound_a", plan->bound_a);
    sono_json_double(&w, "bound_b", plan->bound_b);
    sono_json_int(&w, "slice_frames", plan->slice_len);
    sono_json_int(&w, "slice_hop_frames", plan->slice_hop);
    sono_json_int(&w, "picture_hop_frames", plan->picture_hop);
    sono_json_double(&w, "coefficients_per_frame", coefs_per_frame(plan));
    if (plan->axis == SONO_AXIS_FREQ) {
        sono_json_double(&w, "constant_q_from_hz", plan->constant_q_from_hz);
    }
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_plan(const SonoPlan *plan, const SonoTransform *t)
{
    const bool freq = plan->axis == SONO_AXIS_FREQ;
    const double rate_hz = plan->rate_hz;
    printf("%s: %s, at %g Hz\n", t->name, t->title, rate_hz);
    printf("  %-13s %d from %.6g Hz to %.6g Hz%s\n", freq ? "bands" : "bins", (int)plan->n_rows,
           sono_plan_row_hz(plan, 0.0), sono_plan_row_hz(plan, (double)(plan->n_rows - 1)),
           freq ? ", and one each for what lies below and above" : "");
    printf("  %-13s A %.5g, B %.5g (B/A %.5g)\n", "frame", plan->bound_a, plan->bound_b, plan->bound_b / plan->bound_a);
    if (t->needs_length) {
        printf("  %-13s %lld frames at once\n", "the sound", (long long)plan->slice_len);
    } else {
        printf("  %-13s %lld frames (%.4g s) every %lld (%.4g s)\n", freq ? "slices" : "windows",
               (long long)plan->slice_len, (double)plan->slice_len / rate_hz, (long long)plan->slice_hop,
               (double)plan->slice_hop / rate_hz);
    }
    printf("  %-13s every %lld frames (%.4g ms)\n", "columns", (long long)plan->picture_hop,
           1e3 * (double)plan->picture_hop / rate_hz);
    printf("  %-13s %.3g per frame\n", "coefficients", coefs_per_frame(plan));
    if (plan->constant_q_from_hz > 0.0) {
        printf("  %-13s as asked for from %.5g Hz; lower bands are wider, the slice being too short for them\n",
               "widths", plan->constant_q_from_hz);
    } else if (freq) {
        printf("  %-13s as asked for in all bands\n", "widths");
    }
}

static CliExit show_plan(const CliTransform *t, const Options *o)
{
    SonoPlan *plan = NULL;
    SonoError err = {0};
    if (sono_plan_build(t->transform, &t->params, o->rate_hz, o->n_frames, &plan, &err) != SONO_OK) {
        return cli_fail(&err);
    }
    CliExit code = CLI_OK;
    if (o->json) {
        code = print_plan_json(plan);
    } else {
        print_plan(plan, t->transform);
    }
    sono_plan_unref(plan);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    CliTransform t = {0};
    Options o = {.rate_hz = 48000.0, .n_frames = 480000};
    CliExit code = CLI_USAGE;
    const GOptionEntry entries[] = {
        {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &o.rate_hz, "Sample rate of the plan (default 48000)", "HZ"},
        {"frames", 0, 0, G_OPTION_ARG_INT64, &o.n_frames, "Length of the sound, for nsgt (default 480000)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print JSON", NULL},
        G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    if (cli_transform_add(&t, &p, argc, argv) && cli_parser_run(&p, argc, argv, 0, 0, &code)) {
        if (!t.is_given) {
            code = CLI_OK;
            if (o.json) {
                code = print_tables_json();
            } else {
                print_tables();
            }
        } else {
            code = cli_transform_finish(&t, &p) ? show_plan(&t, &o) : CLI_USAGE;
        }
    }
    cli_transform_clear(&t);
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_transforms = {
    .name = "transforms",
    .operands = "",
    .summary = "List transforms, their parameters and presets, or what settings give",
    .details = "With --transform or --preset it shows the plan that these settings give at --rate: its bands, frame\n"
               "bounds, slices, and from which frequency on the bands have the width asked for.",
    .run = run,
};
