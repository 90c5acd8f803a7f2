/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes as /proc shows them. */
#include "recovery_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_small(const char *path, char *buf, size_t n_bytes)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const ssize_t n = read(fd, buf, n_bytes - 1);
    (void)close(fd);
    buf[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static void read_boot(char *boot, size_t n_bytes)
{
    if (!read_small("/proc/sys/kernel/random/boot_id", boot, n_bytes)) {
        boot[0] = '\0';
    }
    boot[strcspn(boot, "\n")] = '\0';
}

/* Field 22 of the process's stat; the name before it may hold anything, also parentheses. False: there is no such
 * process, or only what is left of one. */
static bool read_start(int64_t pid, uint64_t *ticks)
{
    char path[64];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    if (!read_small(path, text, sizeof text)) {
        return false;
    }
    const char *field = strrchr(text, ')');
    if (!field || strlen(field) < 3 || field[2] == 'Z' || field[2] == 'X') { /* the state: ") S 1 ..." */
        return false;
    }
    field++;
    for (int i = 3; i < 22 && field; i++) { /* from the space before field 3 to that before field 22 */
        field = strchr(field + 1, ' ');
    }
    char *end = NULL;
    *ticks = field ? strtoull(field, &end, 10) : 0;
    return field && end != field && *end == ' ';
}

RecoveryOwner recovery_owner_self(void)
{
    RecoveryOwner owner = {.pid = (int64_t)getpid()};
    read_boot(owner.boot, sizeof owner.boot);
    if (!read_start(owner.pid, &owner.start_ticks)) {
        owner.start_ticks = 0;
    }
    return owner;
}

bool recovery_owner_is_alive(const RecoveryOwner *owner)
{
    char boot[sizeof owner->boot];
    uint64_t ticks = 0;
    read_boot(boot, sizeof boot);
    if (owner->pid <= 0 || (pid_t)owner->pid != owner->pid || strcmp(boot, owner->boot) != 0) {
        return false;
    }
    if (owner->start_ticks == 0) { /* /proc could not be read: a number that is in use is taken for the same process */
        return kill((pid_t)owner->pid, 0) == 0 || errno == EPERM;
    }
    return read_start(owner->pid, &ticks) && ticks == owner->start_ticks;
}
