/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the codec tests share: a scratch folder, deterministic sounds, files written by libsndfile itself (not through
 * our encoder), whole files in memory, and the proof that no child is left. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "sono_codec.h"

typedef struct Fixture {
    char folder[64];
    SonoPcmStore *store;
} Fixture;

/* cmocka group set-up and tear-down; *state is a Fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A path in the scratch folder, in one of a few static buffers. */
const char *fixture_path(const Fixture *f, const char *name);

/* Integer value of frame i, channel c: noise over the full range of so many bits, with both extremes in it. */
int32_t fixture_level(int64_t i, int c, int bits);
/* Write with libsndfile: integers of fixture_level, left-justified (format is an SF_FORMAT_ value). False: refused. */
bool fixture_write_ints(const char *path, int format, int rate_hz, int n_channels, int64_t n_frames, int bits);

unsigned char *fixture_slurp(const char *path, size_t *n_bytes); /* caller frees */
void fixture_spill(const char *path, const void *data, size_t n_bytes);
/* Copy of a file's first part: per_mille thousandths of its bytes. */
void fixture_truncate(const char *from, const char *to, int per_mille);
/* Byte offset and length of a RIFF file's data chunk. */
size_t fixture_riff_data(const unsigned char *bytes, size_t n_bytes, size_t *n_data);

/* A clip of n_frames frames where channel c holds fill(ctx, i, c). */
SonoClip *fixture_clip(const Fixture *f, double rate_hz, int n_channels, int64_t n_frames,
                       float (*fill)(void *ctx, int64_t i, int c), void *ctx);

/* A WAV file of 88 bytes on which libsndfile 1.2 never returns from opening (a LIST chunk with a size it steps back
 * by). */
extern const unsigned char fixture_hanging_wav[88];

/* Fails if this process has any child left, running or dead. */
void fixture_assert_no_children(void);
/* Number of entries in the scratch folder whose name begins with ".sonobrush-". */
int fixture_n_temporaries(const Fixture *f);
