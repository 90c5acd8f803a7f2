/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_clock.h"

#include <time.h>

double sono_now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
