/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes that FFT libraries are fast at: 2^a 3^b 5^c; and {4, 5, 6, 7} 2^a for bands, few enough that many bands share
 * one. */
#include "sono_transform.h"

int sono_fft_size_is_fast(int64_t n)
{
    static const int64_t primes[] = {2, 3, 5};
    if (n < 1) {
        return 0;
    }
    for (int i = 0; i < 3; i++) {
        while (n % primes[i] == 0) {
            n /= primes[i];
        }
    }
    return n == 1;
}

int64_t sono_fft_size_at_least(int64_t n)
{
    int64_t size = n < 1 ? 1 : n;
    while (!sono_fft_size_is_fast(size)) {
        size++;
    }
    return size;
}

int32_t sono_band_size_at_least(int64_t n)
{
    int64_t unit = 2;
    while (7 * unit < n) {
        unit *= 2;
    }
    for (int64_t k = 4; k < 7; k++) {
        if (k * unit >= n && k * unit % 8 == 0) {
            return (int32_t)(k * unit);
        }
    }
    return (int32_t)(7 * unit % 8 == 0 ? 7 * unit : 8 * unit);
}
