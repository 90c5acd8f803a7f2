/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children are started with posix_spawn (safe beside threads) and inherit exactly the descriptors they are given. */
#define _GNU_SOURCE
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_FD = 3, END_FD = FIRST_FD + SONO_CHILD_MAX_FDS };

bool sono_child_path(const char *told, const char *program, const char *build_folder, char *out, size_t n_out)
{
    if (told && *told) {
        return snprintf(out, n_out, "%s", told) < (int)n_out;
    }
    const char *const places[] = {".", build_folder, SONO_LIBEXEC_FROM_BIN};
    char self[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        return false;
    }
    self[n] = 0;
    char *slash = strrchr(self, '/');
    if (!slash) {
        return false;
    }
    *slash = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const int length = snprintf(out, n_out, "%s/%s/%s", self, places[i], program);
        if (length > 0 && (size_t)length < n_out && access(out, X_OK) == 0) {
            return true;
        }
    }
    return false;
}

void sono_child_close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

/* fds: all above those the child uses, so that moving one into place never lands on another. */
static int spawn(const char *path, char *const argv[], const int *fds, int n_fds, bool quiet, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc) {
        return rc;
    }
    rc = posix_spawnattr_init(&attr);
    if (rc) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return rc;
    }
    for (int fd = 0; fd < FIRST_FD && !rc; fd++) {
        if (fd < 2 || quiet) {
            rc = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
        }
    }
    for (int i = 0; i < n_fds && !rc; i++) {
        rc = posix_spawn_file_actions_adddup2(&actions, fds[i], FIRST_FD + i);
    }
    rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_FD + n_fds);
    rc = rc ? rc : posix_spawnattr_setsigmask(&attr, &none);
    rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &all);
    rc = rc ? rc : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = rc ? rc : posix_spawn(pid, path, &actions, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc;
}

int sono_child_spawn(const char *path, char *const argv[], const int *fds, int n_fds, bool quiet, pid_t *pid)
{
    int lifted[SONO_CHILD_MAX_FDS] = {-1, -1, -1, -1};
    int rc = 0;
    for (int i = 0; i < n_fds && !rc; i++) {
        lifted[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, END_FD);
        rc = lifted[i] < 0 ? errno : 0;
    }
    rc = rc ? rc : spawn(path, argv, lifted, n_fds, quiet, pid);
    for (int i = 0; i < n_fds; i++) {
        sono_child_close_fd(&lifted[i]);
    }
    return rc;
}
