/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cpu_fft.h"

#include "sono_mem.h"

#include <pthread.h>

/* FFTW's planner is global to the process and not thread-safe; this lock guards it and the lists. */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

static fftwf_plan make_plan(CpuFftKind kind, int32_t n, float *real, fftwf_complex *a, fftwf_complex *b)
{
    switch (kind) {
    case CPU_FFT_R2C:
        return fftwf_plan_dft_r2c_1d(n, real, a, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    case CPU_FFT_R2C_IN_PLACE:
        return fftwf_plan_dft_r2c_1d(n, (float *)a, a, FFTW_ESTIMATE);
    case CPU_FFT_C2R:
        return fftwf_plan_dft_c2r_1d(n, a, real, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    case CPU_FFT_FORWARD:
        return fftwf_plan_dft_1d(n, a, b, FFTW_FORWARD, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    case CPU_FFT_BACKWARD:
        return fftwf_plan_dft_1d(n, a, b, FFTW_BACKWARD, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    case CPU_FFT_R2C_EXACT:
        break;
    }
    return NULL;
}

static CpuFft *cpu_fft_new(CpuFftKind kind, int32_t n)
{
    CpuFft *fft = sono_calloc(1, sizeof *fft);
    float *real = sono_alloc_uncleared((size_t)n + 2, sizeof *real);
    fftwf_complex *a = sono_alloc_uncleared((size_t)n, sizeof *a);
    fftwf_complex *b = sono_alloc_uncleared((size_t)n + 2, sizeof *b);
    if (fft && real && a && b) {
        /* b has room for n + 2 double, as planning needs an array but does not touch it */
        *fft = (CpuFft){.plan = make_plan(kind, n, real, a, b),
                        .exact = kind == CPU_FFT_R2C_EXACT
                                     ? fftw_plan_dft_r2c_1d(n, (double *)b, (fftw_complex *)b, FFTW_ESTIMATE)
                                     : NULL,
                        .kind = kind,
                        .n = n};
    }
    sono_free(real);
    sono_free(a);
    sono_free(b);
    if (fft && !fft->plan && !fft->exact) {
        sono_free(fft);
        return NULL;
    }
    return fft;
}

CpuFft *cpu_fft_acquire(CpuFft **list, CpuFftKind kind, int32_t n)
{
    (void)pthread_mutex_lock(&planner_lock);
    CpuFft *fft = *list;
    while (fft && (fft->kind != kind || fft->n != n)) {
        fft = fft->next;
    }
    if (!fft) {
        fft = cpu_fft_new(kind, n);
        if (fft) {
            fft->next = *list;
            *list = fft;
        }
    }
    if (fft) {
        fft->users++;
    }
    (void)pthread_mutex_unlock(&planner_lock);
    return fft;
}

void cpu_fft_release(CpuFft **list, CpuFft *fft)
{
    if (!fft) {
        return;
    }
    (void)pthread_mutex_lock(&planner_lock);
    if (--fft->users == 0) {
        CpuFft **p = list;
        while (*p != fft) {
            p = &(*p)->next;
        }
        *p = fft->next;
        fftwf_destroy_plan(fft->plan);
        fftw_destroy_plan(fft->exact);
        sono_free(fft);
    }
    (void)pthread_mutex_unlock(&planner_lock);
}
