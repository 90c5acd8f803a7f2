/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the codec child cannot do any more once it is in its cage, tried from inside. */
#define _GNU_SOURCE
#include "sono_test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec.h"

/* Each returns true if the cage held. */
static bool no_file(void)
{
    return open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM;
}
static bool no_new_file(void)
{
    return open("/tmp/sonobrush-cage", O_CREAT | O_WRONLY, 0600) < 0 && errno == EPERM;
}
static bool no_network(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM;
}
static bool no_process(void)
{
    return syscall(SYS_clone, 0, 0, 0, 0, 0) < 0 && errno == EPERM;
}
static bool no_program(void)
{
    char *const none[] = {NULL};
    return execve("/bin/true", none, none) < 0 && errno == EPERM;
}
static bool no_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED && errno == EPERM;
}
static bool no_signals_to_others(void)
{
    return syscall(SYS_kill, 1, 0) < 0 && errno == EPERM;
}
static bool no_tracing(void)
{
    return syscall(SYS_ptrace, 0, 0, 0, 0) < 0 && errno == EPERM;
}
#if defined(__x86_64__)
static bool no_x32(void)
{
    return syscall(0x40000000 | SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0) < 0;
}
#endif
static bool memory_is_there(void)
{
    void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && munmap(p, 1 << 20) == 0;
}

static const struct {
    const char *name;
    bool (*holds)(void);
} bars[] = {
    {"open a file", no_file},
    {"make a file", no_new_file},
    {"use the network", no_network},
    {"make a process", no_process},
    {"run a program", no_program},
    {"have memory to run code from", no_code},
    {"signal", no_signals_to_others},
    {"trace", no_tracing},
#if defined(__x86_64__)
    {"call as x32", no_x32},
#endif
    {"be without memory", memory_is_there},
};

/* In a child with the descriptors a codec child has; the exit code is the number of the bar that broke, from 1. */
static int try_bar(bool (*holds)(void), bool encoding)
{
    const pid_t pid = fork();
    if (pid == 0) {
        int lifeline[2];
        if (pipe(lifeline) != 0 || dup2(lifeline[0], CODEC_FD_LIFELINE) < 0 || dup2(lifeline[1], CODEC_FD_SPARE) < 0 ||
            !codec_enter_sandbox(encoding)) {
            _exit(2);
        }
        _exit(holds() ? 0 : 1);
    }
    int status = 0;
    assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void the_cage_holds(void **state)
{
    (void)state;
    for (int encoding = 0; encoding < 2; encoding++) {
        for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
            const int code = try_bar(bars[i].holds, encoding != 0);
            if (code != 0) {
                fail_msg("a caged child could %s (exit %d, %s)", bars[i].name, code,
                         encoding ? "encoding" : "decoding");
            }
        }
    }
}

/* Without the cage the same attempts succeed or fail for other reasons: the test can fail. */
static void the_bars_are_real(void **state)
{
    (void)state;
    assert_false(no_file());
    assert_false(no_code());
    assert_false(no_network());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_cage_holds), cmocka_unit_test(the_bars_are_real)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
