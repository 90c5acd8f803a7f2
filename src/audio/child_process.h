/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child programs' clients share: where a program lies, and starting it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* told (may be NULL or empty: not told), else next to this program, in build_folder of the build tree (as seen from the
 * folder of this program), in the libexec folder. out: at least PATH_MAX bytes. False: nowhere. */
bool sono_child_path(const char *told, const char *program, const char *build_folder, char *out, size_t n_out);

#define SONO_CHILD_MAX_FDS 4
/* Start path as argv (argv[0]: its name) with exactly these descriptors: fds[i] (stay the caller's) as 3 + i, 0 to 2
 * /dev/null; not quiet: standard error is ours. Signals are as a new program expects them. Returns an errno. Thread:
 * any. */
int sono_child_spawn(const char *path, char *const argv[], const int *fds, int n_fds, bool quiet, pid_t *pid);
void sono_child_close_fd(int *fd); /* and sets it to -1 */
