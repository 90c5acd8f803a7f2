/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encoding: blocks of interleaved samples from the shared area to libsndfile, which writes through the callbacks below,
 * so that no failed write goes unseen: libsndfile forgets those that happen while it closes an encoder.
 * Integers arrive left-justified and reach the file as they are; libsndfile's float calls would change them. */
#include <errno.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "sono_codec.h"
#include "sono_mem.h"

enum { WRITE_FRAMES = 4096 };

struct CodecEncode {
    SNDFILE *file;
    int n_channels;
    bool as_int;
    int failed_errno; /* of the first write, seek or size question that failed */
};

static sf_count_t file_length(void *ctx)
{
    CodecEncode *encode = ctx;
    struct stat st;
    if (fstat(CODEC_FD_FILE, &st)) {
        encode->failed_errno = errno;
        return -1;
    }
    return st.st_size;
}

static sf_count_t file_seek(sf_count_t offset, int whence, void *ctx)
{
    CodecEncode *encode = ctx;
    const off_t at = lseek(CODEC_FD_FILE, offset, whence);
    if (at < 0 && !encode->failed_errno) {
        encode->failed_errno = errno;
    }
    return at;
}

static sf_count_t file_read(void *to, sf_count_t n_bytes, void *ctx)
{
    (void)ctx;
    return read(CODEC_FD_FILE, to, (size_t)n_bytes);
}

static sf_count_t file_write(const void *from, sf_count_t n_bytes, void *ctx)
{
    CodecEncode *encode = ctx;
    sf_count_t done = 0;
    while (done < n_bytes && !encode->failed_errno) {
        const ssize_t n = write(CODEC_FD_FILE, (const char *)from + done, (size_t)(n_bytes - done));
        if (n > 0) {
            done += n;
        } else if (n == 0 || errno != EINTR) {
            encode->failed_errno = n == 0 ? EIO : errno;
        }
    }
    return done;
}

static sf_count_t file_tell(void *ctx)
{
    return file_seek(0, SEEK_CUR, ctx);
}

static int sample_code(int sample, int file)
{
    switch (sample) {
    case SONO_SAMPLE_PCM8:
        return file == SONO_FILE_WAV ? SF_FORMAT_PCM_U8 : SF_FORMAT_PCM_S8;
    case SONO_SAMPLE_PCM16:
        return SF_FORMAT_PCM_16;
    case SONO_SAMPLE_PCM24:
        return SF_FORMAT_PCM_24;
    case SONO_SAMPLE_PCM32:
        return SF_FORMAT_PCM_32;
    case SONO_SAMPLE_FLOAT32:
        return SF_FORMAT_FLOAT;
    case SONO_SAMPLE_VORBIS:
        return SF_FORMAT_VORBIS;
    default:
        return 0;
    }
}

static int file_code(const CodecRequest *request)
{
    switch (request->file) {
    case SONO_FILE_WAV:
        if (request->large) {
            return SF_FORMAT_RF64;
        }
        return request->n_channels > 2 ? SF_FORMAT_WAVEX : SF_FORMAT_WAV;
    case SONO_FILE_AIFF:
        return SF_FORMAT_AIFF;
    case SONO_FILE_FLAC:
        return SF_FORMAT_FLAC;
    case SONO_FILE_OGG:
        return SF_FORMAT_OGG;
    default:
        return 0;
    }
}

void codec_encode_open(CodecEncode **out, const CodecRequest *request, CodecReply *reply)
{
    CodecEncode *encode = sono_calloc(1, sizeof *encode);
    if (!encode) {
        codec_refuse(reply, SONO_E_NOMEM, "out of memory");
        return;
    }
    encode->n_channels = request->n_channels;
    encode->as_int = request->sample != SONO_SAMPLE_FLOAT32 && request->sample != SONO_SAMPLE_VORBIS;
    SF_INFO info = {.samplerate = request->rate_hz,
                    .channels = request->n_channels,
                    .format = file_code(request) | sample_code(request->sample, request->file)};
    if (request->n_channels < 1 || request->n_channels > CODEC_MAX_CHANNELS || !sf_format_check(&info)) {
        codec_refuse(reply, SONO_E_UNSUPPORTED, "this kind of file cannot hold such samples, channels or rate");
        sono_free(encode);
        return;
    }
    SF_VIRTUAL_IO io = {file_length, file_seek, file_read, file_write, file_tell};
    encode->file = sf_open_virtual(&io, SFM_WRITE, &info, encode);
    if (!encode->file) {
        codec_refuse(reply, encode->failed_errno ? SONO_E_IO : SONO_E_UNSUPPORTED,
                     encode->failed_errno ? strerror(encode->failed_errno) : sf_strerror(NULL));
        sono_free(encode);
        return;
    }
    /* No PEAK chunk: it holds the time of day, and the same sound must give the same bytes. */
    (void)sf_command(encode->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    double quality = request->quality;
    if (request->sample == SONO_SAMPLE_VORBIS) {
        (void)sf_command(encode->file, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
    }
    *out = encode;
}

static void refuse_failed_write(const CodecEncode *encode, const char *otherwise, CodecReply *reply)
{
    codec_refuse(reply, SONO_E_IO, encode->failed_errno ? strerror(encode->failed_errno) : otherwise);
}

void codec_encode_write(CodecEncode *encode, const CodecRequest *request, const char *samples, CodecReply *reply)
{
    if (request->n_frames < 1 || request->n_frames > codec_block_frames(encode->n_channels)) {
        codec_refuse(reply, SONO_E_INVALID, "a block of that size does not fit");
        return;
    }
    const char *slot = samples + (size_t)request->slot * CODEC_SLOT_BYTES;
    reply->n_frames = 0;
    while (reply->n_frames < request->n_frames) { /* the Vorbis encoder does not like long portions */
        const int64_t left = request->n_frames - reply->n_frames;
        const int64_t want = left < WRITE_FRAMES ? left : WRITE_FRAMES;
        const void *from = slot + (size_t)(reply->n_frames * encode->n_channels) * 4;
        const int64_t n =
            encode->as_int ? sf_writef_int(encode->file, from, want) : sf_writef_float(encode->file, from, want);
        reply->n_frames += n > 0 ? n : 0;
        if (n != want || encode->failed_errno) {
            break;
        }
    }
    if (reply->n_frames != request->n_frames || encode->failed_errno) {
        refuse_failed_write(encode, sf_strerror(encode->file), reply);
    }
}

void codec_encode_finish(CodecEncode *encode, CodecReply *reply)
{
    const int code = sf_close(encode->file);
    if (code != SF_ERR_NO_ERROR || encode->failed_errno) {
        refuse_failed_write(encode, sf_error_number(code), reply);
    }
    sono_free(encode);
}
