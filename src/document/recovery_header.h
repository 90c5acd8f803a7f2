/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the first line of a recovery file. Errors do not name the file. */
#pragma once
#include "recovery_file.h"

SonoStatus recovery_parse_header(const char *text, size_t n_bytes, RecoveryHeader *out, SonoError *err);
