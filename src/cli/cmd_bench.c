/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench: runs the benchmarks and prints their figures beside their targets. */
#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "cli.h"

static const struct {
    const char *name;
    SonoStatus (*run)(BenchList *list, SonoError *err);
} parts[] = {{"stft", bench_stft}, {"tiles", bench_tiles}, {"commit", bench_commit}};

/* NAN targets are met by anything. */
static bool meets_target(const BenchFigure *f)
{
    return isnan(f->target) || (f->at_least ? f->value >= f->target : f->value <= f->target);
}

static CliExit print_json(const BenchList *list)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "version", SONO_VERSION);
    sono_json_begin_array(&w, "figures", SONO_JSON_LINES);
    for (gsize i = 0; i < list->n; i++) {
        const BenchFigure *f = &list->figures[i];
        sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
        sono_json_string(&w, "name", f->name);
        sono_json_double(&w, "value", f->value);
        sono_json_string(&w, "unit", f->unit);
        sono_json_double(&w, "target", f->target); /* null: none */
        sono_json_bool(&w, "at_least", f->at_least);
        sono_json_bool(&w, "met", meets_target(f));
        sono_json_string(&w, "note", f->note);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_text(const BenchList *list)
{
    for (gsize i = 0; i < list->n; i++) {
        const BenchFigure *f = &list->figures[i];
        printf("%-44s %10.4g %-5s", f->name, f->value, f->unit);
        if (!isnan(f->target)) {
            printf(" %s %-8.4g %-6s", f->at_least ? ">=" : "<=", f->target, meets_target(f) ? "met" : "missed");
        } else {
            printf(" %18s", "");
        }
        printf(" %s\n", f->note);
    }
}

static const char *unknown_part(char **names)
{
    for (; names && *names; names++) {
        bool known = false;
        for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
            known = known || g_str_equal(*names, parts[i].name);
        }
        if (!known) {
            return *names;
        }
    }
    return NULL;
}

static CliExit measure(char **names, bool json)
{
    BenchList *list = g_new0(BenchList, 1);
    SonoError err = {0};
    SonoStatus status = SONO_OK;
    for (gsize i = 0; i < G_N_ELEMENTS(parts) && status == SONO_OK; i++) {
        if (!names || g_strv_contains((const char *const *)names, parts[i].name)) {
            status = cli_is_interrupted() ? sono_fail(&err, SONO_E_CANCELLED, "cancelled") : parts[i].run(list, &err);
        }
    }
    CliExit code = CLI_OK;
    if (status != SONO_OK) {
        code = cli_fail(&err);
    } else if (json) {
        code = print_json(list);
    } else {
        print_text(list);
    }
    g_free(list);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    CliParser p;
    gboolean json = FALSE;
    CliExit code = CLI_OK;
    const GOptionEntry entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL}, G_OPTION_ENTRY_NULL};
    cli_parser_init(&p, self);
    cli_parser_add(&p, entries);
    if (cli_parser_run(&p, argc, argv, 0, G_N_ELEMENTS(parts), &code)) {
        const char *unknown = unknown_part(p.operands);
        code = unknown ? cli_usage_error(self, "unknown benchmark '%s'", unknown) : measure(p.operands, json);
    }
    cli_parser_clear(&p);
    return code;
}

const CliCommand cli_command_bench = {
    .name = "bench",
    .operands = "[stft] [tiles] [commit]",
    .summary = "Measure this build against the limits of this machine",
    .run = run,
};
