/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON text from calls: indentation, commas, escapes, and doubles that read back with the same bits. */
#include "sono_json_writer.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sono_mem.h"
#include "utf8.h"

static void put(SonoJsonWriter *w, const char *s, size_t n)
{
    if (w->failed) {
        return;
    }
    if (n >= w->cap - w->n) {
        size_t cap = w->cap ? w->cap : 256;
        while (cap - w->n <= n && cap <= SIZE_MAX / 2) {
            cap *= 2;
        }
        char *text = cap - w->n > n ? sono_realloc_array(w->text, cap, 1) : NULL;
        if (!text) {
            w->failed = true;
            return;
        }
        w->text = text;
        w->cap = cap;
    }
    memcpy(w->text + w->n, s, n);
    w->n += n;
    w->text[w->n] = '\0';
}

static void put_text(SonoJsonWriter *w, const char *s)
{
    put(w, s, strlen(s));
}

static bool is_inline(const SonoJsonWriter *w)
{
    return w->depth > 0 && (w->inline_bits >> (w->depth - 1) & 1u);
}

static void put_newline(SonoJsonWriter *w)
{
    static const char blanks[] = "                                                                ";
    put(w, "\n", 1);
    for (int n = 2 * w->depth; n > 0; n -= 64) {
        put(w, blanks, (size_t)(n < 64 ? n : 64));
    }
}

/* Characters that could steer a terminal or reorder what a reader sees. */
static bool must_escape(uint32_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0) || sono_utf8_is_format(c);
}

static void put_escaped(SonoJsonWriter *w, uint32_t c)
{
    char buf[8] = {'\\', 0};
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c < 0x80 ? strchr(from, (int)c) : NULL;
    if (at) {
        buf[1] = to[at - from];
        put(w, buf, 2);
    } else {
        snprintf(buf, sizeof buf, "\\u%04x", (unsigned)(c & 0xffffu)); /* all escaped ones are below U+10000 */
        put(w, buf, 6);
    }
}

static void put_string(SonoJsonWriter *w, const char *s)
{
    put(w, "\"", 1);
    const char *end = s + strlen(s);
    while (s < end) {
        uint32_t c = 0;
        const size_t n = sono_utf8_next(s, (size_t)(end - s), &c);
        if (n == 0) {
            put_text(w, "\xef\xbf\xbd");
            s++;
            continue;
        }
        if (must_escape(c)) {
            put_escaped(w, c);
        } else {
            put(w, s, n);
        }
        s += n;
    }
    put(w, "\"", 1);
}

/* What comes before every value: comma, line break, key. */
static void begin_value(SonoJsonWriter *w, const char *key)
{
    if (w->depth > 0) {
        const uint64_t bit = UINT64_C(1) << (w->depth - 1);
        if (w->filled_bits & bit) {
            put_text(w, is_inline(w) ? ", " : ",");
        }
        w->filled_bits |= bit;
        if (!is_inline(w)) {
            put_newline(w);
        }
    }
    if (key) {
        put_string(w, key);
        put_text(w, ": ");
    }
}

static void begin(SonoJsonWriter *w, const char *key, SonoJsonLayout layout, const char *bracket)
{
    begin_value(w, key);
    put_text(w, bracket);
    if (w->depth >= SONO_JSON_WRITER_MAX_DEPTH) {
        w->failed = true;
        return;
    }
    const uint64_t bit = UINT64_C(1) << w->depth;
    w->inline_bits = layout == SONO_JSON_INLINE || is_inline(w) ? w->inline_bits | bit : w->inline_bits & ~bit;
    w->filled_bits &= ~bit;
    w->depth++;
}

static void end(SonoJsonWriter *w, const char *bracket)
{
    if (w->depth == 0) {
        w->failed = true;
        return;
    }
    const bool on_one_line = is_inline(w);
    w->depth--;
    if (!on_one_line && (w->filled_bits >> w->depth & 1u)) {
        put_newline(w);
    }
    put_text(w, bracket);
}

void sono_json_begin_object(SonoJsonWriter *w, const char *key, SonoJsonLayout layout)
{
    begin(w, key, layout, "{");
}

void sono_json_end_object(SonoJsonWriter *w)
{
    end(w, "}");
}

void sono_json_begin_array(SonoJsonWriter *w, const char *key, SonoJsonLayout layout)
{
    begin(w, key, layout, "[");
}

void sono_json_end_array(SonoJsonWriter *w)
{
    end(w, "]");
}

void sono_json_string(SonoJsonWriter *w, const char *key, const char *value)
{
    if (!value) {
        sono_json_null(w, key);
        return;
    }
    begin_value(w, key);
    put_string(w, value);
}

void sono_json_double(SonoJsonWriter *w, const char *key, double value)
{
    char buf[32];
    begin_value(w, key);
    put_text(w, isfinite(value) ? sono_json_format_double(value, buf, sizeof buf) : "null");
}

void sono_json_int(SonoJsonWriter *w, const char *key, int64_t value)
{
    char buf[32];
    begin_value(w, key);
    snprintf(buf, sizeof buf, "%lld", (long long)value);
    put_text(w, buf);
}

void sono_json_bool(SonoJsonWriter *w, const char *key, bool value)
{
    begin_value(w, key);
    put_text(w, value ? "true" : "false");
}

void sono_json_null(SonoJsonWriter *w, const char *key)
{
    begin_value(w, key);
    put_text(w, "null");
}

SonoStatus sono_json_finish(SonoJsonWriter *w, char **text, SonoError *err)
{
    if (w->depth != 0) {
        sono_json_clear(w);
        return sono_fail(err, SONO_E_INVALID, "JSON text is not complete");
    }
    put(w, "\n", 1);
    if (w->failed) {
        sono_json_clear(w);
        return sono_fail(err, SONO_E_NOMEM, "no memory for JSON text");
    }
    *text = w->text;
    *w = (SonoJsonWriter){0};
    return SONO_OK;
}

void sono_json_clear(SonoJsonWriter *w)
{
    sono_free(w->text);
    *w = (SonoJsonWriter){0};
}

/* snprintf and strtod follow LC_NUMERIC, in this thread: its decimal separator may be any short text. */
static void use_dot(char *buf)
{
    const char *point = localeconv()->decimal_point;
    const size_t n_point = strlen(point);
    char *at = n_point > 0 && strcmp(point, ".") != 0 ? strstr(buf, point) : NULL;
    if (at) {
        *at = '.';
        memmove(at + 1, at + n_point, strlen(at + n_point) + 1);
    }
}

const char *sono_json_format_double(double value, char *buf, size_t n_bytes)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buf, n_bytes, "%.*g", digits, value);
        const double back = strtod(buf, NULL);
        if (memcmp(&back, &value, sizeof value) == 0) {
            break;
        }
    }
    use_dot(buf);
    return buf;
}
