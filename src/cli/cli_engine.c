/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of the engine: what computes, and with how many threads. */
#include "cli.h"

void cli_engine_add(CliEngineOptions *o, CliParser *p)
{
    *o = (CliEngineOptions){0};
    const GOptionEntry entries[] = {
        {"backend", 0, 0, G_OPTION_ARG_STRING, &o->backend, "Compute with this backend (see: engines)", "NAME"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &o->n_threads, "Threads to compute with (default: all cores)", "N"},
        G_OPTION_ENTRY_NULL};
    cli_parser_add(p, entries);
}

bool cli_engine_finish(const CliEngineOptions *o, const CliParser *p)
{
    if (o->n_threads < 0 || o->n_threads > SONO_MAX_THREADS) {
        (void)cli_usage_error(p->command, "--threads is %d, must be from 1 to %d, or 0 for all cores", o->n_threads,
                              SONO_MAX_THREADS);
        return false;
    }
    return true;
}

SonoStatus cli_engine_open(const CliEngineOptions *o, SonoEngine **out, SonoError *err)
{
    return sono_engine_new(o->backend, o->n_threads, out, err);
}

void cli_engine_options_clear(CliEngineOptions *o)
{
    g_clear_pointer(&o->backend, g_free);
}
