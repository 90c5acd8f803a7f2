/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "feeder_urgent.h"

#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sono_log.h"

#define NICE (-11)
#define SLICE_NS UINT64_C(500000)

/* Of the kernel's interface; the C library of Debian 12 has no declaration. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
};

/* A real-time policy would be better still, and take the machine along if we ever looped: not for a thread that reads
 * files. What is asked for without privilege is a short slice, which Linux 6.12 and later take for "run me early". */
void feeder_make_urgent(void)
{
    const pid_t thread = (pid_t)syscall(SYS_gettid);
    const int niced = setpriority(PRIO_PROCESS, (id_t)thread, NICE);
    struct attributes a = {.size = sizeof a, .nice = niced == 0 ? NICE : 0, .runtime_ns = SLICE_NS};
    const long sliced = syscall(SYS_sched_setattr, thread, &a, 0U);
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    sono_log(SONO_LOG_DEBUG, "player", "feeder: nice %s, short slice %s", niced == 0 ? "yes" : "no",
             sliced == 0 ? "yes" : "no");
}
