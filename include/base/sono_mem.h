/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checked allocation. Every buffer that FFTs or vector code touch is aligned to SONO_ALIGN bytes, so that FFTW picks
 * the same code on every call (results are bit-identical from run to run). */
#pragma once
#include <stddef.h>

#define SONO_ALIGN 64

/* n * size bytes, zeroed, aligned to SONO_ALIGN; NULL on overflow or no memory. n or size 0 gives a valid pointer. */
void *sono_alloc_aligned(size_t n, size_t size);
/* The same, not zeroed: for what is written before it is read. */
void *sono_alloc_uncleared(size_t n, size_t size);
/* As calloc / realloc with an overflow check; plain alignment. */
void *sono_calloc(size_t n, size_t size);
void *sono_realloc_array(void *p, size_t n, size_t size);
/* Frees memory of any of the above; NULL is fine. */
void sono_free(void *p);
