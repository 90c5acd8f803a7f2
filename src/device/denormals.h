/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Denormals as zero for this thread, and back: a fade that dies away in denormals would take 15 times as long. */
#pragma once
#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
typedef uint32_t DenormalMode;
static inline DenormalMode denormals_off(void)
{
    const DenormalMode mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040U); /* FTZ, DAZ */
    return mode;
}
static inline void denormals_back(DenormalMode mode)
{
    _mm_setcsr(mode);
}
#elif defined(__aarch64__)
typedef uint64_t DenormalMode;
static inline DenormalMode denormals_off(void)
{
    DenormalMode mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | UINT64_C(1) << 24)); /* FZ */
    return mode;
}
static inline void denormals_back(DenormalMode mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
typedef int DenormalMode;
static inline DenormalMode denormals_off(void)
{
    return 0;
}
static inline void denormals_back(DenormalMode mode)
{
    (void)mode;
}
#endif
