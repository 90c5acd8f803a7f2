/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka with its prerequisites, and the few things every test needs. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

/* Real sound, from Debian's packages alsa-utils and sonic-pi-samples. */
#define SONO_TEST_SPEECH "/usr/share/sounds/alsa/Front_Center.wav"
#define SONO_TEST_SAMPLES "/usr/share/sonic-pi/samples"

/* Fails with the error's text. */
#define assert_ok(call, err)                                                                                           \
    do {                                                                                                               \
        if ((call) != SONO_OK) {                                                                                       \
            fail_msg("%s: %s", #call, (err).message);                                                                  \
        }                                                                                                              \
    } while (0)

/* xorshift64*: the same numbers on every machine. Returns a float in [-1, 1). */
static inline float sono_test_noise(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (float)((double)((*state * UINT64_C(2685821657736338717)) >> 40) / 8388608.0 - 1.0);
}
