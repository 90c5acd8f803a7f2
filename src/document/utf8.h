/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strict UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), and which characters are dangerous
 * to show because they reorder or hide text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the character at s (n bytes are there), 0 if it is not valid; *code is its number. */
size_t sono_utf8_next(const char *s, size_t n, uint32_t *code);

/* Bidirectional controls, zero-width and line-separator characters. */
bool sono_utf8_is_format(uint32_t code);
