/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clip to a file. This side turns samples into the integers that are to be stored and keeps the file's name safe; the
 * child turns them into WAV, AIFF, FLAC or Ogg bytes. Blocks are prepared while the child encodes the ones before. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec_child.h"
#include "file_target.h"
#include "quantise.h"
#include "sono_mem.h"

/* RIFF and AIFF count bytes in 32 bits; what is not samples (headers) takes less than this. */
#define SMALL_FILE_BYTES ((INT64_C(1) << 32) - 65536)

typedef struct Save {
    const SonoClip *clip;
    const SonoEncodeOptions *encode;
    SonoCodecChild child;
    int n_channels;
    int64_t n_frames, block_frames;
    float *channel; /* one channel of a block */
    int64_t n_clipped;
    uint64_t seqs[CODEC_N_STREAM_SLOTS]; /* blocks under way, by slot */
    int64_t sizes[CODEC_N_STREAM_SLOTS];
} Save;

static int sample_bits(SonoSampleType sample)
{
    switch (sample) {
    case SONO_SAMPLE_PCM8:
        return 8;
    case SONO_SAMPLE_PCM16:
        return 16;
    case SONO_SAMPLE_PCM24:
        return 24;
    case SONO_SAMPLE_PCM32:
        return 32;
    case SONO_SAMPLE_FLOAT32:
    case SONO_SAMPLE_VORBIS:
        break;
    }
    return 0; /* floats go to the encoder */
}

/* Bytes of samples in a file that stores them as they are; 0 for packed ones. */
static int64_t stored_bytes(const Save *save)
{
    const int bits = save->encode->sample == SONO_SAMPLE_FLOAT32 ? 32 : sample_bits(save->encode->sample);
    const bool plain = save->encode->file == SONO_FILE_WAV || save->encode->file == SONO_FILE_AIFF;
    return plain ? save->n_frames * save->n_channels * (bits / 8) : 0;
}

/* What can be refused before anything is started. */
static SonoStatus check(const Save *save, double rate_hz, const char *name, SonoError *err)
{
    const SonoFileType file = save->encode->file;
    const SonoSampleType sample = save->encode->sample;
    const bool packed_float = file == SONO_FILE_FLAC && sample_bits(sample) == 0;
    const bool deep_flac = file == SONO_FILE_FLAC && sample_bits(sample) > 24;
    const int most_channels = file == SONO_FILE_FLAC ? 8 : file == SONO_FILE_OGG ? 255 : SONO_MAX_CHANNELS;
    if (packed_float || deep_flac) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: FLAC holds integers of 8, 16 or 24 bits", name);
    }
    if ((file == SONO_FILE_OGG) != (sample == SONO_SAMPLE_VORBIS)) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: Vorbis belongs in .ogg, and .ogg holds nothing else", name);
    }
    if (save->n_channels > most_channels) {
        return sono_fail(err, SONO_E_RANGE, "%s: %d channels, and this kind of file holds at most %d", name,
                         save->n_channels, most_channels);
    }
    if (!(rate_hz >= 1.0 && rate_hz <= CODEC_MAX_RATE_HZ) || rate_hz != floor(rate_hz)) {
        return sono_fail(err, SONO_E_RANGE, "%s: a rate of %g Hz cannot be written", name, rate_hz);
    }
    if (!(save->encode->quality >= 0.0 && save->encode->quality <= 1.0)) {
        return sono_fail(err, SONO_E_RANGE, "%s: a quality of %g is not within 0 to 1", name, save->encode->quality);
    }
    if (file == SONO_FILE_AIFF && stored_bytes(save) > SMALL_FILE_BYTES) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: AIFF ends at 4 GiB; write a .wav or .flac file", name);
    }
    return SONO_OK;
}

static SonoStatus open_encoder(Save *save, double rate_hz, SonoError *err)
{
    CodecRequest request = {.type = CODEC_OPEN_WRITE,
                            .n_channels = save->n_channels,
                            .rate_hz = (int32_t)rate_hz,
                            .file = (int32_t)save->encode->file,
                            .sample = (int32_t)save->encode->sample,
                            .large = stored_bytes(save) > SMALL_FILE_BYTES,
                            .quality = save->encode->quality};
    CodecReply reply;
    const SonoStatus status = sono_codec_child_send(&save->child, &request, err);
    return status != SONO_OK ? status
                             : sono_codec_child_receive(&save->child, CODEC_OPEN_WRITE, request.seq, &reply, err);
}

/* The block's samples into the slot, interleaved. */
static SonoStatus fill_slot(Save *save, int slot, int64_t start_frame, int64_t n, SonoError *err)
{
    const SonoQuantiser quantiser = {sample_bits(save->encode->sample), save->encode->dither,
                                     save->encode->dither_seed};
    void *at = save->child.samples + (size_t)slot * CODEC_SLOT_BYTES;
    for (int c = 0; c < save->n_channels; c++) {
        const SonoStatus status = sono_clip_read(save->clip, c, start_frame, n, save->channel, err);
        if (status != SONO_OK) {
            return status;
        }
        if (quantiser.bits > 0) {
            save->n_clipped +=
                sono_quantise_block(&quantiser, save->channel, n, c, start_frame, (int32_t *)at + c, save->n_channels);
            continue;
        }
        float *out = (float *)at + c;
        for (int64_t i = 0; i < n; i++) {
            out[i * save->n_channels] = save->channel[i];
        }
    }
    return SONO_OK;
}

/* Wait until the slot's block is written; 0 frames: it held none. */
static SonoStatus settle(Save *save, int slot, SonoError *err)
{
    CodecReply reply;
    const int64_t n = save->sizes[slot];
    if (n == 0) {
        return SONO_OK;
    }
    save->sizes[slot] = 0;
    const SonoStatus status = sono_codec_child_receive(&save->child, CODEC_WRITE, save->seqs[slot], &reply, err);
    if (status == SONO_OK && reply.n_frames != n) {
        return sono_fail(err, SONO_E_IO, "%s: %lld of %lld frames were written", save->child.file_name.text,
                         (long long)reply.n_frames, (long long)n);
    }
    return status;
}

static SonoStatus write_blocks(Save *save, SonoError *err)
{
    int slot = 0;
    SonoStatus status = SONO_OK;
    for (int64_t at = 0; at < save->n_frames && status == SONO_OK; slot = (slot + 1) % CODEC_N_STREAM_SLOTS) {
        const int64_t left = save->n_frames - at;
        const int64_t n = left < save->block_frames ? left : save->block_frames;
        status = settle(save, slot, err);
        status = status == SONO_OK ? fill_slot(save, slot, at, n, err) : status;
        CodecRequest request = {.type = CODEC_WRITE, .slot = (uint32_t)slot, .n_frames = n};
        status = status == SONO_OK ? sono_codec_child_send(&save->child, &request, err) : status;
        save->seqs[slot] = request.seq;
        save->sizes[slot] = n;
        at += n;
        if (status == SONO_OK && !sono_codec_child_progress(&save->child, at, save->n_frames, err)) {
            status = SONO_E_CANCELLED;
        }
    }
    for (int i = 0; i < CODEC_N_STREAM_SLOTS && status == SONO_OK; i++) { /* oldest first */
        status = settle(save, (slot + i) % CODEC_N_STREAM_SLOTS, err);
    }
    CodecRequest finish = {.type = CODEC_FINISH};
    CodecReply reply;
    status = status == SONO_OK ? sono_codec_child_send(&save->child, &finish, err) : status;
    return status == SONO_OK ? sono_codec_child_receive(&save->child, CODEC_FINISH, finish.seq, &reply, err) : status;
}

/* Trust, but look: a file that stores samples as they are is at least as long as they are. */
static SonoStatus check_length(const Save *save, int fd, SonoError *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        return sono_fail(err, SONO_E_IO, "%s: %s", save->child.file_name.text, strerror(errno));
    }
    if (st.st_size < stored_bytes(save) || (st.st_size == 0 && save->n_frames > 0)) {
        return sono_fail(err, SONO_E_IO, "%s: only %lld bytes reached the disk", save->child.file_name.text,
                         (long long)st.st_size);
    }
    return SONO_OK;
}

SonoStatus sono_clip_save(const SonoClip *clip, const char *path, const SonoEncodeOptions *encode,
                          const SonoCodecOptions *options, SonoSaveReport *report, SonoError *err)
{
    Save save = {.clip = clip, .encode = encode, .child = {.socket = -1, .lifeline = -1}};
    SonoFileTarget target = {.fd = -1, .folder_fd = -1};
    const double rate_hz = sono_clip_rate_hz(clip);
    save.n_channels = sono_clip_n_channels(clip);
    save.n_frames = sono_clip_n_frames(clip);
    save.block_frames = codec_block_frames(save.n_channels);
    SonoStatus status = check(&save, rate_hz, sono_short_name(path).text, err);
    if (status != SONO_OK) {
        return status;
    }
    save.channel = sono_alloc_aligned((size_t)save.block_frames, sizeof *save.channel);
    if (!save.channel) {
        return sono_fail(err, SONO_E_NOMEM, "%s: out of memory", sono_short_name(path).text);
    }
    status = sono_file_target_begin(path, &target, err);
    status = status == SONO_OK ? sono_codec_child_start(&save.child, path, target.fd, true, options, err) : status;
    status = status == SONO_OK ? open_encoder(&save, rate_hz, err) : status;
    status = status == SONO_OK ? write_blocks(&save, err) : status;
    sono_codec_child_stop(&save.child);
    status = status == SONO_OK ? check_length(&save, target.fd, err) : status;
    status = status == SONO_OK ? sono_file_target_commit(&target, err) : status;
    sono_file_target_abort(&target);
    sono_free(save.channel);
    if (status == SONO_OK && report) {
        *report = (SonoSaveReport){.n_frames = save.n_frames, .n_clipped = save.n_clipped};
    }
    return status;
}
