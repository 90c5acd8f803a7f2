/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* madvise */
#include "sono_mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

static void *allocate(size_t n, size_t size, size_t *n_bytes)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX - SONO_ALIGN) {
        return NULL;
    }
    bytes = (bytes + SONO_ALIGN) & ~(size_t)(SONO_ALIGN - 1);
    void *p = NULL;
    if (posix_memalign(&p, bytes >= 2 * HUGE_PAGE ? HUGE_PAGE : SONO_ALIGN, bytes) != 0) {
        return NULL;
    }
    if (bytes >= 2 * HUGE_PAGE) { /* touched for the first time much sooner; it does not matter where this fails */
        (void)madvise(p, bytes & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
    }
    *n_bytes = bytes;
    return p;
}

void *sono_alloc_aligned(size_t n, size_t size)
{
    size_t bytes = 0;
    void *p = allocate(n, size, &bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

void *sono_alloc_uncleared(size_t n, size_t size)
{
    size_t bytes = 0;
    return allocate(n, size, &bytes);
}

void *sono_calloc(size_t n, size_t size)
{
    return calloc(n ? n : 1, size ? size : 1);
}

void *sono_realloc_array(void *p, size_t n, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    return realloc(p, bytes ? bytes : 1);
}

void sono_free(void *p)
{
    free(p);
}
