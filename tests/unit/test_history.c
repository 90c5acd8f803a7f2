/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document's history against a plain list, for thousands of random moves; observers; refusals. */
#include <math.h>
#include <string.h>

#include "silent_clip.h"
#include "sono_clock.h"
#include "sono_document.h"
#include "sono_test.h"

#define N_FRAMES SILENT_FRAMES
#define MAX_EDITS 64

/* The model: revisions and dirty spans in an array, a position, and what is on disk. */
typedef struct Model {
    uint64_t revision[MAX_EDITS + 1];
    SonoSpan dirty[MAX_EDITS];
    double strength[MAX_EDITS];
    size_t n, at;
    uint64_t saved;
} Model;

typedef struct Heard {
    int n_clip, n_history, n_saved;
    SonoChange last_clip;
} Heard;

static void listen(void *ctx, SonoDocument *doc, const SonoChange *change)
{
    Heard *h = ctx;
    (void)doc;
    h->n_clip += change->kind == SONO_CHANGE_CLIP;
    h->n_history += change->kind == SONO_CHANGE_HISTORY;
    h->n_saved += change->kind == SONO_CHANGE_SAVED;
    if (change->kind == SONO_CHANGE_CLIP) {
        h->last_clip = *change;
    }
}

static SonoClip *changed(const SonoClip *clip, SonoSpan span)
{
    static const float x[N_FRAMES] = {0.5f};
    const float *planes[1] = {x};
    SonoError err = {0};
    SonoClip *out = NULL;
    assert_ok(sono_clip_splice(clip, span.start_frame, span.n_frames, planes, &out, &err), err);
    return out;
}

static void check(const SonoDocument *doc, const Model *m)
{
    assert_int_equal(sono_document_n_edits(doc), m->n);
    assert_int_equal(sono_document_n_applied(doc), m->at);
    assert_int_equal(sono_clip_revision(sono_document_clip(doc)), m->revision[m->at]);
    assert_int_equal(sono_clip_revision(sono_document_base(doc)), m->revision[0]);
    assert_int_equal(sono_document_can_undo(doc), m->at > 0);
    assert_int_equal(sono_document_can_redo(doc), m->at < m->n);
    assert_int_equal(sono_document_is_modified(doc), m->revision[m->at] != m->saved);
    for (size_t i = 0; i < m->n; i++) {
        assert_true(sono_document_edit(doc, i)->solver.strength == m->strength[i]);
    }
    assert_null(sono_document_edit(doc, m->n));
    for (size_t i = 0; i <= m->n; i++) {
        assert_int_equal(sono_clip_revision(sono_document_clip_at(doc, i)), m->revision[i]);
    }
    assert_null(sono_document_clip_at(doc, m->n + 1));
}

static void check_dirty(const Heard *h, const Model *m, size_t from, size_t to)
{
    SonoSpan all = {0};
    for (size_t i = from < to ? from : to; i < (from < to ? to : from); i++) {
        all = sono_span_union(all, m->dirty[i]);
    }
    assert_int_equal(h->last_clip.dirty.start_frame, all.start_frame);
    assert_int_equal(h->last_clip.dirty.n_frames, all.n_frames);
}

static void push(SonoDocument *doc, Model *m, uint64_t number)
{
    SonoError err = {0};
    const SonoSpan span = {(int64_t)(number % 900), 1 + (int64_t)(number % 100)};
    SonoEdit edit = sono_edit_new(sono_operation_find("erase"));
    edit.solver.strength = (double)(number % 1000);
    SonoClip *clip = changed(sono_document_clip(doc), span);
    const SonoRegion region = {(double)span.start_frame, (double)sono_span_end(span), 10, 20};
    assert_ok(sono_document_push(doc, m->revision[m->at], &edit, clip, span, region, &err), err);
    m->dirty[m->at] = span;
    m->strength[m->at] = edit.solver.strength;
    m->revision[++m->at] = sono_clip_revision(clip);
    m->n = m->at;
    sono_clip_unref(clip);
    sono_edit_clear(&edit);
}

static void history_is_a_list_and_a_position(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new("a.wav", base, NULL, &doc, &err), err);
    Model m = {.revision = {sono_clip_revision(base)}, .saved = sono_clip_revision(base)};
    sono_clip_unref(base);
    Heard h = {0};
    assert_ok(sono_document_observe(doc, listen, &h, &err), err);
    uint64_t seed = 7;
    for (int i = 0; i < 5000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const uint64_t r = seed >> 33;
        const Heard before = h;
        const size_t at = m.at;
        switch (r % 6) {
        case 0:
        case 1:
            if (m.at < MAX_EDITS) {
                push(doc, &m, r / 6);
                check_dirty(&h, &m, at, m.at);
            }
            break;
        case 2:
            assert_int_equal(sono_document_undo(doc), m.at > 0);
            m.at -= m.at > 0;
            break;
        case 3:
            assert_int_equal(sono_document_redo(doc), m.at < m.n);
            m.at += m.at < m.n;
            break;
        case 4:
            m.at = (r / 6) % (m.n + 1);
            assert_ok(sono_document_go_to(doc, m.at, &err), err);
            break;
        default:
            sono_document_mark_saved(doc, NULL);
            m.saved = m.revision[m.at];
            assert_int_equal(h.n_saved, before.n_saved + 1);
            break;
        }
        if (m.at != at) {
            assert_int_equal(h.n_clip, before.n_clip + 1);
            assert_int_equal(h.n_history, before.n_history + 1);
            check_dirty(&h, &m, at, m.at);
        }
        check(doc, &m);
    }
    sono_document_free(doc);
    sono_pcm_store_unref(store);
}

static void stale_and_wrong_results_change_nothing(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new(NULL, base, NULL, &doc, &err), err);
    assert_true(sono_document_is_modified(doc)); /* it has no file */
    Model m = {.revision = {sono_clip_revision(base)}};
    push(doc, &m, 5);
    SonoEdit edit = sono_edit_new(sono_operation_find("gain"));
    SonoClip *late = changed(base, (SonoSpan){0, 10});
    const SonoStatus status =
        sono_document_push(doc, sono_clip_revision(base), &edit, late, (SonoSpan){0, 10}, (SonoRegion){0}, &err);
    assert_int_equal(status, SONO_E_STALE);
    check(doc, &m);
    assert_int_equal(sono_document_go_to(doc, 2, &err), SONO_E_RANGE);
    check(doc, &m);
    sono_clip_unref(late);
    sono_clip_unref(base);
    sono_edit_clear(&edit);
    sono_document_free(doc);
    sono_pcm_store_unref(store);
}

/* An edit that changed nothing is in the history but is no change of the sound. */
static void an_edit_without_effect_leaves_the_sound_saved(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    Heard h = {0};
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new("a.wav", base, NULL, &doc, &err), err);
    assert_ok(sono_document_observe(doc, listen, &h, &err), err);
    SonoEdit edit = sono_edit_new(sono_operation_find("erase"));
    assert_ok(sono_document_push(doc, sono_clip_revision(base), &edit, base, (SonoSpan){0}, (SonoRegion){0}, &err),
              err);
    assert_int_equal(h.n_clip, 0);
    assert_int_equal(h.n_history, 1);
    assert_false(sono_document_is_modified(doc));
    assert_true(sono_document_undo(doc));
    assert_int_equal(h.n_clip, 0);
    sono_clip_unref(base);
    sono_edit_clear(&edit);
    sono_document_free(doc);
    sono_pcm_store_unref(store);
}

static double seconds_of_edits(size_t n)
{
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    Heard h = {0};
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new("a.wav", base, NULL, &doc, &err), err);
    SonoClip *const clips[] = {base, changed(base, (SonoSpan){0, 10})}; /* in turn: it is the history that is timed */
    assert_ok(sono_document_observe(doc, listen, &h, &err), err);
    SonoEdit edit = sono_edit_new(sono_operation_find("erase"));
    const double start_s = sono_now_s();
    for (size_t i = 0; i < n; i++) {
        const SonoSpan span = {(int64_t)(i % 900), 10};
        const SonoClip *clip = clips[(i + 1) % 2];
        assert_ok(sono_document_push(doc, sono_clip_revision(sono_document_clip(doc)), &edit, clip, span,
                                     (SonoRegion){0, 1, 2, 3}, &err),
                  err);
    }
    assert_ok(sono_document_go_to(doc, 1, &err), err);
    assert_int_equal(h.last_clip.dirty.start_frame, 0);
    assert_int_equal(h.last_clip.dirty.n_frames, 909);
    while (sono_document_redo(doc)) {
    }
    while (sono_document_undo(doc)) {
    }
    const double spent_s = sono_now_s() - start_s;
    assert_int_equal(sono_document_n_edits(doc), n);
    sono_edit_clear(&edit);
    sono_clip_unref(clips[0]);
    sono_clip_unref(clips[1]);
    sono_document_free(doc);
    sono_pcm_store_unref(store);
    return spent_s;
}

/* Ten times the edits take about ten times as long, not a hundred times. */
static void many_edits_are_no_burden(void **state)
{
    (void)state;
    double best_few = 1e9;
    double best_many = 1e9;
    for (int round = 0; round < 5; round++) {
        best_few = fmin(best_few, seconds_of_edits(4000));
        best_many = fmin(best_many, seconds_of_edits(40000));
    }
    print_message("4000 edits: %.1f ms, 40000: %.1f ms\n", 1e3 * best_few, 1e3 * best_many);
    if (best_many > 60.0 * best_few) {
        fail_msg("4000 edits: %.1f ms, 40000: %.1f ms", 1e3 * best_few, 1e3 * best_many);
    }
}

static void push_described(SonoDocument *doc, const char *operation, double param, SonoRegion region, const char *label,
                           const char *transform)
{
    SonoError err = {0};
    SonoEdit edit = sono_edit_new(sono_operation_find(operation));
    edit.params.v[0] = param;
    (void)snprintf(edit.label, sizeof edit.label, "%s", label);
    (void)snprintf(edit.transform, sizeof edit.transform, "%s", transform ? transform : "auto");
    SonoClip *clip = changed(sono_document_clip(doc), (SonoSpan){0, 10});
    assert_ok(sono_document_push(doc, sono_clip_revision(sono_document_clip(doc)), &edit, clip, (SonoSpan){0, 10},
                                 region, &err),
              err);
    sono_clip_unref(clip);
    sono_edit_clear(&edit);
}

static const char *german(const char *english)
{
    return strcmp(english, "to") == 0 ? "bis" : strcmp(english, "Gain") == 0 ? "Pegel" : english;
}

static void edits_are_described_in_words(void **state)
{
    (void)state;
    const double end_s = N_FRAMES / 48000.0;
    const struct {
        const char *operation;
        double param;
        SonoRegion region;
        const char *label, *text, *transform;
    } cases[] = {
        {"gain", -12.0, {1.2, 1.85, 440, 880}, "", "Gain -12.0 dB, 1.20 to 1.85 s, 440 to 880 Hz", NULL},
        {"gain", 0.25, {1.2, 1.85, 440, 880}, "", "Gain 0.25 dB, 1.20 to 1.85 s, 440 to 880 Hz", NULL},
        {"erase", 0.0, {0.001, 0.0125, 1500, 12000}, "", "Erase, 0.001 to 0.013 s, 1.50 to 12.00 kHz", NULL},
        {"erase", 0.0, {0.0, end_s, 50, 60}, "", "Erase, 50 to 60 Hz", NULL},
        {"erase", 0.0, {0.0, end_s, 50, 51.5}, "", "Erase, 50.0 to 51.5 Hz", NULL},
        {"erase", 0.0, {0.0, end_s, 0, 24000}, "", "Erase", NULL},
        {"restore", 0.0, {0.0, end_s, 0, 24000}, "", "Restore original", NULL},
        {"restore", 7.0, {1, 2, 0, 24000}, "", "Restore state 7, 1.00 to 2.00 s", NULL},
        {"erase", 0.0, {0.0, end_s, 50, 60}, "", "Erase, 50 to 60 Hz, Constant-Q transform", "cqt"},
        {"gain", -12.0, {1, 2, 3, 4}, "click \xe2\x80\x94 weg", "click \xe2\x80\x94 weg", NULL},
    };
    const size_t n = sizeof cases / sizeof *cases;
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    char text[128];
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new("a.wav", base, NULL, &doc, &err), err);
    sono_clip_unref(base);
    for (size_t i = 0; i < n; i++) {
        push_described(doc, cases[i].operation, cases[i].param, cases[i].region, cases[i].label, cases[i].transform);
        assert_string_equal(sono_document_describe_edit(doc, i, NULL, text, sizeof text), cases[i].text);
    }
    assert_string_equal(sono_document_describe_edit(doc, n, NULL, text, sizeof text), "");
    assert_string_equal(sono_document_describe_edit(doc, n - 1, NULL, text, 8), "click "); /* not a part of the dash */
    assert_string_equal(sono_document_describe_edit(doc, 0, NULL, text, 6), "Gain ");
    assert_string_equal(sono_document_describe_edit(doc, 0, NULL, text, 1), "");
    assert_string_equal(sono_document_describe_edit(doc, 0, german, text, sizeof text),
                        "Pegel -12.0 dB, 1.20 bis 1.85 s, 440 bis 880 Hz");
    sono_document_free(doc);
    sono_pcm_store_unref(store);
}

typedef struct Calls {
    char text[32];
    SonoDocument *doc;
    void *leave; /* who leaves when B is called */
} Calls;
typedef struct Caller {
    Calls *calls;
    char name;
} Caller;

static void note(void *ctx, SonoDocument *doc, const SonoChange *change)
{
    Caller *c = ctx;
    (void)change;
    const size_t n = strlen(c->calls->text);
    assert_true(n + 1 < sizeof c->calls->text);
    c->calls->text[n] = c->name;
    if (c->name == 'B' && c->calls->leave) {
        sono_document_unobserve(doc, c->calls->leave);
    }
}

static void observers_are_called_in_order_and_may_leave(void **state)
{
    (void)state;
    SonoError err = {0};
    SonoPcmStore *store = NULL;
    SonoDocument *doc = NULL;
    assert_ok(sono_pcm_store_new(1 << 20, NULL, &store, &err), err);
    SonoClip *base = silent_clip(store);
    assert_ok(sono_document_new("a.wav", base, NULL, &doc, &err), err);
    Calls calls = {.doc = doc};
    Caller a = {&calls, 'A'}, b = {&calls, 'B'}, c = {&calls, 'C'};
    assert_ok(sono_document_observe(doc, note, &a, &err), err);
    assert_ok(sono_document_observe(doc, note, &b, &err), err);
    assert_ok(sono_document_observe(doc, note, &c, &err), err);
    assert_int_equal(sono_document_observe(doc, note, &a, &err), SONO_E_INVALID);
    sono_document_mark_saved(doc, "b.wav");
    assert_string_equal(calls.text, "ABC");
    assert_string_equal(sono_document_path(doc), "b.wav");
    calls.leave = &c;
    sono_document_mark_saved(doc, NULL);
    assert_string_equal(calls.text, "ABCAB");
    calls.leave = &b;
    sono_document_mark_saved(doc, NULL);
    assert_string_equal(calls.text, "ABCABAB");
    sono_document_mark_saved(doc, NULL);
    assert_string_equal(calls.text, "ABCABABA");
    assert_ok(sono_document_observe(doc, note, &c, &err), err);
    sono_document_mark_saved(doc, NULL);
    assert_string_equal(calls.text, "ABCABABAAC");
    assert_string_equal(sono_document_path(doc), "b.wav");
    sono_clip_unref(base);
    sono_document_free(doc);
    sono_pcm_store_unref(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_is_a_list_and_a_position),
        cmocka_unit_test(stale_and_wrong_results_change_nothing),
        cmocka_unit_test(an_edit_without_effect_leaves_the_sound_saved),
        cmocka_unit_test(many_edits_are_no_burden),
        cmocka_unit_test(edits_are_described_in_words),
        cmocka_unit_test(observers_are_called_in_order_and_may_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
