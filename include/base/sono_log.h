/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logging by domain. Errors, warnings and notices always go to the sink; debug lines only when their domain is in
 * SONO_DEBUG (comma-separated, "all" for every domain). Never call it from a real-time callback. */
#pragma once
#include <stdbool.h>

typedef enum SonoLogLevel { SONO_LOG_ERROR, SONO_LOG_WARNING, SONO_LOG_NOTICE, SONO_LOG_DEBUG } SonoLogLevel;
typedef void (*SonoLogSink)(SonoLogLevel level, const char *domain, const char *line, void *ctx);

/* Thread: any. domain: "jobs", "pcm", "codec", "engine", "plan", "tiles", "gl" ... */
void sono_log(SonoLogLevel level, const char *domain, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* True when debug lines of the domain are wanted; cheap. */
bool sono_log_wants(const char *domain);
/* Replace the sink (NULL: standard error). Thread: any; not while others log. */
void sono_log_set_sink(SonoLogSink sink, void *ctx);
