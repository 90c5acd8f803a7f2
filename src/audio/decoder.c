/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SonoDecoder: the parent's side of decoding. Blocks are asked for ahead (CODEC_N_STREAM_SLOTS under way), so that the
 * child decodes while the caller works. Samples are copied out of the shared area first and made finite in the copy:
 * the child could change them at any time. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decoder_internal.h"
#include "sono_mem.h"

/* A streaming request under way or answered. */
typedef struct Slot {
    uint64_t seq;
    bool answered;
    int64_t n_frames; /* when answered */
} Slot;

struct SonoDecoder {
    SonoCodecChild child;
    SonoAudioInfo info;
    SonoDecoderEnd end;
    int64_t block_frames;
    Slot slots[CODEC_N_STREAM_SLOTS]; /* a ring: oldest first, n_slots of them */
    int first_slot, n_slots;
    int64_t used_frames; /* of the oldest slot */
    bool at_end;
    int64_t n_received, n_done, n_scrubbed;
    SonoError failed;      /* code not OK: the child is gone */
    SonoDecoderSpan cache; /* the reader's */
};

/* Copy, setting what is not finite to zero; returns how many those were. */
static int64_t copy_finite(float *restrict dst, const float *restrict src, int64_t n)
{
    enum { PIECE = 2048 };
    int64_t n_scrubbed = 0;
    for (int64_t at = 0; at < n; at += PIECE) {
        const int64_t m = n - at < PIECE ? n - at : PIECE;
        uint32_t bits[PIECE];
        memcpy(bits, src + at, (size_t)m * sizeof *bits);
        uint32_t n_bad = 0;
        for (int64_t i = 0; i < m; i++) {
            const uint32_t bad = (bits[i] & UINT32_C(0x7f800000)) == UINT32_C(0x7f800000);
            n_bad += bad;
            bits[i] &= bad - 1;
        }
        memcpy(dst + at, bits, (size_t)m * sizeof *bits);
        n_scrubbed += n_bad;
    }
    return n_scrubbed;
}

static SonoStatus remember_failure(SonoDecoder *dec, const SonoError *why, SonoError *err)
{
    sono_codec_child_stop(&dec->child);
    dec->failed = *why;
    if (err) {
        *err = *why;
    }
    return why->code;
}

static SonoStatus ask_ahead(SonoDecoder *dec, SonoError *why)
{
    while (!dec->at_end && dec->n_slots < CODEC_N_STREAM_SLOTS) {
        const int index = (dec->first_slot + dec->n_slots) % CODEC_N_STREAM_SLOTS;
        CodecRequest request = {.type = CODEC_NEXT, .slot = (uint32_t)index, .n_frames = dec->block_frames};
        const SonoStatus status = sono_codec_child_send(&dec->child, &request, why);
        if (status != SONO_OK) {
            return status;
        }
        dec->slots[index] = (Slot){.seq = request.seq};
        dec->n_slots++;
    }
    return SONO_OK;
}

/* Receive the answer to a streaming request. */
static SonoStatus receive_block(SonoDecoder *dec, Slot *slot, SonoError *why)
{
    CodecReply reply;
    SonoStatus status = sono_codec_child_receive(&dec->child, CODEC_NEXT, slot->seq, &reply, why);
    if (status == SONO_OK) {
        status = sono_codec_reply_count(&reply, dec->block_frames, dec->child.file_name.text, why);
    }
    if (status != SONO_OK) {
        return status;
    }
    slot->answered = true;
    slot->n_frames = reply.n_frames;
    if (reply.flags & CODEC_FLAG_BROKEN) {
        dec->end.broken = true;
        dec->at_end = true; /* what a decoder gives after damage is not the sound */
        (void)snprintf(dec->end.reason, sizeof dec->end.reason, "%s", reply.text);
    }
    if (reply.n_frames == 0) {
        dec->at_end = true; /* stop asking */
    }
    dec->n_received += reply.n_frames;
    if (dec->n_received > CODEC_MAX_FRAMES) {
        return sono_fail(why, SONO_E_LIMIT, "%s: goes on for more than %lld frames", dec->child.file_name.text,
                         (long long)CODEC_MAX_FRAMES);
    }
    return SONO_OK;
}

static SonoStatus start(SonoDecoder *dec, const char *path, const SonoCodecOptions *options, SonoError *err)
{
    int fd = -1;
    SonoStatus status = sono_input_file_open(path, &fd, err);
    if (status != SONO_OK) {
        return status;
    }
    status = sono_codec_child_start(&dec->child, path, fd, false, options, err);
    (void)close(fd);
    CodecRequest request = {.type = CODEC_OPEN_READ};
    CodecReply reply;
    if (status == SONO_OK) {
        status = sono_codec_child_send(&dec->child, &request, err);
    }
    if (status == SONO_OK) {
        status = sono_codec_child_receive(&dec->child, CODEC_OPEN_READ, request.seq, &reply, err);
    }
    if (status == SONO_OK) {
        status = sono_codec_reply_info(&reply, dec->child.file_name.text, &dec->info, err);
    }
    if (status == SONO_OK) {
        dec->block_frames = codec_block_frames(dec->info.n_channels);
        dec->end.shorter_than_header = reply.flags & CODEC_FLAG_SHORTER;
        dec->end.recovered = reply.flags & CODEC_FLAG_RECOVERED;
        dec->child.n_total = dec->info.n_frames_claimed;
    }
    return status;
}

SonoStatus sono_decoder_open(const char *path, const SonoCodecOptions *options, SonoDecoder **out, SonoAudioInfo *info,
                             SonoError *err)
{
    SonoDecoder *dec = sono_calloc(1, sizeof *dec);
    if (!dec || pthread_mutex_init(&dec->cache.lock, NULL) != 0) {
        sono_free(dec);
        return sono_fail(err, SONO_E_NOMEM, "%s: out of memory", sono_short_name(path).text);
    }
    dec->child.socket = dec->child.lifeline = -1;
    const SonoStatus status = start(dec, path, options, err);
    if (status != SONO_OK) {
        sono_decoder_close(dec);
        return status;
    }
    if (info) {
        *info = dec->info;
    }
    *out = dec;
    return SONO_OK;
}

/* Copy from the oldest slot to frame done of the caller's planes; the slot is given back when it is used up. */
static int64_t take_frames(SonoDecoder *dec, int64_t most, int64_t done, float *const *pcm)
{
    const Slot *slot = &dec->slots[dec->first_slot];
    const float *planes =
        (const float *)(const void *)(dec->child.samples + (size_t)dec->first_slot * CODEC_SLOT_BYTES);
    const int64_t left = slot->n_frames - dec->used_frames;
    const int64_t n = left < most ? left : most;
    for (int c = 0; c < dec->info.n_channels; c++) {
        dec->n_scrubbed += copy_finite(pcm[c] + done, planes + c * dec->block_frames + dec->used_frames, n);
    }
    dec->used_frames += n;
    if (dec->used_frames == slot->n_frames) {
        dec->used_frames = 0;
        dec->first_slot = (dec->first_slot + 1) % CODEC_N_STREAM_SLOTS;
        dec->n_slots--;
    }
    return n;
}

SonoStatus sono_decoder_next(SonoDecoder *dec, int64_t n_frames, float *const *pcm, int64_t *n_read, SonoError *err)
{
    const SonoError failed = dec->failed;
    SonoError why = {0};
    int64_t done = 0;
    if (dec->failed.code != SONO_OK) {
        return remember_failure(dec, &failed, err);
    }
    if (n_frames < 0) {
        return sono_fail(err, SONO_E_INVALID, "%s: cannot read %lld frames", dec->child.file_name.text,
                         (long long)n_frames);
    }
    while (done < n_frames) {
        if (ask_ahead(dec, &why) != SONO_OK) {
            return remember_failure(dec, &why, err);
        }
        if (dec->n_slots == 0) {
            break; /* the end, and every answer used */
        }
        Slot *slot = &dec->slots[dec->first_slot];
        const bool fresh = !slot->answered;
        if (fresh && receive_block(dec, slot, &why) != SONO_OK) {
            return remember_failure(dec, &why, err);
        }
        const int64_t n = take_frames(dec, n_frames - done, done, pcm);
        done += n;
        dec->n_done += n;
        if (fresh && n > 0 && !sono_codec_child_progress(&dec->child, dec->n_done, dec->info.n_frames_claimed, &why)) {
            return remember_failure(dec, &why, err);
        }
    }
    *n_read = done;
    return SONO_OK;
}

/* One block of random access. Streaming answers that arrive first are kept for next(). */
static SonoStatus read_block_at(SonoDecoder *dec, int64_t start_frame, int64_t n_frames, int64_t *n_read,
                                SonoError *why)
{
    CodecRequest request = {
        .type = CODEC_READ_AT, .slot = CODEC_N_STREAM_SLOTS, .start_frame = start_frame, .n_frames = n_frames};
    SonoStatus status = sono_codec_child_send(&dec->child, &request, why);
    for (int i = 0; i < dec->n_slots && status == SONO_OK; i++) {
        Slot *slot = &dec->slots[(dec->first_slot + i) % CODEC_N_STREAM_SLOTS];
        if (!slot->answered) {
            status = receive_block(dec, slot, why);
        }
    }
    CodecReply reply;
    if (status == SONO_OK) {
        status = sono_codec_child_receive(&dec->child, CODEC_READ_AT, request.seq, &reply, why);
    }
    if (status == SONO_OK) {
        status = sono_codec_reply_count(&reply, n_frames, dec->child.file_name.text, why);
    }
    if (status == SONO_OK) {
        *n_read = reply.n_frames;
    }
    return status;
}

SonoStatus sono_decoder_read_at(SonoDecoder *dec, int64_t start_frame, int64_t n_frames, float *const *pcm,
                                SonoError *err)
{
    const SonoError failed = dec->failed;
    if (dec->failed.code != SONO_OK) {
        return remember_failure(dec, &failed, err);
    }
    if (!dec->info.seekable || n_frames < 0 || start_frame > INT64_MAX - n_frames) {
        return sono_fail(err, SONO_E_INVALID, "%s: no random access to frames %lld + %lld", dec->child.file_name.text,
                         (long long)start_frame, (long long)n_frames);
    }
    for (int c = 0; c < dec->info.n_channels; c++) {
        memset(pcm[c], 0, (size_t)n_frames * sizeof *pcm[c]);
    }
    const int64_t stop =
        start_frame + n_frames < dec->info.n_frames_claimed ? start_frame + n_frames : dec->info.n_frames_claimed;
    for (int64_t at = start_frame > 0 ? start_frame : 0; at < stop;) {
        const int64_t want = stop - at < dec->block_frames ? stop - at : dec->block_frames;
        int64_t got = 0;
        SonoError why = {0};
        if (read_block_at(dec, at, want, &got, &why) != SONO_OK) {
            return remember_failure(dec, &why, err);
        }
        const float *planes =
            (const float *)(const void *)(dec->child.samples + (size_t)CODEC_N_STREAM_SLOTS * CODEC_SLOT_BYTES);
        for (int c = 0; c < dec->info.n_channels; c++) {
            (void)copy_finite(pcm[c] + (at - start_frame), planes + c * want, got); /* next() counts them */
        }
        if (got < want) {
            break;
        }
        at += want;
    }
    return SONO_OK;
}

int64_t sono_decoder_n_scrubbed(const SonoDecoder *dec)
{
    return dec->n_scrubbed;
}

void sono_decoder_close(SonoDecoder *dec)
{
    if (dec) {
        sono_codec_child_stop(&dec->child);
        sono_free(dec->cache.pcm);
        (void)pthread_mutex_destroy(&dec->cache.lock);
        sono_free(dec);
    }
}

SonoDecoderEnd sono_decoder_end(const SonoDecoder *dec)
{
    SonoDecoderEnd end = dec->end;
    end.complete = dec->at_end && dec->n_slots == 0;
    end.n_frames = dec->n_done;
    return end;
}

const char *sono_decoder_name(const SonoDecoder *dec)
{
    return dec->child.file_name.text;
}

const SonoAudioInfo *sono_decoder_info(const SonoDecoder *dec)
{
    return &dec->info;
}

SonoDecoderSpan *sono_decoder_cache(SonoDecoder *dec)
{
    return &dec->cache;
}

int64_t sono_decoder_block_frames(const SonoDecoder *dec)
{
    return dec->block_frames;
}
