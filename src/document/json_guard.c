/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 8259 to the letter, in one pass without allocation; recursion is bounded by SONO_JSON_MAX_DEPTH. */
#include "json_guard.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "c_locale.h"
#include "utf8.h"

typedef struct Scan {
    const char *start, *p, *end;
    size_t n_nodes;
    SonoError *err;
} Scan;

static SonoStatus fail_at(const Scan *s, SonoStatus code, const char *what)
{
    size_t line = 1, column = 1;
    for (const char *q = s->start; q < s->p; q++) {
        column = *q == '\n' ? 1 : column + 1;
        line += *q == '\n';
    }
    return sono_fail(s->err, code, "line %zu, column %zu: %s", line, column, what);
}

static bool at(const Scan *s, char c)
{
    return s->p < s->end && *s->p == c;
}

static void skip_space(Scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) {
        s->p++;
    }
}

static size_t skip_digits(Scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') {
        s->p++;
    }
    return (size_t)(s->p - from);
}

/* In the "C" locale; the text has the form of a JSON number. */
static bool is_finite_text(const char *from, const char *to)
{
    char copy[SONO_JSON_MAX_NUMBER + 1];
    const size_t n = (size_t)(to - from);
    memcpy(copy, from, n);
    copy[n] = '\0';
    return isfinite(strtod(copy, NULL));
}

static SonoStatus scan_number(Scan *s)
{
    const char *from = s->p;
    if (at(s, '-')) {
        s->p++;
    }
    const char *whole = s->p;
    const size_t n_whole = skip_digits(s);
    if (n_whole == 0 || (n_whole > 1 && *whole == '0')) {
        return fail_at(s, SONO_E_FORMAT, "not a JSON number");
    }
    if (at(s, '.')) {
        s->p++;
        if (skip_digits(s) == 0) {
            return fail_at(s, SONO_E_FORMAT, "a digit must follow the decimal point");
        }
    }
    if (at(s, 'e') || at(s, 'E')) {
        s->p++;
        if (at(s, '+') || at(s, '-')) {
            s->p++;
        }
        if (skip_digits(s) == 0) {
            return fail_at(s, SONO_E_FORMAT, "a digit must follow the exponent sign");
        }
    }
    if (s->p - from > SONO_JSON_MAX_NUMBER) {
        return fail_at(s, SONO_E_LIMIT, "number of more than 63 characters");
    }
    if (!is_finite_text(from, s->p)) {
        return fail_at(s, SONO_E_FORMAT, "number is too large");
    }
    return SONO_OK;
}

/* Four hexadecimal digits; -1 if they are not. */
static long read_hex4(Scan *s)
{
    long value = 0;
    for (int i = 0; i < 4; i++, s->p++) {
        const char c = s->p < s->end ? *s->p : '\0';
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static SonoStatus scan_escape(Scan *s)
{
    s->p++;
    if (s->p >= s->end || !strchr("\"\\/bfnrtu", *s->p) || *s->p == '\0') {
        return fail_at(s, SONO_E_FORMAT, "unknown escape in a string");
    }
    if (*s->p++ != 'u') {
        return SONO_OK;
    }
    const long unit = read_hex4(s);
    if (unit < 0) {
        return fail_at(s, SONO_E_FORMAT, "four hexadecimal digits must follow \\u");
    }
    if (unit == 0) {
        return fail_at(s, SONO_E_FORMAT, "\\u0000 is not allowed in a string");
    }
    if (unit >= 0xdc00 && unit <= 0xdfff) {
        return fail_at(s, SONO_E_FORMAT, "lone surrogate in a string");
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u') {
            return fail_at(s, SONO_E_FORMAT, "lone surrogate in a string");
        }
        s->p += 2;
        const long low = read_hex4(s);
        if (low < 0xdc00 || low > 0xdfff) {
            return fail_at(s, SONO_E_FORMAT, "lone surrogate in a string");
        }
    }
    return SONO_OK;
}

static SonoStatus scan_string(Scan *s)
{
    s->p++;
    while (s->p < s->end && *s->p != '"') {
        if (*s->p == '\\') {
            const SonoStatus status = scan_escape(s);
            if (status != SONO_OK) {
                return status;
            }
            continue;
        }
        if ((unsigned char)*s->p < 0x20) {
            return fail_at(s, SONO_E_FORMAT, "control character in a string");
        }
        uint32_t code = 0;
        const size_t n = sono_utf8_next(s->p, (size_t)(s->end - s->p), &code);
        if (n == 0) {
            return fail_at(s, SONO_E_FORMAT, "invalid UTF-8 in a string");
        }
        s->p += n;
    }
    if (s->p >= s->end) {
        return fail_at(s, SONO_E_FORMAT, "string does not end");
    }
    s->p++;
    return SONO_OK;
}

static SonoStatus scan_value(Scan *s, int depth);

static SonoStatus scan_member(Scan *s, int depth, bool has_key)
{
    skip_space(s);
    if (has_key) {
        if (!at(s, '"')) {
            return fail_at(s, SONO_E_FORMAT, "a field name in quotes is missing");
        }
        const SonoStatus status = scan_string(s);
        if (status != SONO_OK) {
            return status;
        }
        skip_space(s);
        if (!at(s, ':')) {
            return fail_at(s, SONO_E_FORMAT, "':' is missing after a field name");
        }
        s->p++;
    }
    return scan_value(s, depth);
}

static SonoStatus scan_container(Scan *s, int depth)
{
    const bool is_object = *s->p == '{';
    const char closing = is_object ? '}' : ']';
    if (depth > SONO_JSON_MAX_DEPTH) {
        return fail_at(s, SONO_E_LIMIT, "nested deeper than 64");
    }
    s->p++;
    skip_space(s);
    if (at(s, closing)) {
        s->p++;
        return SONO_OK;
    }
    for (;;) {
        const SonoStatus status = scan_member(s, depth, is_object);
        if (status != SONO_OK) {
            return status;
        }
        skip_space(s);
        if (at(s, closing)) {
            s->p++;
            return SONO_OK;
        }
        if (!at(s, ',')) {
            return fail_at(s, SONO_E_FORMAT, is_object ? "',' or '}' is missing" : "',' or ']' is missing");
        }
        s->p++;
    }
}

static SonoStatus scan_literal(Scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++) {
        const size_t n = strlen(words[i]);
        if ((size_t)(s->end - s->p) >= n && memcmp(s->p, words[i], n) == 0) {
            s->p += n;
            return SONO_OK;
        }
    }
    return fail_at(s, SONO_E_FORMAT, s->p >= s->end ? "text ends too early" : "not a JSON value");
}

/* depth: of this value, if it is a container. */
static SonoStatus scan_value(Scan *s, int depth)
{
    skip_space(s);
    if (++s->n_nodes > SONO_JSON_MAX_NODES) {
        return fail_at(s, SONO_E_LIMIT, "more than a million values");
    }
    if (at(s, '{') || at(s, '[')) {
        return scan_container(s, depth + 1);
    }
    if (at(s, '"')) {
        return scan_string(s);
    }
    if (at(s, '-') || (s->p < s->end && *s->p >= '0' && *s->p <= '9')) {
        return scan_number(s);
    }
    return scan_literal(s);
}

SonoStatus sono_json_guard(const char *text, size_t n_bytes, SonoError *err)
{
    Scan s = {.start = text, .p = text, .end = text + n_bytes, .err = err};
    if (n_bytes > SONO_JSON_MAX_BYTES) {
        return sono_fail(err, SONO_E_LIMIT, "%zu bytes of JSON; the limit is 16 MiB", n_bytes);
    }
    SonoCLocale locale;
    if (!sono_c_locale_enter(&locale)) {
        return sono_fail(err, SONO_E_NOMEM, "no memory to read JSON");
    }
    SonoStatus status = scan_value(&s, 0);
    if (status == SONO_OK) {
        skip_space(&s);
        status = s.p == s.end ? SONO_OK : fail_at(&s, SONO_E_FORMAT, "text after the end of the JSON value");
    }
    sono_c_locale_leave(&locale);
    return status;
}
