/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Log lines by domain. The sink is the one piece of mutable state of this layer; it is set before threads start. */
#include "sono_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void to_stderr(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    static const char *const names[] = {"error", "warning", "notice", "debug"};
    (void)ctx;
    (void)fprintf(stderr, "sonobrush %s [%s]: %s\n", names[level], domain, line);
}

static SonoLogSink sink = to_stderr;
static void *sink_ctx;

void sono_log_set_sink(SonoLogSink new_sink, void *ctx)
{
    sink = new_sink ? new_sink : to_stderr;
    sink_ctx = ctx;
}

bool sono_log_wants(const char *domain)
{
    const char *list = getenv("SONO_DEBUG");
    const size_t n = strlen(domain);
    while (list && *list) {
        const size_t len = strcspn(list, ",");
        if ((len == n && strncmp(list, domain, n) == 0) || (len == 3 && strncmp(list, "all", 3) == 0)) {
            return true;
        }
        list += len + (list[len] == ',');
    }
    return false;
}

void sono_log(SonoLogLevel level, const char *domain, const char *fmt, ...)
{
    if (level == SONO_LOG_DEBUG && !sono_log_wants(domain)) {
        return;
    }
    char line[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    sink(level, domain, line, sink_ctx);
}
