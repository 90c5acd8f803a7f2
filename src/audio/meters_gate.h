/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gated loudness over any length in fixed memory (ITU-R BS.1770-5, EBU Tech 3342): blocks are counted by their loudness
 * in bins of 0.01 LU, which keep the sum of their energies, so that means are exact and only a gate is rounded. */
#pragma once
#include <stdint.h>

typedef struct MetersGate MetersGate;

MetersGate *meters_gate_new(void); /* NULL: no memory */
void meters_gate_free(MetersGate *gate);
void meters_gate_clear(MetersGate *gate);
/* A block's weighted mean square; its loudness is 10 log10(energy) - 0.691. Below -70 LUFS it does not count. */
void meters_gate_add(MetersGate *gate, double energy);
/* Mean energy of the blocks above -10 LU of the mean of all; 0: none yet. */
double meters_gate_integrated(const MetersGate *gate);
/* From the 10th to the 95th percentile of the blocks above -20 LU of the mean of all, in LU. */
double meters_gate_range(const MetersGate *gate);
