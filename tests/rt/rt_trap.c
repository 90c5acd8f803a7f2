/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "rt_trap.h"

#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Thread_local bool armed;
static volatile sig_atomic_t over;
static uint64_t n_allocations, n_locks; /* changed by the one armed thread only */

#ifdef SONO_RTSAN
void __rtsan_realtime_enter(void);
void __rtsan_realtime_exit(void);
void rt_trap_enter(void)
{
    __rtsan_realtime_enter();
}
void rt_trap_leave(void)
{
    __rtsan_realtime_exit();
}
#else
void rt_trap_enter(void)
{
}
void rt_trap_leave(void)
{
}

/* Where no sanitizer has its own: libc's functions, counted. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void __libc_free(void *p);

void *malloc(size_t n)
{
    if (armed) {
        n_allocations++;
    }
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    if (armed) {
        n_allocations++;
    }
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    if (armed) {
        n_allocations++;
    }
    return __libc_realloc(p, n);
}

void free(void *p)
{
    if (armed) {
        n_allocations++;
    }
    __libc_free(p);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*real)(pthread_mutex_t *);
    if (!real) {
        void *symbol = dlsym(RTLD_NEXT, "pthread_mutex_lock");
        memcpy(&real, &symbol, sizeof symbol);
    }
    if (armed) {
        n_locks++;
    }
    return real(mutex);
}
#endif

/* Only calls that are safe in a signal handler, and no return: the thread would go on without what it asked for. */
static void report(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    if (over) {
        return;
    }
    char line[] = "a real-time thread made system call 000\n";
    for (int digit = info->si_syscall, at = (int)sizeof line - 3; digit > 0; digit /= 10) {
        line[at--] = (char)('0' + digit % 10);
    }
    (void)!write(2, line, sizeof line - 1);
    _exit(99);
}

#define ALLOW(number, jump) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), (jump), 0)

bool rt_trap_arm(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_exit_group, 5),
        ALLOW(SYS_exit, 4),
        ALLOW(SYS_write, 3),
        ALLOW(SYS_getrusage, 2),
        ALLOW(SYS_rt_sigreturn, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};
    const struct sigaction action = {.sa_sigaction = report, .sa_flags = SA_SIGINFO};
#ifdef SONO_RTSAN
    __rtsan_init();
#endif
    if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        return false;
    }
    armed = true;
    return true;
}

void rt_trap_disarm(void)
{
    armed = false;
    over = 1;
}

RtCounts rt_trap_counts(void)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_THREAD, &usage);
    return (RtCounts){.n_allocations = n_allocations,
                      .n_locks = n_locks,
                      .minor_faults = usage.ru_minflt,
                      .major_faults = usage.ru_majflt,
                      .waits = usage.ru_nvcsw};
}
