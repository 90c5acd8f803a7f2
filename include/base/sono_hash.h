/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include <stddef.h>
#include <stdint.h>
#define SONO_HASH_SEED UINT64_C(0xcbf29ce484222325)
/* FNV-1a, 64 bit; chain by passing the previous result as seed. For keys and change detection, not for security. */
uint64_t sono_hash(const void *data, size_t n_bytes, uint64_t seed);
