/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON guard refuses what cJSON would swallow, fast; the writer's doubles read back with the same bits. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "json_guard.h"
#include "sono_clock.h"
#include "sono_json_writer.h"
#include "sono_mem.h"
#include "sono_test.h"

static const struct {
    const char *text;
    SonoStatus status;
    const char *says;
} cases[] = {
    {"{}", SONO_OK, ""},
    {" [1, -2.5e-3, 0, \"a\\u00e9\\ud83d\\ude00\", true, false, null, {\"k\": []}] \n", SONO_OK, ""},
    {"1e308", SONO_OK, ""},
    {"1e-400", SONO_OK, ""}, /* underflows to 0: finite */
    {"", SONO_E_FORMAT, "line 1, column 1: text ends too early"},
    {"{} x", SONO_E_FORMAT, "text after the end"},
    {"{}{}", SONO_E_FORMAT, "text after the end"},
    {"[1,]", SONO_E_FORMAT, "not a JSON value"},
    {"{\"a\":1,}", SONO_E_FORMAT, "field name"},
    {"{a:1}", SONO_E_FORMAT, "field name"},
    {"{\"a\" 1}", SONO_E_FORMAT, "':'"},
    {"[1 2]", SONO_E_FORMAT, "','"},
    {"[", SONO_E_FORMAT, "text ends too early"},
    {"[\n1,\n  tru]", SONO_E_FORMAT, "line 3, column 3: not a JSON value"},
    {"01", SONO_E_FORMAT, "number"},
    {"+1", SONO_E_FORMAT, "not a JSON value"},
    {".5", SONO_E_FORMAT, "not a JSON value"},
    {"1.", SONO_E_FORMAT, "decimal point"},
    {"1e", SONO_E_FORMAT, "exponent"},
    {"-", SONO_E_FORMAT, "number"},
    {"NaN", SONO_E_FORMAT, "not a JSON value"},
    {"Infinity", SONO_E_FORMAT, "not a JSON value"},
    {"1e999", SONO_E_FORMAT, "too large"},
    {"-1e309", SONO_E_FORMAT, "too large"},
    {"0x10", SONO_E_FORMAT, "text after the end"},
    {"1111111111222222222233333333334444444444555555555566666666667777", SONO_E_LIMIT, "63 characters"},
    {"\"\\u0000\"", SONO_E_FORMAT, "\\u0000"},
    {"\"\\ud800\"", SONO_E_FORMAT, "surrogate"},
    {"\"\\udc00\"", SONO_E_FORMAT, "surrogate"},
    {"\"\\ud800\\u0041\"", SONO_E_FORMAT, "surrogate"},
    {"\"\\u12g4\"", SONO_E_FORMAT, "hexadecimal"},
    {"\"\\x\"", SONO_E_FORMAT, "escape"},
    {"\"a\nb\"", SONO_E_FORMAT, "control character"},
    {"\"a", SONO_E_FORMAT, "does not end"},
    {"\"\xff\"", SONO_E_FORMAT, "UTF-8"},
    {"\"\xc0\xaf\"", SONO_E_FORMAT, "UTF-8"},         /* overlong */
    {"\"\xed\xa0\x80\"", SONO_E_FORMAT, "UTF-8"},     /* surrogate */
    {"\"\xf4\x90\x80\x80\"", SONO_E_FORMAT, "UTF-8"}, /* above U+10FFFF */
    {"\"\xe2\x82\"", SONO_E_FORMAT, "UTF-8"},         /* cut */
};

static void guard_accepts_json_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoError err = {0};
        const size_t n = strlen(cases[i].text);
        char *exact = malloc(n ? n : 1); /* the end is the end, for the address sanitizer too */
        memcpy(exact, cases[i].text, n);
        const SonoStatus status = sono_json_guard(exact, n, &err);
        if (status != cases[i].status || !strstr(err.message, cases[i].says)) {
            fail_msg("%s: status %d, \"%s\"", cases[i].text, status, err.message);
        }
        free(exact);
    }
    SonoError err = {0};
    assert_int_equal(sono_json_guard("[1]\0", 4, &err), SONO_E_FORMAT); /* a NUL is no white space */
}

static SonoStatus guard_of(const char *unit, size_t n_units, const char *before, const char *after)
{
    const size_t n_unit = strlen(unit), n_before = strlen(before), n_after = strlen(after);
    const size_t n = n_before + n_units * n_unit + n_after;
    char *text = malloc(n + 1);
    memcpy(text, before, n_before);
    for (size_t i = 0; i < n_units; i++) {
        memcpy(text + n_before + i * n_unit, unit, n_unit);
    }
    memcpy(text + n - n_after, after, n_after + 1);
    SonoError err = {0};
    const SonoStatus status = sono_json_guard(text, n, &err);
    free(text);
    return status;
}

static void guard_limits_size_depth_and_values(void **state)
{
    (void)state;
    char deep[2 * SONO_JSON_MAX_DEPTH + 3];
    for (size_t depth = SONO_JSON_MAX_DEPTH; depth <= SONO_JSON_MAX_DEPTH + 1; depth++) {
        SonoError err = {0};
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        assert_int_equal(sono_json_guard(deep, 2 * depth, &err), depth == SONO_JSON_MAX_DEPTH ? SONO_OK : SONO_E_LIMIT);
    }
    assert_int_equal(guard_of("[", 8u << 20, "", ""), SONO_E_LIMIT);
    assert_int_equal(guard_of("{\"a\":", 3u << 20, "", ""), SONO_E_LIMIT);
    assert_int_equal(guard_of("1,", SONO_JSON_MAX_NODES - 2, "[", "1]"), SONO_OK);
    assert_int_equal(guard_of("1,", SONO_JSON_MAX_NODES - 1, "[", "1]"), SONO_E_LIMIT);
    assert_int_equal(guard_of(" ", SONO_JSON_MAX_BYTES - 1, "1", ""), SONO_OK);
    assert_int_equal(guard_of(" ", SONO_JSON_MAX_BYTES, "1", ""), SONO_E_LIMIT);
}

static double bits_to_double(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void check_double(double v)
{
    char buf[32];
    sono_json_format_double(v, buf, sizeof buf);
    const double back = strtod(buf, NULL);
    assert_memory_equal(&back, &v, sizeof v);
    SonoError err = {0};
    assert_ok(sono_json_guard(buf, strlen(buf), &err), err);
}

static void doubles_read_back_with_the_same_bits(void **state)
{
    (void)state;
    static const double special[] = {0.0,
                                     -0.0,
                                     0.1,
                                     1.0 / 3,
                                     DBL_MAX,
                                     -DBL_MAX,
                                     DBL_MIN,
                                     5e-324,
                                     DBL_EPSILON,
                                     1e15,
                                     9007199254740992.0,
                                     123456789.123456789,
                                     1e-7,
                                     0.3,
                                     2.5,
                                     1e22,
                                     1e23,
                                     4.35,
                                     0.1 + 0.2};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        check_double(special[i]);
    }
    uint64_t seed = 3;
    for (int i = 0; i < 200000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const double v = bits_to_double(seed ^ seed >> 29);
        if (isfinite(v)) {
            check_double(v);
        }
    }
    char buf[32];
    assert_string_equal(sono_json_format_double(0.1, buf, sizeof buf), "0.1");
    assert_string_equal(sono_json_format_double(440.0, buf, sizeof buf), "440");
}

static void writer_escapes_what_could_steer_a_terminal(void **state)
{
    (void)state;
    SonoJsonWriter w = {0};
    SonoError err = {0};
    char *text = NULL;
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "title",
                     "a\"\\\n\x1b]0;x\x07\x7f\xc2\x9b"
                     "31m \xe2\x80\xae \xff \xc3\xa9");
    sono_json_double(&w, "nan", NAN);
    sono_json_begin_array(&w, "list", SONO_JSON_INLINE);
    sono_json_int(&w, NULL, -1);
    sono_json_bool(&w, NULL, true);
    sono_json_null(&w, NULL);
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "a", NULL);
    sono_json_end_object(&w);
    sono_json_end_array(&w);
    sono_json_begin_array(&w, "none", SONO_JSON_LINES);
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    assert_ok(sono_json_finish(&w, &text, &err), err);
    assert_string_equal(
        text, "{\n"
              "  \"title\": \"a\\\"\\\\\\n\\u001b]0;x\\u0007\\u007f\\u009b31m \\u202e \xef\xbf\xbd \xc3\xa9\",\n"
              "  \"nan\": null,\n"
              "  \"list\": [-1, true, null, {\"a\": null}],\n"
              "  \"none\": []\n"
              "}\n");
    assert_ok(sono_json_guard(text, strlen(text), &err), err);
    sono_free(text);
    sono_json_begin_array(&w, NULL, SONO_JSON_LINES);
    assert_int_equal(sono_json_finish(&w, &text, &err), SONO_E_INVALID);
}

/* A locale with a comma, built in the build folder if the system has none; false where its sources are missing. */
static bool use_comma_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"};
    const char *build = getenv("SONO_BUILD_DIR");
    char folder[1024], command[3400];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (setlocale(LC_NUMERIC, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0) {
            return true;
        }
    }
    /* Built before it is looked for: the C library remembers which files it did not find. */
    (void)snprintf(folder, sizeof folder, "%s/test-locales", build ? build : ".");
    (void)snprintf(command, sizeof command,
                   "[ -e '%s/de_DE.UTF-8/LC_NUMERIC' ] || { mkdir -p '%s' && "
                   "localedef -f UTF-8 -i de_DE '%s/de_DE.UTF-8' >/dev/null 2>&1; }",
                   folder, folder, folder);
    if (system(command) != 0) {
        return false;
    }
    (void)setenv("LOCPATH", folder, 1);
    return setlocale(LC_NUMERIC, names[0]) && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void numbers_do_not_follow_the_locale(void **state)
{
    (void)state;
    if (!use_comma_locale()) { /* neither installed nor to be built: no localedef */
        skip();
    }
    char buf[32];
    (void)snprintf(buf, sizeof buf, "%g", 0.5);
    assert_string_equal(buf, "0,5"); /* the locale works */
    assert_string_equal(sono_json_format_double(0.5, buf, sizeof buf), "0.5");
    SonoError err = {0};
    assert_ok(sono_json_guard("[0.5e300]", 9, &err), err);
    assert_int_equal(sono_json_guard("[0.5e999]", 9, &err), SONO_E_FORMAT);
    (void)setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_accepts_json_and_nothing_else),
        cmocka_unit_test(guard_limits_size_depth_and_values),
        cmocka_unit_test(doubles_read_back_with_the_same_bits),
        cmocka_unit_test(writer_escapes_what_could_steer_a_terminal),
        cmocka_unit_test(numbers_do_not_follow_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
