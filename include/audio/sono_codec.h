/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound files through the sandboxed child sonobrush-codec. The parent opens the file (regular files only, no symbolic
 * link tricks, no FIFO or device), the child decodes or encodes with libsndfile under seccomp and rlimits, and the
 * parent re-validates every number the child sends. A hostile or hanging file is an error message, never a crash. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sono_clip.h"
#include "sono_pcm_reader.h"

typedef struct SonoCodecOptions {
    const char *codec_path; /* NULL: SONO_CODEC, else next to the program, else the libexec folder */
    double stall_timeout_s; /* 0: SONO_CODEC_TIMEOUT_S if set, else 20: longest time without a new block */
    /* Progress and cancel: called on the calling thread between blocks; return false to cancel. May be NULL.
     * n_total is what the header claims, or -1 when it does not say. */
    bool (*progress)(void *ctx, int64_t n_done, int64_t n_total);
    void *progress_ctx;
} SonoCodecOptions;

typedef struct SonoAudioInfo {
    double rate_hz;           /* 1 .. 768000 */
    int n_channels;           /* 1 .. 256 */
    int64_t n_frames_claimed; /* by the header; -1 unknown. Never allocate by it */
    bool seekable;            /* random access is exact and cheap (PCM and float subtypes) */
    char format[32];          /* "WAV", "FLAC", "OGG" ... */
    char subtype[32];         /* "PCM_16", "FLOAT", "VORBIS" ... */
    int bits;                 /* per sample for integer PCM, 32/64 for float, 0 for lossy codecs */
} SonoAudioInfo;

typedef struct SonoDecoder SonoDecoder;

/* Start a child on a file. Errors name the file: INVALID (directory, FIFO, device, empty), IO (missing, permission),
 * FORMAT (libsndfile's reason), TIMEOUT, NOMEM. Thread: a decoder belongs to one thread at a time. */
SonoStatus sono_decoder_open(const char *path, const SonoCodecOptions *options, SonoDecoder **out, SonoAudioInfo *info,
                             SonoError *err);
/* Read the next up to n_frames frames: planar, finite. *n_read 0: the end. */
SonoStatus sono_decoder_next(SonoDecoder *dec, int64_t n_frames, float *const *pcm, int64_t *n_read, SonoError *err);
/* Random access (info.seekable only): frames [start_frame, + n_frames), zero past the end. Does not disturb next(). */
SonoStatus sono_decoder_read_at(SonoDecoder *dec, int64_t start_frame, int64_t n_frames, float *const *pcm,
                                SonoError *err);
/* Non-finite samples that sono_decoder_next has set to zero so far. */
int64_t sono_decoder_n_scrubbed(const SonoDecoder *dec);
/* Kills and reaps the child. NULL is fine. */
void sono_decoder_close(SonoDecoder *dec);
/* A reader over a seekable decoder for a first picture (reads one channel at a time, caches the last span read);
 * revision 0. Valid while the decoder is. Thread: any number at once, while nobody else uses the decoder. */
SonoPcmReader sono_decoder_reader(SonoDecoder *dec);

typedef struct SonoLoadReport {
    SonoAudioInfo info;
    int64_t n_frames;   /* decoded */
    int64_t n_scrubbed; /* non-finite samples set to zero */
    bool truncated;     /* the file ended early or broke; what came before is in the clip */
    char warning[240];  /* one line naming the file, or empty */
} SonoLoadReport;

/* What loading would report. Complete once next() has returned 0 frames (n_frames counts what it gave); before that
 * only what the header shows. */
void sono_decoder_report(const SonoDecoder *dec, SonoLoadReport *report);

/* Whole file to a clip. A file with 0 frames is FORMAT ("holds no sound"). */
SonoStatus sono_clip_load(const char *path, const SonoCodecOptions *options, SonoPcmStore *store, SonoClip **out,
                          SonoLoadReport *report, SonoError *err);

/* The same, for who wants to see the sound while it comes. Called on the loading thread; members may be NULL. */
typedef struct SonoLoadWatch {
    void *ctx;
    /* Before the first block: a first picture may be taken through sono_decoder_reader(), if info->seekable. */
    void (*opened)(void *ctx, SonoDecoder *dec, const SonoAudioInfo *info);
    /* After every block; a snapshot may be taken of the builder. */
    void (*grown)(void *ctx, SonoClipBuilder *builder);
} SonoLoadWatch;
SonoStatus sono_clip_load_watched(const char *path, const SonoCodecOptions *options, const SonoLoadWatch *watch,
                                  SonoPcmStore *store, SonoClip **out, SonoLoadReport *report, SonoError *err);

typedef enum SonoSampleType {
    SONO_SAMPLE_PCM16,
    SONO_SAMPLE_PCM24,
    SONO_SAMPLE_PCM32,
    SONO_SAMPLE_FLOAT32,
    SONO_SAMPLE_PCM8,
    SONO_SAMPLE_VORBIS
} SonoSampleType;
typedef enum SonoFileType { SONO_FILE_WAV, SONO_FILE_AIFF, SONO_FILE_FLAC, SONO_FILE_OGG } SonoFileType;

typedef struct SonoEncodeOptions {
    SonoFileType file;
    SonoSampleType sample;
    bool dither;          /* TPDF, 2 LSB peak to peak, only on samples that are not exactly representable */
    uint64_t dither_seed; /* same seed, same bits */
    double quality;       /* Vorbis: 0..1 */
} SonoEncodeOptions;

/* From the file name's extension (.wav .aif .aiff .flac .ogg; others: UNSUPPORTED naming the list) and the source's
 * subtype: what can hold it without loss (PCM16 stays PCM16, float stays float; FLAC: at most 24 bit). source NULL:
 * float, or 24 bit for FLAC. */
SonoStatus sono_encode_options_for(const char *path, const SonoAudioInfo *source, SonoEncodeOptions *out,
                                   SonoError *err);

/* Write through the child: temporary file in the same folder, fsync, rename, fsync of the folder. WAV becomes RF64 past
 * 4 GiB. Samples beyond full scale are clipped for integers and counted. On any error the old file is untouched and the
 * temporary one gone. Errors name the file: IO (with the system's reason), UNSUPPORTED, RANGE (channels), CANCELLED. */
typedef struct SonoSaveReport {
    int64_t n_frames, n_clipped; /* n_clipped: samples */
} SonoSaveReport;
SonoStatus sono_clip_save(const SonoClip *clip, const char *path, const SonoEncodeOptions *encode,
                          const SonoCodecOptions *options, SonoSaveReport *report, SonoError *err);

/* The quantiser: floor(x * 2^(bits-1) + 0.5) clipped to the range; exact inverse of q / 2^(bits-1). bits 8..32. */
int32_t sono_quantise(float x, int bits, bool *clipped);

/* A file written in portions the careful way: temporary file, fsync, rename, fsync of the folder. Links are followed;
 * what is no regular file is refused. Errors name the file: INVALID, IO, NOMEM; after one only abandon is left to do.
 */
typedef struct SonoFileWriter SonoFileWriter;
SonoStatus sono_file_writer_open(const char *path, SonoFileWriter **out, SonoError *err);
SonoStatus sono_file_writer_write(SonoFileWriter *w, const void *data, size_t n_bytes, SonoError *err);
/* Puts the file in place. Frees the writer, also on error. */
SonoStatus sono_file_writer_close(SonoFileWriter *w, SonoError *err);
/* The old file stays. NULL is fine. */
void sono_file_writer_abandon(SonoFileWriter *w);
/* The same for bytes that are all there. */
SonoStatus sono_write_file_atomic(const char *path, const void *data, size_t n_bytes, SonoError *err);
