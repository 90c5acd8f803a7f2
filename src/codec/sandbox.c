/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cage: limits, no new privileges, and a seccomp filter under which libsndfile can read and write the descriptors
 * it was given, have memory, and nothing else. Calls outside the list fail with EPERM instead of killing, because
 * libsndfile and libc probe for things (resource forks, memory size) they can do without. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "codec.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "sonobrush-codec: no seccomp architecture number is known for this machine"
#endif

static const unsigned allowed_calls[] = {
    SYS_read,
    SYS_write,
    SYS_lseek,
    SYS_fstat,
    SYS_newfstatat,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_close,
    SYS_futex,
    SYS_getpid,
    SYS_clock_gettime,
    SYS_exit,
    SYS_getrandom,
    SYS_exit_group,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
#ifdef SONO_SANITIZED
    /* The sanitizers' own needs; their reports would be lost without them. */
    SYS_mprotect,
    SYS_sigaltstack,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_gettid,
    SYS_tgkill,
    SYS_sched_yield,
#endif
};

enum { N_ALLOWED = sizeof allowed_calls / sizeof *allowed_calls };

static bool limit(int resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now)) {
        return false;
    }
    if (value > now.rlim_max) {
        value = now.rlim_max; /* already stricter */
    }
    const struct rlimit to = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &to) == 0;
}

static bool set_limits(bool encoding)
{
    bool ok = limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, CODEC_FD_LIMIT);
#ifndef SONO_SANITIZED
    ok = ok && limit(RLIMIT_AS, (rlim_t)2 << 30);
#endif
    if (encoding) {
        (void)signal(SIGXFSZ, SIG_IGN); /* a size limit is a failed write with a reason, not a death */
        return ok;
    }
    return ok && limit(RLIMIT_FSIZE, 0);
}

/* When the editor dies, the kernel closes its end of the lifeline and sends us SIGIO, which ends us even in the middle
 * of an endless loop. (PR_SET_PDEATHSIG would do so already when the editor's thread that started us ends.) */
static bool tie_to_parent(void)
{
    const int flags = fcntl(CODEC_FD_LIFELINE, F_GETFL);
    struct pollfd end = {.fd = CODEC_FD_LIFELINE, .events = POLLIN};
    return flags >= 0 && fcntl(CODEC_FD_LIFELINE, F_SETOWN, getpid()) == 0 &&
           fcntl(CODEC_FD_LIFELINE, F_SETFL, flags | O_ASYNC) == 0 &&
           poll(&end, 1, 0) == 0; /* it may have died before we listened: then no signal comes */
}

static bool install_filter(void)
{
    struct sock_filter code[N_ALLOWED + 11];
    unsigned short n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    /* memory, but none to run code from: flags stand in the low half of mmap's third argument */
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 4);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    for (unsigned i = 0; i < N_ALLOWED; i++) {
        /* Jump to the last statement, which allows. */
        const unsigned char to_allow = (unsigned char)(N_ALLOWED - i);
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed_calls[i], to_allow, 0);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1); /* EPERM */
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {.len = n, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool codec_enter_sandbox(bool encoding)
{
    (void)close_range(CODEC_FD_LIMIT, ~0U, 0); /* the editor has seen to it; this is the second lock on the door */
    return tie_to_parent() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           set_limits(encoding) && install_filter();
}
