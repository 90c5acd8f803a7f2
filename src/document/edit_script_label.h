/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels of edits are shown in lists and on terminals: one line of valid UTF-8 without control characters. */
#pragma once
#include <stdbool.h>

bool sono_label_is_plain(const char *label);
