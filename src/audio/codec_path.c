/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding sonobrush-codec: told by the caller, by the environment, next to this program, in the build tree, installed.
 */
#include <stdlib.h>

#include "child_process.h"
#include "codec_child.h"

bool sono_codec_path(const char *wanted, char *out, size_t n_out)
{
    return sono_child_path(wanted ? wanted : getenv("SONO_CODEC"), "sonobrush-codec", "../codec", out, n_out);
}
