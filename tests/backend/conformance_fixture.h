/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans of every kind, a sound and room for its coefficients: what the conformance tests run over. */
#pragma once
#include "sono_test.h"

#include "sono_backend.h"
#include "sono_transform.h"

typedef enum ConformanceKind {
    CONFORMANCE_PLAN,   /* the plan itself */
    CONFORMANCE_FINER,  /* derived: all atoms, twice the coefficients of every third */
    CONFORMANCE_PART,   /* derived: atoms from one to two thirds, sizes that are no class of the bank's */
    CONFORMANCE_EDIT,   /* for an edit of the middle octave */
    CONFORMANCE_BOTTOM, /* for an edit that takes the band at DC in */
    CONFORMANCE_TOP     /* for an edit that takes the band at Nyquist in */
} ConformanceKind;

typedef struct ConformanceCase {
    const char *transform, *params;
    double rate_hz; /* low rates make short slices */
    ConformanceKind kind;
} ConformanceCase;
extern const ConformanceCase conformance_cases[];
extern const size_t conformance_n_cases;

typedef struct Conformance {
    const ConformanceCase *made_of;
    char label[200]; /* backend and plan, for messages */
    SonoJobs *jobs;
    SonoBackend *be;
    SonoPlan *plan;
    bool is_frame; /* all atoms are there */
    SonoSpan span;
    SonoSlices slices; /* those that touch the span */
    size_t n_coef;     /* of all slices */
    float *x;          /* noise, [span] */
    SonoCplx *c;       /* [n_coef] */
} Conformance;

SonoPlan *conformance_plan(const ConformanceCase *k, int64_t n_frames);
void conformance_set_up(Conformance *f, const SonoBackendType *type, const ConformanceCase *k, int n_threads);
void conformance_tear_down(Conformance *f);
/* Run a check over all backends and plans. */
void conformance_for_all(void (*check)(Conformance *f));
/* Noise where a coefficient is, 0 in pads; real bands have no imaginary part. */
void conformance_random(const SonoPlan *plan, SonoCplx *c, size_t n, uint64_t seed);
