/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conformance_fixture.h"

#include "sono_mem.h"

#include <math.h>
#include <string.h>

const ConformanceCase conformance_cases[] = {
    {"stft", "size=64 hop=16", 48000, CONFORMANCE_PLAN},
    {"stft", "size=64 hop=1 window=hamming", 48000, CONFORMANCE_PLAN},
    {"stft", "size=243 hop=60 window=hamming", 48000, CONFORMANCE_PLAN},
    {"stft", "size=100 hop=33 window=blackman-harris", 48000, CONFORMANCE_PLAN},
    {"stft", "size=512 hop=128", 48000, CONFORMANCE_PLAN},
    {"stft", "size=512 hop=211", 48000, CONFORMANCE_PLAN},
    {"stft", "size=625 hop=625 window=hamming", 48000, CONFORMANCE_PLAN},
    {"stft", "size=960 hop=240", 48000, CONFORMANCE_PLAN},
    {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, CONFORMANCE_PLAN},
    {"slicq", "slice=4096 fmin_hz=300 bins_per_octave=12 gamma_hz=50 hop_eighths=4", 44100, CONFORMANCE_PLAN},
    {"slicq", "slice=8192 fmin_hz=100 gamma_hz=0 layout=notes window=cos4 hop_eighths=5", 48000, CONFORMANCE_PLAN},
    {"slicq", "slice=4096 fmin_hz=900 fmax_hz=7000 bins_per_octave=3", 48000, CONFORMANCE_PLAN},
    {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, CONFORMANCE_FINER},
    {"slicq", "slice=4096 fmin_hz=200 window=cos4 hop_eighths=5", 48000, CONFORMANCE_PART},
    {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, CONFORMANCE_EDIT},
    {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=24", 48000, CONFORMANCE_BOTTOM},
    {"slicq", "slice=4096 fmin_hz=200 bins_per_octave=12", 48000, CONFORMANCE_TOP},
    {"cqt", "bins_per_octave=12 fmin_hz=100", 4000, CONFORMANCE_PLAN},
    {"vqt", "bins_per_octave=12 fmin_hz=50 gamma_hz=20 quality=precise", 3000, CONFORMANCE_PLAN},
    {"vqt", "bins_per_octave=36 fmin_hz=50 layout=notes", 3000, CONFORMANCE_EDIT},
    {"nsgt", "bins_per_octave=24 fmin_hz=100", 16000, CONFORMANCE_PLAN},
    {"nsgt", "bins_per_octave=12 fmin_hz=100 window=cos4", 16000, CONFORMANCE_EDIT},
    {"erb", "bands_per_erb=2", 4000, CONFORMANCE_PLAN},
    {"mel", "", 4000, CONFORMANCE_PLAN},
    {"bark", "quality=precise", 2000, CONFORMANCE_PLAN},
};
const size_t conformance_n_cases = sizeof conformance_cases / sizeof *conformance_cases;

/* All atoms that meet the range, those at DC and Nyquist too, with one number of coefficients. */
static SonoPlan *derive_range(const SonoPlan *base, double f0_hz, double f1_hz)
{
    SonoPlan *plan = NULL;
    SonoError err = {0};
    int32_t first = 0;
    int32_t n = 0;
    int32_t most = 0;
    sono_plan_atoms_touching(base, f0_hz, f1_hz, &first, &n);
    int32_t *n_fft = sono_calloc((size_t)n, sizeof *n_fft);
    assert_non_null(n_fft);
    for (int32_t i = 0; i < n; i++) {
        most = base->atoms[first + i].n_fft > most ? base->atoms[first + i].n_fft : most;
    }
    for (int32_t i = 0; i < n; i++) {
        n_fft[i] = most;
    }
    assert_ok(sono_plan_derive(base, first, n, n_fft, &plan, &err), err);
    sono_free(n_fft);
    return plan;
}

static SonoPlan *derive(const SonoPlan *base, ConformanceKind kind)
{
    SonoPlan *plan = NULL;
    SonoError err = {0};
    const int32_t n = base->n_atoms;
    const double middle_hz = 0.5 * sono_plan_row_hz(base, 0.5 * (double)base->n_rows);
    if (kind == CONFORMANCE_EDIT) {
        assert_ok(sono_plan_for_edit(base, middle_hz, 2.0 * middle_hz, &plan, &err), err);
    } else if (kind == CONFORMANCE_BOTTOM) {
        plan = derive_range(base, 0.0, base->atoms[4].freq_hz);
    } else if (kind == CONFORMANCE_TOP) {
        plan = derive_range(base, base->atoms[n - 4].freq_hz, base->rate_hz);
    } else {
        int32_t *n_fft = sono_calloc((size_t)n, sizeof *n_fft);
        const int32_t first = kind == CONFORMANCE_PART ? n / 3 : 0;
        const int32_t count = kind == CONFORMANCE_PART ? n / 3 : n;
        assert_non_null(n_fft);
        for (int32_t i = 0; i < count; i++) {
            const int32_t own = base->atoms[first + i].n_fft;
            n_fft[i] = own * (i % 3 == 0 ? 2 : 1);
            if (kind == CONFORMANCE_PART) { /* some denser than frames */
                n_fft[i] = i % 11 == 5 ? 2 * (int32_t)base->slice_len + 8 : own + 8 * (i % 5);
            }
        }
        assert_ok(sono_plan_derive(base, first, count, n_fft, &plan, &err), err);
        sono_free(n_fft);
    }
    return plan;
}

SonoPlan *conformance_plan(const ConformanceCase *k, int64_t n_frames)
{
    const SonoTransform *t = sono_transform_find(k->transform);
    SonoParams p;
    SonoPlan *base = NULL;
    SonoError err = {0};
    assert_non_null(t);
    assert_ok(sono_params_parse(t->params, k->params, &p, &err), err);
    assert_ok(sono_plan_build(t, &p, k->rate_hz, n_frames, &base, &err), err);
    if (k->kind == CONFORMANCE_PLAN) {
        return base;
    }
    SonoPlan *plan = derive(base, k->kind);
    sono_plan_unref(base); /* the derived plan holds what it shares */
    return plan;
}

/* Frames of sound: several slices; less for naive sums. */
static int64_t sound_length(const SonoBackendType *type, const ConformanceCase *k)
{
    const bool is_ref = strcmp(type->name, "ref") == 0;
    if (strcmp(k->transform, "stft") == 0) {
        return is_ref ? 1500 : 6000;
    }
    return is_ref ? 14000 : 34567;
}

void conformance_set_up(Conformance *f, const SonoBackendType *type, const ConformanceCase *k, int n_threads)
{
    SonoError err = {0};
    memset(f, 0, sizeof *f);
    f->made_of = k;
    (void)snprintf(f->label, sizeof f->label, "%s: %s %s, kind %d", type->name, k->transform, k->params, (int)k->kind);
    f->span = (SonoSpan){-100, sound_length(type, k)};
    const bool whole = strcmp(k->transform, "nsgt") == 0; /* one slice from frame 0 on holds the sound */
    f->span.start_frame = whole ? 0 : f->span.start_frame;
    f->plan = conformance_plan(k, f->span.n_frames);
    f->is_frame = k->kind == CONFORMANCE_PLAN || k->kind == CONFORMANCE_FINER;
    if (n_threads > 1) {
        assert_ok(sono_jobs_new(n_threads, &f->jobs, &err), err);
    }
    assert_ok(type->open(NULL, f->jobs, &f->be, &err), err);
    f->slices = sono_plan_slices_touching(f->plan, f->span);
    assert_int_equal(f->slices.n == 1, whole);
    f->n_coef = (size_t)f->slices.n * f->plan->n_coef;
    f->x = sono_alloc_aligned((size_t)f->span.n_frames, sizeof *f->x);
    f->c = sono_alloc_aligned(f->n_coef, sizeof *f->c);
    assert_true(f->x && f->c);
    uint64_t seed = 42;
    for (int64_t i = 0; i < f->span.n_frames; i++) {
        f->x[i] = 0.5f * sono_test_noise(&seed);
    }
}

void conformance_tear_down(Conformance *f)
{
    f->be->type->close(f->be);
    sono_jobs_free(f->jobs);
    sono_plan_unref(f->plan);
    sono_free(f->x);
    sono_free(f->c);
}

void conformance_for_all(void (*check)(Conformance *f))
{
    for (const SonoBackendType *const *type = sono_backend_types; *type; type++) {
        assert_int_equal((*type)->abi, SONO_BACKEND_ABI);
        assert_int_equal((*type)->size, sizeof(SonoBackendType));
        for (size_t i = 0; i < conformance_n_cases; i++) {
            Conformance f;
            conformance_set_up(&f, *type, &conformance_cases[i], 2);
            check(&f);
            conformance_tear_down(&f);
        }
    }
}

void conformance_random(const SonoPlan *plan, SonoCplx *c, size_t n, uint64_t seed)
{
    for (size_t at = 0; at < n; at += plan->n_coef) {
        memset(c + at, 0, plan->n_coef * sizeof *c);
        for (int32_t i = 0; i < plan->n_atoms; i++) {
            const SonoAtom *a = &plan->atoms[i];
            for (int32_t nu = 0; nu < a->n_coef; nu++) {
                const float re = sono_test_noise(&seed);
                const float im = sono_test_noise(&seed);
                c[at + a->coef_at + (size_t)nu] = (SonoCplx){re, a->real ? 0.0f : im};
            }
        }
    }
}
