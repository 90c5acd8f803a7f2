/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes that FFT libraries are fast at: 2^a 3^b 5^c. */
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
