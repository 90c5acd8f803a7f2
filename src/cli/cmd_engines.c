/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engines: what this build can compute with. */
#include <stdio.h>

#include "cli.h"
#include "sono_operation.h"
#include "sono_picture.h"

static void backends_json(SonoJsonWriter *w, SonoJobs *jobs)
{
    sono_json_begin_array(w, "backends", SONO_JSON_LINES);
    for (gsize i = 0; sono_backend_types[i]; i++) {
        const SonoBackendType *type = sono_backend_types[i];
        SonoBackend *be = NULL;
        SonoError err = {0};
        const bool opened = type->open(NULL, jobs, &be, &err) == SONO_OK;
        sono_json_begin_object(w, NULL, SONO_JSON_INLINE);
        sono_json_string(w, "name", type->name);
        sono_json_string(w, "title", type->title);
        sono_json_bool(w, "available", opened);
        sono_json_string(w, opened ? "runs_on" : "reason", opened ? type->describe(be) : err.message);
        sono_json_end_object(w);
        if (opened) {
            type->close(be);
        }
    }
    sono_json_end_array(w);
}

static CliExit print_json(SonoJobs *jobs)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "version", SONO_VERSION);
    sono_json_int(&w, "threads", sono_jobs_n_threads(jobs));
    backends_json(&w, jobs);
    sono_json_begin_array(&w, "transforms", SONO_JSON_LINES);
    for (gsize i = 0; sono_transforms[i]; i++) {
        sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
        sono_json_string(&w, "name", sono_transforms[i]->name);
        sono_json_string(&w, "title", sono_transforms[i]->title);
        cli_params_json(&w, sono_transforms[i]->params);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_begin_array(&w, "operations", SONO_JSON_LINES);
    for (gsize i = 0; sono_operations[i]; i++) {
        sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
        sono_json_string(&w, "name", sono_operations[i]->name);
        sono_json_string(&w, "title", sono_operations[i]->title);
        cli_params_json(&w, sono_operations[i]->params);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_begin_array(&w, "colour_maps", SONO_JSON_INLINE);
    for (gsize i = 0; sono_colour_maps[i]; i++) {
        sono_json_string(&w, NULL, sono_colour_maps[i]->name);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_text(SonoJobs *jobs)
{
    printf("backends (%d threads)\n", sono_jobs_n_threads(jobs));
    for (gsize i = 0; sono_backend_types[i]; i++) {
        const SonoBackendType *type = sono_backend_types[i];
        SonoBackend *be = NULL;
        SonoError err = {0};
        const bool opened = type->open(NULL, jobs, &be, &err) == SONO_OK;
        g_autofree char *text = cli_clean_text(opened ? type->describe(be) : err.message);
        printf("  %-10s %s: %s%s\n", type->name, type->title, opened ? "" : "not available, ", text);
        if (opened) {
            type->close(be);
        }
    }
    printf("transforms (their parameters and presets: sonobrush-cli transforms)\n");
    for (gsize i = 0; sono_transforms[i]; i++) {
        printf("  %-10s %s\n", sono_transforms[i]->name, sono_transforms[i]->title);
    }
    printf("operations\n");
    for (gsize i = 0; sono_operations[i]; i++) {
        printf("  %-10s %s\n", sono_operations[i]->name, sono_operations[i]->tip);
        cli_params_print(sono_operations[i]->params);
    }
    printf("colour maps\n ");
    for (gsize i = 0; sono_colour_maps[i]; i++) {
        printf(" %s", sono_colour_maps[i]->name);
    }
    printf("\n");
}

static CliExit list_engines(const char *operand, bool json)
{
    (void)operand;
    SonoJobs *jobs = NULL;
    SonoError err = {0};
    CliExit code = CLI_OK;
    if (sono_jobs_new(0, &jobs, &err) != SONO_OK) {
        code = cli_fail(&err);
    } else if (json) {
        code = print_json(jobs);
    } else {
        print_text(jobs);
    }
    sono_jobs_free(jobs);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    return cli_run_report(self, argc, argv, 0, list_engines);
}

const CliCommand cli_command_engines = {
    .name = "engines",
    .operands = "",
    .summary = "List backends, transforms, operations and colour maps of this build",
    .run = run,
};
