/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench: how fast this build is on this machine, against limits measured in the same run. */
#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "cli.h"

static const char *verdict(const BenchFigure *f)
{
    if (isnan(f->target)) {
        return "";
    }
    return (f->at_least ? f->value >= f->target : f->value <= f->target) ? "met" : "MISSED";
}

static void print_text(const BenchList *list)
{
    for (gsize i = 0; i < list->n; i++) {
        const BenchFigure *f = &list->figures[i];
        char target[32] = "";
        if (!isnan(f->target)) {
            (void)g_snprintf(target, sizeof target, "%s %g", f->at_least ? ">=" : "<=", f->target);
        }
        printf("%-40s %9.2f %-5s %-9s %-6s  %s\n", f->name, f->value, f->unit, target, verdict(f), f->note);
    }
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
        if (!isnan(f->target)) {
            sono_json_double(&w, f->at_least ? "at_least" : "at_most", f->target);
            sono_json_bool(&w, "met", verdict(f)[1] == 'e');
        }
        sono_json_string(&w, "against", f->note);
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static CliExit run_benchmarks(const char *operand, bool json)
{
    (void)operand;
    static SonoStatus (*const benchmarks[])(BenchList *, SonoError *) = {
        bench_stft, bench_bands, bench_plans, bench_tiles, bench_pictures, bench_commit, bench_region};
    g_autofree BenchList *list = g_new0(BenchList, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(benchmarks); i++) {
        SonoError err = {0};
        if (cli_is_interrupted()) {
            return CLI_CANCELLED;
        }
        if (benchmarks[i](list, &err) != SONO_OK) {
            return cli_fail(&err);
        }
    }
    if (json) {
        return print_json(list);
    }
    print_text(list);
    return CLI_OK;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    return cli_run_report(self, argc, argv, 0, run_benchmarks);
}

const CliCommand cli_command_bench = {
    .name = "bench",
    .operands = "",
    .summary = "Measure speed against limits of the same run",
    .details =
        "Every ratio is taken against bare FFTW transforms, memory bandwidth or a shorter sound in the same run;\n"
        "rounds are interleaved and medians printed. A missed target does not change the exit code.",
    .run = run,
};
