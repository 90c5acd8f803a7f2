/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding sonobrush-codec: told by the caller, by the environment, next to this program, in the build tree, installed.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec_child.h"

bool sono_codec_path(const char *wanted, char *out, size_t n_out)
{
    static const char *const places[] = {".", "../codec", SONO_LIBEXEC_FROM_BIN};
    const char *told = wanted ? wanted : getenv("SONO_CODEC");
    if (told && *told) {
        return snprintf(out, n_out, "%s", told) < (int)n_out;
    }
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
        const int length = snprintf(out, n_out, "%s/%s/sonobrush-codec", self, places[i]);
        if (length > 0 && (size_t)length < n_out && access(out, X_OK) == 0) {
            return true;
        }
    }
    return false;
}
