/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoding: one file through libsndfile, block by block, de-interleaved into the shared area. 16-bit samples are read
 * as shorts and scaled here (a few times faster than libsndfile's float path, same values); all others as floats.
 * Integers come out as q / 2^(bits-1): exact up to 24 bits; 32-bit integers are rounded to float's 24. */
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec.h"
#include "recover.h"
#include "sono_error.h"
#include "sono_mem.h"

/* Frames converted at a time: what was just read is still in the first-level cache when it is de-interleaved. */
enum { CHUNK_SAMPLES = 8192 };

struct CodecDecode {
    SNDFILE *file;
    int n_channels;
    bool as_short;
    bool broken;        /* damage was met; what libsndfile would give after it is not the sound */
    int64_t next_frame; /* where CODEC_NEXT goes on */
    int64_t file_frame; /* where libsndfile stands */
    void *chunk;        /* CHUNK_SAMPLES or one frame, short or float */
    int64_t chunk_frames;
};

typedef struct NamedCode {
    int code;
    const char *name;
    int bits; /* subtypes only */
} NamedCode;

static const NamedCode containers[] = {
    {SF_FORMAT_WAV, "WAV", 0},   {SF_FORMAT_WAVEX, "WAV", 0}, {SF_FORMAT_RF64, "RF64", 0}, {SF_FORMAT_W64, "W64", 0},
    {SF_FORMAT_AIFF, "AIFF", 0}, {SF_FORMAT_AU, "AU", 0},     {SF_FORMAT_CAF, "CAF", 0},   {SF_FORMAT_FLAC, "FLAC", 0},
    {SF_FORMAT_OGG, "OGG", 0},   {SF_FORMAT_MPEG, "MPEG", 0}, {SF_FORMAT_PAF, "PAF", 0},   {SF_FORMAT_SVX, "IFF", 0},
    {SF_FORMAT_NIST, "NIST", 0}, {SF_FORMAT_VOC, "VOC", 0},   {SF_FORMAT_IRCAM, "SF", 0},  {SF_FORMAT_MAT4, "MAT4", 0},
    {SF_FORMAT_MAT5, "MAT5", 0}, {SF_FORMAT_PVF, "PVF", 0},   {SF_FORMAT_XI, "XI", 0},     {SF_FORMAT_HTK, "HTK", 0},
    {SF_FORMAT_SDS, "SDS", 0},   {SF_FORMAT_AVR, "AVR", 0},   {SF_FORMAT_SD2, "SD2", 0},   {SF_FORMAT_WVE, "WVE", 0},
    {SF_FORMAT_MPC2K, "MPC", 0},
};

static const NamedCode encodings[] = {
    {SF_FORMAT_PCM_S8, "PCM_S8", 8},
    {SF_FORMAT_PCM_U8, "PCM_U8", 8},
    {SF_FORMAT_PCM_16, "PCM_16", 16},
    {SF_FORMAT_PCM_24, "PCM_24", 24},
    {SF_FORMAT_PCM_32, "PCM_32", 32},
    {SF_FORMAT_FLOAT, "FLOAT", 32},
    {SF_FORMAT_DOUBLE, "DOUBLE", 64},
    {SF_FORMAT_ULAW, "ULAW", 0},
    {SF_FORMAT_ALAW, "ALAW", 0},
    {SF_FORMAT_IMA_ADPCM, "IMA_ADPCM", 0},
    {SF_FORMAT_MS_ADPCM, "MS_ADPCM", 0},
    {SF_FORMAT_GSM610, "GSM610", 0},
    {SF_FORMAT_VOX_ADPCM, "VOX_ADPCM", 0},
    {SF_FORMAT_NMS_ADPCM_16, "NMS_ADPCM_16", 0},
    {SF_FORMAT_NMS_ADPCM_24, "NMS_ADPCM_24", 0},
    {SF_FORMAT_NMS_ADPCM_32, "NMS_ADPCM_32", 0},
    {SF_FORMAT_G721_32, "G721_32", 0},
    {SF_FORMAT_G723_24, "G723_24", 0},
    {SF_FORMAT_G723_40, "G723_40", 0},
    {SF_FORMAT_DWVW_12, "DWVW_12", 12},
    {SF_FORMAT_DWVW_16, "DWVW_16", 16},
    {SF_FORMAT_DWVW_24, "DWVW_24", 24},
    {SF_FORMAT_DPCM_8, "DPCM_8", 8},
    {SF_FORMAT_DPCM_16, "DPCM_16", 16},
    {SF_FORMAT_VORBIS, "VORBIS", 0},
    {SF_FORMAT_OPUS, "OPUS", 0},
    {SF_FORMAT_ALAC_16, "ALAC_16", 16},
    {SF_FORMAT_ALAC_20, "ALAC_20", 20},
    {SF_FORMAT_ALAC_24, "ALAC_24", 24},
    {SF_FORMAT_ALAC_32, "ALAC_32", 32},
    {SF_FORMAT_MPEG_LAYER_I, "MPEG_LAYER_I", 0},
    {SF_FORMAT_MPEG_LAYER_II, "MPEG_LAYER_II", 0},
    {SF_FORMAT_MPEG_LAYER_III, "MPEG_LAYER_III", 0},
};

static NamedCode find(const NamedCode *table, size_t n, int code)
{
    for (size_t i = 0; i < n; i++) {
        if (table[i].code == code) {
            return table[i];
        }
    }
    return (NamedCode){code, "UNKNOWN", 0};
}

/* Fixed-size samples in a container that stores them as they are: a seek is one multiplication. */
static bool is_random_access(const SF_INFO *info)
{
    switch (info->format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
        break;
    default:
        return false;
    }
    switch (info->format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_FLAC:
    case SF_FORMAT_PAF: /* 24 bits come in packed blocks */
    case SF_FORMAT_SDS:
    case SF_FORMAT_VOC:
        return false;
    default:
        return info->seekable != 0;
    }
}

/* libsndfile mends sizes that reach past the file's end and only tells its log: "data : 1000 (should be 500)". */
static bool log_tells_of_missing_samples(SNDFILE *file)
{
    static const char *const sizes[] = {
        "data : ", " SSND : ", " BODY : ", "  Data Size   : ", "riff : ", "  Riff size : "};
    static const char *const words[] = {"seems to be truncated", "ended unexpectedly", "Seems to be a truncated"};
    char log[4096] = "";
    (void)sf_command(file, SFC_GET_LOG_INFO, log, sizeof log);
    log[sizeof log - 1] = 0;
    char *rest = NULL;
    for (const char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strstr(line, words[i])) {
                return true;
            }
        }
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const size_t n = strlen(sizes[i]);
            char *end;
            if (strncmp(line, sizes[i], n) != 0) {
                continue;
            }
            const unsigned long long claimed = strtoull(line + n, &end, 10);
            const bool open_end = claimed == UINT32_MAX || claimed == 0; /* written to a pipe: the end was unknown */
            if (!open_end && strncmp(end, " (should be ", 12) == 0 && claimed > strtoull(end + 12, NULL, 10)) {
                return true;
            }
        }
    }
    return false;
}

static void describe(const SF_INFO *info, CodecReply *reply)
{
    const NamedCode container =
        find(containers, sizeof containers / sizeof *containers, info->format & SF_FORMAT_TYPEMASK);
    const NamedCode encoding = find(encodings, sizeof encodings / sizeof *encodings, info->format & SF_FORMAT_SUBMASK);
    (void)snprintf(reply->format, sizeof reply->format, "%s", container.name);
    (void)snprintf(reply->subtype, sizeof reply->subtype, "%s", encoding.name);
    reply->bits = encoding.bits;
    reply->n_channels = info->channels;
    reply->rate_hz = info->samplerate;
    /* An Ogg stream without its last page says SF_COUNT_MAX. */
    const bool known = info->frames >= 0 && info->frames <= CODEC_MAX_FRAMES;
    reply->n_frames = known ? info->frames : -1;
    if (!known && (info->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG) {
        reply->flags |= CODEC_FLAG_SHORTER;
    }
    if (known && is_random_access(info)) {
        reply->flags |= CODEC_FLAG_SEEKABLE;
    }
}

void codec_decode_open(CodecDecode **out, CodecReply *reply)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open_fd(CODEC_FD_FILE, SFM_READ, &info, 0);
    CodecDecode *decode = NULL;
    if (!file && (file = codec_open_cut_caf(&info))) {
        reply->flags |= CODEC_FLAG_SHORTER;
    }
    if (!file) {
        const int code = sf_error(NULL);
        codec_refuse(reply, code == SF_ERR_SYSTEM ? SONO_E_IO : SONO_E_FORMAT, sf_strerror(NULL));
        return;
    }
    if (info.channels < 1 || info.channels > CODEC_MAX_CHANNELS || info.samplerate < 1 ||
        info.samplerate > CODEC_MAX_RATE_HZ) {
        char text[sizeof reply->text];
        (void)snprintf(text, sizeof text, "%d channels at %d Hz is outside what can be opened (1 to %d, 1 to %d)",
                       info.channels, info.samplerate, CODEC_MAX_CHANNELS, CODEC_MAX_RATE_HZ);
        codec_refuse(reply, SONO_E_FORMAT, text);
        goto fail;
    }
    SNDFILE *recovered = codec_open_unfinished(&info);
    if (recovered) {
        (void)sf_close(file);
        file = recovered;
        reply->flags |= CODEC_FLAG_RECOVERED;
    } else if (log_tells_of_missing_samples(file)) {
        reply->flags |= CODEC_FLAG_SHORTER;
    }
    decode = sono_calloc(1, sizeof *decode);
    const int64_t chunk_frames = CHUNK_SAMPLES / info.channels > 0 ? CHUNK_SAMPLES / info.channels : 1;
    void *chunk = sono_alloc_aligned((size_t)(chunk_frames * info.channels), sizeof(float));
    if (!decode || !chunk) {
        sono_free(chunk);
        codec_refuse(reply, SONO_E_NOMEM, "out of memory");
        goto fail;
    }
    *decode = (CodecDecode){.file = file,
                            .n_channels = info.channels,
                            .as_short = (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16,
                            .chunk = chunk,
                            .chunk_frames = chunk_frames};
    describe(&info, reply);
    *out = decode;
    return;
fail:
    sono_free(decode);
    (void)sf_close(file);
}

static void spread_short(const short *restrict in, int64_t n_frames, int n_channels, float *restrict out,
                         int64_t stride)
{
    const float scale = 1.0f / 32768.0f;
    if (n_channels == 2) { /* the common case, in a form compilers vectorise */
        float *restrict right = out + stride;
        for (int64_t i = 0; i < n_frames; i++) {
            out[i] = (float)in[2 * i] * scale;
            right[i] = (float)in[2 * i + 1] * scale;
        }
        return;
    }
    for (int c = 0; c < n_channels; c++) {
        float *restrict plane = out + c * stride;
        for (int64_t i = 0; i < n_frames; i++) {
            plane[i] = (float)in[i * n_channels + c] * scale;
        }
    }
}

static void spread_float(const float *restrict in, int64_t n_frames, int n_channels, float *restrict out,
                         int64_t stride)
{
    for (int c = 0; c < n_channels; c++) {
        float *restrict plane = out + c * stride;
        for (int64_t i = 0; i < n_frames; i++) {
            plane[i] = in[i * n_channels + c];
        }
    }
}

/* Frames read, from where the file stands, into planes of stride floats. */
static int64_t read_planes(CodecDecode *decode, float *planes, int64_t n_frames, int64_t stride)
{
    int64_t done = 0;
    while (done < n_frames) {
        const int64_t want = n_frames - done < decode->chunk_frames ? n_frames - done : decode->chunk_frames;
        const int64_t got = decode->as_short ? sf_readf_short(decode->file, decode->chunk, want)
                                             : sf_readf_float(decode->file, decode->chunk, want);
        if (got <= 0) {
            break;
        }
        if (decode->as_short) {
            spread_short(decode->chunk, got, decode->n_channels, planes + done, stride);
        } else {
            spread_float(decode->chunk, got, decode->n_channels, planes + done, stride);
        }
        done += got;
        if (got < want) {
            break;
        }
    }
    decode->file_frame += done;
    return done;
}

void codec_decode_read(CodecDecode *decode, const CodecRequest *request, char *samples, CodecReply *reply)
{
    const bool random = request->type == CODEC_READ_AT;
    if (request->n_frames < 1 || request->n_frames > codec_block_frames(decode->n_channels) ||
        (random && request->start_frame < 0)) {
        codec_refuse(reply, SONO_E_INVALID, "a block of that size does not fit");
        return;
    }
    if (decode->broken && !random) {
        reply->n_frames = 0;
        return;
    }
    const int64_t from = random ? request->start_frame : decode->next_frame;
    if (from != decode->file_frame) {
        const sf_count_t at = sf_seek(decode->file, from, SEEK_SET);
        if (at != from) { /* a random read past the end: nothing there; the stream's own place must be found again */
            reply->n_frames = 0;
            decode->file_frame = -1;
            if (!random) {
                decode->broken = true;
                reply->flags |= CODEC_FLAG_BROKEN;
                (void)snprintf(reply->text, sizeof reply->text, "cannot return to frame %lld", (long long)from);
            }
            return;
        }
        decode->file_frame = at;
    }
    float *planes = (float *)(void *)(samples + (size_t)request->slot * CODEC_SLOT_BYTES);
    reply->n_frames = read_planes(decode, planes, request->n_frames, request->n_frames);
    if (!random) {
        decode->next_frame = decode->file_frame;
    }
    if (reply->n_frames < request->n_frames && sf_error(decode->file) != SF_ERR_NO_ERROR) {
        decode->broken = !random;
        reply->flags |= CODEC_FLAG_BROKEN;
        (void)snprintf(reply->text, sizeof reply->text, "%s", sf_strerror(decode->file));
    }
}
