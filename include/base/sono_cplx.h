/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
/* One complex coefficient, laid out as FFTW and cuFFT lay it out. */
typedef struct SonoCplx {
    float re, im;
} SonoCplx;
typedef struct SonoCplxD {
    double re, im;
} SonoCplxD;
