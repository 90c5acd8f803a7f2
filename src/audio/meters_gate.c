/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meters_gate.h"

#include <math.h>
#include <string.h>

#include "sono_mem.h"

#define LOW_LUFS (-70.0)
#define BINS_PER_LU 100
#define N_BINS (90 * BINS_PER_LU) /* up to +20 LUFS; what is louder counts there */

struct MetersGate {
    uint64_t n_blocks;
    double energy;
    uint64_t counts[N_BINS];
    double energies[N_BINS];
};

MetersGate *meters_gate_new(void)
{
    return sono_calloc(1, sizeof(MetersGate));
}

void meters_gate_free(MetersGate *g)
{
    sono_free(g);
}

void meters_gate_clear(MetersGate *g)
{
    memset(g, 0, sizeof *g);
}

/* The bin of an energy; below the first: negative. */
static int bin_of(double energy)
{
    const double bin = floor((10.0 * log10(energy) - 0.691 - LOW_LUFS) * BINS_PER_LU);
    return bin < 0.0 ? -1 : (bin < N_BINS ? (int)bin : N_BINS - 1);
}

void meters_gate_add(MetersGate *g, double energy)
{
    const int bin = energy > 0.0 ? bin_of(energy) : -1;
    if (bin >= 0) {
        g->n_blocks++;
        g->energy += energy;
        g->counts[bin]++;
        g->energies[bin] += energy;
    }
}

/* The first bin that counts, below_lu under the mean of all. */
static int gate_bin(const MetersGate *g, double below_lu)
{
    const int bin = bin_of(g->energy / (double)g->n_blocks * pow(10.0, -below_lu / 10.0));
    return bin > 0 ? bin : 0;
}

double meters_gate_integrated(const MetersGate *g)
{
    uint64_t n = 0;
    double energy = 0.0;
    for (int i = g->n_blocks > 0 ? gate_bin(g, 10.0) : N_BINS; i < N_BINS; i++) {
        n += g->counts[i];
        energy += g->energies[i];
    }
    return n > 0 ? energy / (double)n : 0.0;
}

double meters_gate_range(const MetersGate *g)
{
    const int first = g->n_blocks > 0 ? gate_bin(g, 20.0) : N_BINS;
    uint64_t n = 0;
    for (int i = first; i < N_BINS; i++) {
        n += g->counts[i];
    }
    if (n == 0) {
        return 0.0;
    }
    const uint64_t low = (uint64_t)llround(0.10 * (double)(n - 1));
    const uint64_t high = (uint64_t)llround(0.95 * (double)(n - 1));
    int low_bin = -1;
    int high_bin = -1;
    uint64_t seen = 0;
    for (int i = first; i < N_BINS && high_bin < 0; i++) {
        seen += g->counts[i];
        low_bin = low_bin < 0 && seen > low ? i : low_bin;
        high_bin = seen > high ? i : -1;
    }
    return (double)(high_bin - low_bin) / BINS_PER_LU;
}
