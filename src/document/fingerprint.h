/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sono_fingerprint() for who may have to stop. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>

#include "sono_recovery.h"

/* stop (or NULL): CANCELLED soon after it is set. */
SonoStatus sono_fingerprint_until(const char *path, const _Atomic bool *stop, SonoFingerprint *out, SonoError *err);
