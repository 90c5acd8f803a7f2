/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_hash.h"

uint64_t sono_hash(const void *data, size_t n_bytes, uint64_t seed)
{
    const unsigned char *bytes = data;
    uint64_t h = seed;
    for (size_t i = 0; i < n_bytes; i++) {
        h ^= bytes[i];
        h *= UINT64_C(0x100000001b3);
    }
    return h;
}
