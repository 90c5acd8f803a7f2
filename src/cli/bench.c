/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers of the benchmarks. */
#define _GNU_SOURCE
#include "bench.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_add(BenchList *list, const char *name, double value, const char *unit, double target, bool at_least,
               const char *note)
{
    if (list->n == sizeof list->figures / sizeof *list->figures) {
        return;
    }
    BenchFigure *f = &list->figures[list->n++];
    *f = (BenchFigure){.value = value, .target = target, .at_least = at_least};
    (void)snprintf(f->name, sizeof f->name, "%s", name);
    (void)snprintf(f->unit, sizeof f->unit, "%s", unit);
    (void)snprintf(f->note, sizeof f->note, "%s", note);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

double bench_cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A line of /proc/self/status in megabytes; NAN where there is none. */
static double status_mb(const char *name)
{
    double kb = NAN;
    char line[128];
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0) { /* "VmRSS:     1234 kB" */
            kb = strtod(line + strlen(name) + 1, NULL);
            break;
        }
    }
    if (file) {
        (void)fclose(file);
    }
    return kb / 1024.0;
}

double bench_start_peak_mb(void)
{
    (void)malloc_trim(0);
    FILE *file = fopen("/proc/self/clear_refs", "we");
    if (!file || fputs("5", file) < 0) {
        if (file) {
            (void)fclose(file);
        }
        return NAN;
    }
    (void)fclose(file);
    return status_mb("VmRSS");
}

double bench_peak_mb(void)
{
    return status_mb("VmHWM");
}
