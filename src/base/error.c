/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error values: one line of text, safe to print on a terminal. */
#include "sono_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef sono_fail /* a macro under the analyzer */

/* Strings from files can hold control bytes: C0, DEL, and C1 as UTF-8 (C2 80 .. C2 9F) never reach a terminal. */
static void strip_controls(char *s)
{
    for (unsigned char *p = (unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            *p = '?';
        } else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
            p[0] = '?';
            p[1] = '?';
        }
    }
}

SonoStatus sono_fail(SonoError *err, SonoStatus code, const char *fmt, ...)
{
    if (err) {
        SonoError e = {.code = code};
        va_list args;
        va_start(args, fmt);
        (void)vsnprintf(e.message, sizeof e.message, fmt, args);
        va_end(args);
        strip_controls(e.message);
        *err = e;
    }
    return code;
}

SonoStatus sono_fail_context(SonoError *err, const char *fmt, ...)
{
    if (!err) {
        return SONO_E_INVALID;
    }
    SonoError e = {.code = err->code};
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(e.message, sizeof e.message, fmt, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n;
    if (used >= sizeof e.message) {
        used = sizeof e.message - 1;
    }
    const size_t room = sizeof e.message - used; /* what does not fit is cut */
    (void)snprintf(e.message + used, room, ": %.*s", room > 3 ? (int)(room - 3) : 0, err->message);
    strip_controls(e.message);
    *err = e;
    return e.code;
}

const char *sono_status_name(SonoStatus code)
{
    static const struct {
        SonoStatus code;
        const char *name;
    } names[] = {
        {SONO_OK, "ok"},
        {SONO_E_INVALID, "invalid"},
        {SONO_E_NOMEM, "no-memory"},
        {SONO_E_IO, "io"},
        {SONO_E_FORMAT, "format"},
        {SONO_E_RANGE, "range"},
        {SONO_E_NOT_FRAME, "not-a-frame"},
        {SONO_E_UNSUPPORTED, "unsupported"},
        {SONO_E_CANCELLED, "cancelled"},
        {SONO_E_STALE, "stale"},
        {SONO_E_DEVICE, "device"},
        {SONO_E_TIMEOUT, "timeout"},
        {SONO_E_LIMIT, "limit"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return "unknown";
}

SonoShortName sono_short_name(const char *path)
{
    SonoShortName name;
    const size_t n = strlen(path);
    const size_t room = sizeof name.text - 1;
    if (n <= room) {
        (void)snprintf(name.text, sizeof name.text, "%s", path);
        return name;
    }
    const char *tail = path + n - (room - 3);
    while (((unsigned char)*tail & 0xc0) == 0x80) { /* do not begin inside a UTF-8 character */
        tail++;
    }
    (void)snprintf(name.text, sizeof name.text, "...%s", tail);
    return name;
}
