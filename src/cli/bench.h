/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Benchmarks: every figure is a ratio against a limit measured in the same run (raw FFTW time of the same transforms,
 * memory bandwidth), or an absolute time where a user waits. Rounds are interleaved and medians taken, so that a
 * machine that changes speed changes both sides. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sono_clip.h"
#include "sono_error.h"

#define BENCH_ROUNDS 9

typedef struct BenchFigure {
    char name[80];
    double value;
    char unit[12];  /* "x", "ms", "dB", "GB/s" */
    double target;  /* NAN: no target */
    bool at_least;  /* target is a lower bound */
    char note[120]; /* what it is measured against */
} BenchFigure;

typedef struct BenchList {
    BenchFigure figures[96];
    size_t n;
} BenchList;

/* Adds a figure; ignores what does not fit. */
void bench_add(BenchList *list, const char *name, double value, const char *unit, double target, bool at_least,
               const char *note);
double bench_median(double *values, size_t n); /* sorts values */
double bench_cpu_s(void);                      /* CPU time of the calling thread */

/* Resident memory now, the peak being counted from here on; that peak. MB, NAN where the system does not say. */
double bench_start_peak_mb(void);
double bench_peak_mb(void);

/* 48 kHz stereo: noise with a whistle of -6 dB for a second from at_s on. Caller unrefs. */
SonoStatus bench_clip(SonoPcmStore *store, double length_s, double at_s, float noise, SonoClip **out, SonoError *err);

/* Each adds its figures. */
SonoStatus bench_stft(BenchList *list, SonoError *err);
SonoStatus bench_tiles(BenchList *list, SonoError *err);
SonoStatus bench_commit(BenchList *list, SonoError *err);
SonoStatus bench_bands(BenchList *list, SonoError *err);
SonoStatus bench_plans(BenchList *list, SonoError *err);
SonoStatus bench_pictures(BenchList *list, SonoError *err);
SonoStatus bench_region(BenchList *list, SonoError *err);
