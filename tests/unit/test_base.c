/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors, parameter tables, spans and regions, checked memory, hashes. */
#include "sono_test.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "sono_error.h"
#include "sono_hash.h"
#include "sono_log.h"
#include "sono_mem.h"
#include "sono_params.h"
#include "sono_rect.h"

static void test_fail_fills_one_line(void **state)
{
    (void)state;
    SonoError err = {0};
    assert_int_equal(sono_fail(&err, SONO_E_FORMAT, "%s: frame %d", "a.wav", 7), SONO_E_FORMAT);
    assert_int_equal(err.code, SONO_E_FORMAT);
    assert_string_equal(err.message, "a.wav: frame 7");
    assert_int_equal(sono_fail(NULL, SONO_E_IO, "nobody listens"), SONO_E_IO);
    /* A file name may try to talk to the terminal: ESC, newline, DEL, and CSI as UTF-8. */
    (void)sono_fail(&err, SONO_E_IO,
                    "a\x1b[2Jb\nc\x7f"
                    "d\xc2\x9b"
                    "e\xc3\xa9");
    assert_string_equal(err.message, "a?[2Jb?c?d??e\xc3\xa9");
}

static void test_fail_cuts_long_text(void **state)
{
    (void)state;
    SonoError err = {0};
    char big[1000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    (void)sono_fail(&err, SONO_E_LIMIT, "%s", big);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_int_equal(sono_fail_context(&err, "%s", "edit 3"), SONO_E_LIMIT);
    assert_memory_equal(err.message, "edit 3: xxx", 11);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_int_equal(sono_fail_context(&err, "%s", big), SONO_E_LIMIT);
    assert_true(strlen(err.message) < sizeof err.message);
}

static void test_fail_context(void **state)
{
    (void)state;
    SonoError err = {0};
    (void)sono_fail(&err, SONO_E_RANGE, "gain_db is 900");
    assert_int_equal(sono_fail_context(&err, "edit %d", 2), SONO_E_RANGE);
    assert_string_equal(err.message, "edit 2: gain_db is 900");
    assert_int_equal(sono_fail_context(NULL, "x"), SONO_E_INVALID);
}

static void test_status_names_differ(void **state)
{
    (void)state;
    assert_string_equal(sono_status_name(SONO_OK), "ok");
    assert_string_equal(sono_status_name((SonoStatus)-99), "unknown");
    for (int a = SONO_E_LIMIT; a <= SONO_OK; a++) {
        for (int b = SONO_E_LIMIT; b < a; b++) {
            assert_string_not_equal(sono_status_name((SonoStatus)a), sono_status_name((SonoStatus)b));
        }
        assert_string_not_equal(sono_status_name((SonoStatus)a), "unknown");
    }
}

static const char *const shapes[] = {"hann", "hamming", NULL};
static const SonoParamDesc desc[] = {
    {"gain_db", "Gain", "dB", SONO_PARAM_FLOAT, -96.0, 24.0, -6.0, NULL, "Change in level."},
    {"size", "Size", "frames", SONO_PARAM_INT, 64.0, 65536.0, 2048.0, NULL, "Length of the window."},
    {"window", "Window", "", SONO_PARAM_ENUM, 0.0, 1.0, 0.0, shapes, "Shape of the window."},
    {"smooth", "Smooth", "", SONO_PARAM_BOOL, 0.0, 1.0, 1.0, NULL, "Round the edges."},
};
static const SonoParamTable table = {desc, sizeof desc / sizeof *desc};

static void test_params_defaults_and_find(void **state)
{
    (void)state;
    const SonoParams p = sono_params_defaults(table);
    SonoError err = {0};
    assert_true(p.v[0] == -6.0 && p.v[1] == 2048.0 && p.v[2] == 0.0 && p.v[3] == 1.0);
    for (size_t i = table.n; i < SONO_MAX_PARAMS; i++) {
        assert_true(p.v[i] == 0.0);
    }
    assert_int_equal(sono_params_find(table, "window"), 2);
    assert_int_equal(sono_params_find(table, "windo"), -1);
    assert_int_equal(sono_params_find(table, ""), -1);
    assert_ok(sono_params_check(table, &p, &err), err);
}

static void refused(const char *name, double value, SonoStatus status, const char *must_say)
{
    SonoParams p = sono_params_defaults(table);
    const SonoParams before = p;
    SonoError err = {0};
    assert_int_equal(sono_params_set(table, &p, name, value, &err), status);
    assert_non_null(strstr(err.message, must_say));
    assert_memory_equal(&p, &before, sizeof p);
}

static void test_params_set(void **state)
{
    (void)state;
    SonoParams p = sono_params_defaults(table);
    SonoError err = {0};
    assert_ok(sono_params_set(table, &p, "gain_db", 24.0, &err), err); /* the range is inclusive */
    assert_ok(sono_params_set(table, &p, "gain_db", -96.0, &err), err);
    assert_true(p.v[0] == -96.0);
    refused("gain_db", 24.001, SONO_E_RANGE, "gain_db");
    refused("gain_db", 900.0, SONO_E_RANGE, "from -96 to 24");
    refused("gain_db", (double)NAN, SONO_E_RANGE, "gain_db");
    refused("gain_db", (double)INFINITY, SONO_E_RANGE, "gain_db");
    refused("size", 2048.5, SONO_E_RANGE, "whole");
    refused("window", 2.0, SONO_E_RANGE, "window");
    refused("smooth", 0.5, SONO_E_RANGE, "smooth");
    refused("gane_db", 0.0, SONO_E_INVALID, "gane_db");
}

static void refused_text(const char *name, const char *text, const char *must_say)
{
    SonoParams p = sono_params_defaults(table);
    const SonoParams before = p;
    SonoError err = {0};
    assert_int_not_equal(sono_params_set_text(table, &p, name, text, &err), SONO_OK);
    assert_non_null(strstr(err.message, name));
    assert_non_null(strstr(err.message, must_say));
    assert_memory_equal(&p, &before, sizeof p);
}

static void test_params_set_text(void **state)
{
    (void)state;
    SonoParams p = sono_params_defaults(table);
    SonoError err = {0};
    assert_ok(sono_params_set_text(table, &p, "gain_db", "-12.5", &err), err);
    assert_true(p.v[0] == -12.5);
    assert_ok(sono_params_set_text(table, &p, "window", "hamming", &err), err);
    assert_true(p.v[2] == 1.0);
    assert_ok(sono_params_set_text(table, &p, "smooth", "false", &err), err);
    assert_true(p.v[3] == 0.0);
    assert_ok(sono_params_set_text(table, &p, "smooth", "true", &err), err);
    assert_true(p.v[3] == 1.0);
    refused_text("gain_db", "loud", "loud");
    refused_text("gain_db", "", "number");
    refused_text("gain_db", "3dB", "3dB");
    refused_text("gain_db", "1e999", "gain_db");
    refused_text("window", "kaiser", "hann, hamming");
    refused_text("smooth", "maybe", "maybe");
    refused_text("sieze", "3", "sieze");
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8")) { /* a comma country, where it is installed */
        assert_ok(sono_params_set_text(table, &p, "gain_db", "-1.25", &err), err);
        assert_true(p.v[0] == -1.25);
        refused_text("gain_db", "-1,25", "-1,25");
        (void)setlocale(LC_NUMERIC, "C");
    }
}

static void test_params_check(void **state)
{
    (void)state;
    SonoError err = {0};
    for (size_t i = 0; i < table.n; i++) {
        SonoParams p = sono_params_defaults(table);
        p.v[i] = 1e9;
        assert_int_equal(sono_params_check(table, &p, &err), SONO_E_RANGE);
        assert_non_null(strstr(err.message, desc[i].name));
    }
}

static void expect_span(SonoSpan got, int64_t start_frame, int64_t n_frames)
{
    assert_true(got.start_frame == start_frame);
    assert_true(got.n_frames == n_frames);
}

static void test_spans(void **state)
{
    (void)state;
    const SonoSpan a = {-10, 30};
    expect_span(sono_span_intersect(a, (SonoSpan){0, 100}), 0, 20);
    expect_span(sono_span_intersect((SonoSpan){0, 100}, a), 0, 20);
    expect_span(sono_span_intersect(a, (SonoSpan){-5, 3}), -5, 3);
    assert_true(sono_span_intersect(a, (SonoSpan){20, 5}).n_frames == 0); /* they touch: half-open */
    assert_true(sono_span_intersect(a, (SonoSpan){500, 5}).n_frames == 0);
    assert_true(sono_span_intersect((SonoSpan){500, 5}, a).n_frames == 0);
    expect_span(sono_span_union(a, (SonoSpan){100, 1}), -10, 111);
    expect_span(sono_span_union((SonoSpan){100, 1}, a), -10, 111);
    expect_span(sono_span_union(a, (SonoSpan){-5, 3}), -10, 30);
    expect_span(sono_span_union(a, (SonoSpan){1000, 0}), -10, 30);
    expect_span(sono_span_union((SonoSpan){1000, 0}, a), -10, 30);
    assert_true(sono_span_end(a) == 20);
}

static void test_regions(void **state)
{
    (void)state;
    const SonoRegion a = {0.0, 1.0, 100.0, 200.0};
    const SonoRegion b = {0.5, 2.0, 150.0, 400.0};
    const SonoRegion none = {5.0, 5.0, 0.0, 1000.0};
    SonoRegion r = sono_region_intersect(a, b);
    assert_true(r.t0_s == 0.5 && r.t1_s == 1.0 && r.f0_hz == 150.0 && r.f1_hz == 200.0);
    r = sono_region_union(a, b);
    assert_true(r.t0_s == 0.0 && r.t1_s == 2.0 && r.f0_hz == 100.0 && r.f1_hz == 400.0);
    assert_true(sono_region_is_empty(none));
    assert_false(sono_region_is_empty(a));
    r = sono_region_union(none, a);
    assert_true(r.t1_s == 1.0 && r.f1_hz == 200.0);
    r = sono_region_union(a, none);
    assert_true(r.t1_s == 1.0 && r.f1_hz == 200.0);
    r = sono_region_intersect(a, (SonoRegion){3.0, 4.0, 500.0, 600.0});
    assert_true(sono_region_is_empty(r));
    assert_true(r.t0_s <= r.t1_s && r.f0_hz <= r.f1_hz);
}

static void test_memory(void **state)
{
    (void)state;
    assert_null(sono_alloc_aligned(SIZE_MAX / 2, 4));
    assert_null(sono_alloc_aligned(SIZE_MAX, 1));
    assert_null(sono_realloc_array(NULL, SIZE_MAX / 2, 4));
    for (size_t n = 0; n < 200; n += 7) {
        unsigned char *p = sono_alloc_aligned(n, 3);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % SONO_ALIGN, 0);
        for (size_t i = 0; i < 3 * n; i++) {
            assert_int_equal(p[i], 0);
        }
        sono_free(p);
    }
    void *q = sono_calloc(0, 8);
    assert_non_null(q);
    sono_free(q);
    sono_free(NULL);
}

static void test_hash(void **state)
{
    (void)state;
    /* Published FNV-1a (64 bit) vectors. */
    assert_true(sono_hash("", 0, SONO_HASH_SEED) == UINT64_C(0xcbf29ce484222325));
    assert_true(sono_hash("a", 1, SONO_HASH_SEED) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(sono_hash("foobar", 6, SONO_HASH_SEED) == UINT64_C(0x85944171f73967e8));
    assert_true(sono_hash("bar", 3, sono_hash("foo", 3, SONO_HASH_SEED)) == UINT64_C(0x85944171f73967e8));
}

typedef struct Sunk {
    int n;
    char last[200];
} Sunk;

static void sink(SonoLogLevel level, const char *domain, const char *line, void *ctx)
{
    Sunk *s = ctx;
    s->n++;
    (void)snprintf(s->last, sizeof s->last, "%d %s %s", (int)level, domain, line);
}

static void test_log(void **state)
{
    (void)state;
    Sunk s = {0};
    sono_log_set_sink(sink, &s);
    assert_int_equal(unsetenv("SONO_DEBUG"), 0);
    sono_log(SONO_LOG_DEBUG, "pcm", "hidden");
    assert_int_equal(s.n, 0);
    sono_log(SONO_LOG_NOTICE, "pcm", "disk %s", "full");
    assert_string_equal(s.last, "2 pcm disk full");
    assert_int_equal(setenv("SONO_DEBUG", "jobs,pcm", 1), 0);
    assert_true(sono_log_wants("pcm"));
    assert_true(sono_log_wants("jobs"));
    assert_false(sono_log_wants("pc"));
    assert_false(sono_log_wants("plan"));
    sono_log(SONO_LOG_DEBUG, "pcm", "shown");
    sono_log(SONO_LOG_DEBUG, "plan", "hidden");
    assert_string_equal(s.last, "3 pcm shown");
    assert_int_equal(s.n, 2);
    assert_int_equal(setenv("SONO_DEBUG", "all", 1), 0);
    assert_true(sono_log_wants("plan"));
    assert_int_equal(unsetenv("SONO_DEBUG"), 0);
    sono_log_set_sink(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_fills_one_line),
        cmocka_unit_test(test_fail_cuts_long_text),
        cmocka_unit_test(test_fail_context),
        cmocka_unit_test(test_status_names_differ),
        cmocka_unit_test(test_params_defaults_and_find),
        cmocka_unit_test(test_params_set),
        cmocka_unit_test(test_params_set_text),
        cmocka_unit_test(test_params_check),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
