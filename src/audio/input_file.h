/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening what the user named. */
#pragma once
#include "sono_error.h"

/* Read-only descriptor of a regular file that is not empty. Symbolic links are followed: the user named them. Never
 * blocks on a FIFO or device. Errors: INVALID (what it is instead), IO (the system's reason). */
SonoStatus sono_input_file_open(const char *path, int *out_fd, SonoError *err);
