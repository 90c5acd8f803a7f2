/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loops that are compiled for several widths of vectors; the program takes what the processor has when it starts. All
 * give the same bits: nothing is contracted, and sums keep their order. For loops over whole arrays. */
#pragma once

/* ThreadSanitizer instruments the functions that choose, which run before it does. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define SONO_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define SONO_CLONES
#endif
