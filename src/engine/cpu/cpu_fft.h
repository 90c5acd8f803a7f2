/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FFTW plans by kind and size, shared by everything that needs them: a transform has hundreds of bands of few sizes.
 * FFTW_ESTIMATE only and no wisdom: the same machine picks the same algorithm every time, and replay gives the same
 * bits. Arrays are aligned to SONO_ALIGN; where nothing is said, they are out of place. */
#pragma once
#include <fftw3.h>
#include <stdint.h>

typedef enum CpuFftKind {
    CPU_FFT_R2C,          /* destroys its input */
    CPU_FFT_R2C_IN_PLACE, /* for spectra that fill a good part of the cache */
    CPU_FFT_C2R,          /* destroys its input */
    CPU_FFT_FORWARD,      /* exp(-), keeps its input */
    CPU_FFT_BACKWARD,     /* exp(+), destroys its input */
    CPU_FFT_R2C_EXACT     /* double, in place */
} CpuFftKind;

typedef struct CpuFft {
    fftwf_plan plan;
    fftw_plan exact; /* of R2C_EXACT, in the place of plan */
    CpuFftKind kind;
    int32_t n;
    int users;
    struct CpuFft *next;
} CpuFft;

/* Look up in the list or plan; NULL: no memory. Thread: any. */
CpuFft *cpu_fft_acquire(CpuFft **list, CpuFftKind kind, int32_t n);
/* The last user takes it out of the list and destroys it. NULL is fine. Thread: any. */
void cpu_fft_release(CpuFft **list, CpuFft *fft);
