/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a real-time thread must not do, made to show: in a thread behind the trap any system call ends the test with
 * its number, and calls that may allocate or lock are counted (this file's definitions stand before libc's). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* From now on this thread may do nothing but compute; getrusage, and what ends a process, are let through. False:
 * the system has no seccomp. */
bool rt_trap_arm(void);
/* From now on its system calls just fail, so that it can end. */
void rt_trap_disarm(void);

typedef struct RtCounts {
    uint64_t n_allocations, n_locks;        /* by calls of the trapped threads */
    long minor_faults, major_faults, waits; /* of this thread */
} RtCounts;
RtCounts rt_trap_counts(void);

/* Around a callback: with the runtime of clang's RealtimeSanitizer, whatever it knows to be unsafe ends the test. */
void rt_trap_enter(void);
void rt_trap_leave(void);
#ifdef SONO_RTSAN
void __rtsan_init(void);
#endif
