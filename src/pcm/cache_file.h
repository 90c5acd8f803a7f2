/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache file: an unlinked file of equal slots, each holding one block's payload. It vanishes with the process.
 * Slots are handed out under the store's lock; reading and writing them needs no lock. Never mapped: what is read
 * stays in the kernel's page cache and not in this process. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "sono_error.h"

typedef struct SonoCacheFile {
    int fd;         /* -1 until first needed */
    char *dir;      /* NULL: the user's cache directory */
    size_t n_bytes; /* of a slot's content */
    size_t stride;  /* bytes from slot to slot */
    int64_t n_slots;
    int64_t *free_slots; /* stack */
    size_t n_free, capacity;
} SonoCacheFile;

/* dir may be NULL; it is copied. Opens nothing. Errors: NOMEM. */
SonoStatus sono_cache_file_init(SonoCacheFile *f, const char *dir, size_t n_bytes, SonoError *err);
void sono_cache_file_clear(SonoCacheFile *f);

/* Makes the folder (0700) and the file (0600) unless they are there. Errors: IO. Under the store's lock. */
SonoStatus sono_cache_file_open(SonoCacheFile *f, SonoError *err);
/* A slot nobody uses. Under the store's lock. */
int64_t sono_cache_file_take(SonoCacheFile *f);
void sono_cache_file_give(SonoCacheFile *f, int64_t slot);

/* data holds n_bytes of the slot's content. Errors: IO. */
SonoStatus sono_cache_file_write(const SonoCacheFile *f, int64_t slot, const void *data, SonoError *err);
/* Part of a slot. Errors: IO. */
SonoStatus sono_cache_file_read(const SonoCacheFile *f, int64_t slot, size_t offset, size_t n_bytes, void *dst,
                                SonoError *err);
