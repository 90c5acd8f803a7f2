/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, and text from outside made safe to show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "sono_log.h"
#include "sono_mem.h"

char *cli_clean_text(const char *text)
{
    GString *out = g_string_new(NULL);
    const char *end = text + strlen(text);
    for (const char *p = text; p < end;) {
        const gunichar c = g_utf8_get_char_validated(p, end - p);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)*p++);
            continue;
        }
        if (g_unichar_isprint(c)) { /* neither control, format, unassigned nor surrogate */
            g_string_append_unichar(out, c);
        } else {
            g_string_append_printf(out, c < 0x80 ? "\\x%02x" : "\\u{%04x}", (unsigned)c);
        }
        p = g_utf8_next_char(p);
    }
    return g_string_free(out, FALSE);
}

static void say(const char *kind, const char *fmt, va_list args) G_GNUC_PRINTF(2, 0);
static void say(const char *kind, const char *fmt, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(fmt, args);
    g_autofree char *clean = cli_clean_text(text);
    g_autofree char *line = g_strdup_printf("sonobrush-cli: %s%s\n", kind, clean);
    (void)fflush(stdout);
    (void)fputs(line, stderr);
}

void cli_error(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say("", fmt, args);
    va_end(args);
}

void cli_warning(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say("warning: ", fmt, args);
    va_end(args);
}

CliExit cli_fail(const SonoError *err)
{
    if (err->code == SONO_E_CANCELLED || cli_is_interrupted()) {
        cli_error("cancelled");
        return CLI_CANCELLED;
    }
    cli_error("%s", err->message[0] ? err->message : sono_status_name(err->code));
    return CLI_FAILED;
}

CliExit cli_usage_error(const CliCommand *command, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    g_autofree char *text = g_strdup_vprintf(fmt, args);
    va_end(args);
    cli_error("%s: %s (see: sonobrush-cli help %s)", command->name, text, command->name);
    return CLI_USAGE;
}

CliExit cli_print_json(SonoJsonWriter *w)
{
    SonoError err = {0};
    char *text = NULL;
    if (sono_json_finish(w, &text, &err) != SONO_OK) {
        return cli_fail(&err);
    }
    (void)fputs(text, stdout); /* main looks at ferror(stdout) */
    sono_free(text);
    return CLI_OK;
}

static void log_line(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    static const char *const kinds[] = {"", "warning: ", "", "debug: "};
    (void)ctx;
    g_autofree char *clean = cli_clean_text(line);
    g_autofree char *text = g_strdup_printf("sonobrush-cli: %s%s: %s\n", kinds[level], domain, clean);
    (void)fputs(text, stderr);
}

void cli_text_init(void)
{
    sono_log_set_sink(log_line, NULL);
}
