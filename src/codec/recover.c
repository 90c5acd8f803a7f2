/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorder that is killed leaves a WAV or RF64 file whose header says that it holds nothing, with all the sound
 * behind it: libsndfile opens it with 0 frames. A CAF file that lost its end it refuses altogether. Both can be heard.
 */
#include "recover.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"

enum { MAX_CHUNKS = 1000 };

static uint32_t le32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool read_at(int fd, int64_t offset, unsigned char *to, size_t n_bytes)
{
    return lseek(fd, offset, SEEK_SET) == offset && read(fd, to, n_bytes) == (ssize_t)n_bytes;
}

/* An honest empty data chunk is followed by nothing, or by chunks that fill the file exactly. */
static bool chunks_fill_rest(int fd, int64_t offset, int64_t file_bytes)
{
    unsigned char head[8];
    for (int i = 0; i < MAX_CHUNKS && offset < file_bytes; i++) {
        if (!read_at(fd, offset, head, sizeof head)) {
            return false;
        }
        const int64_t size = le32(head + 4);
        offset += 8 + size + (size & 1);
    }
    return offset == file_bytes;
}

/* Where the samples begin, if the data chunk says 0 bytes and yet there are some; -1 if not so. */
static int64_t unfinished_data(int fd)
{
    struct stat st;
    unsigned char head[12];
    if (fstat(fd, &st) || !read_at(fd, 0, head, sizeof head) || memcmp(head + 8, "WAVE", 4) != 0) {
        return -1;
    }
    const bool rf64 = memcmp(head, "RF64", 4) == 0;
    if (!rf64 && memcmp(head, "RIFF", 4) != 0) {
        return -1;
    }
    int64_t offset = 12;
    for (int i = 0; i < MAX_CHUNKS; i++) {
        if (!read_at(fd, offset, head, 8)) {
            return -1;
        }
        const int64_t size = le32(head + 4);
        offset += 8;
        if (memcmp(head, "data", 4) == 0) {
            const bool empty = size == 0 || size == UINT32_MAX; /* RF64 writes the latter and a 0 in its ds64 chunk */
            return empty && offset < st.st_size && !chunks_fill_rest(fd, offset, st.st_size) ? offset : -1;
        }
        offset += size + (size & 1);
    }
    return -1;
}

static bool is_plain(int subtype)
{
    static const int plain[] = {SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_32,
                                SF_FORMAT_FLOAT,  SF_FORMAT_DOUBLE, SF_FORMAT_ULAW,   SF_FORMAT_ALAW};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (plain[i] == subtype) {
            return true;
        }
    }
    return false;
}

SNDFILE *codec_open_unfinished(SF_INFO *info)
{
    const int container = info->format & SF_FORMAT_TYPEMASK;
    const bool riff = container == SF_FORMAT_WAV || container == SF_FORMAT_WAVEX || container == SF_FORMAT_RF64;
    if (info->frames != 0 || !riff || !is_plain(info->format & SF_FORMAT_SUBMASK)) {
        return NULL;
    }
    sf_count_t offset = unfinished_data(CODEC_FD_FILE);
    if (offset < 0 || lseek(CODEC_FD_FILE, 0, SEEK_SET) != 0) {
        return NULL;
    }
    SF_INFO raw = {.samplerate = info->samplerate,
                   .channels = info->channels,
                   .format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | (info->format & SF_FORMAT_SUBMASK)};
    SNDFILE *bare = sf_open_fd(CODEC_FD_FILE, SFM_READ, &raw, 0);
    if (!bare) {
        return NULL;
    }
    if (sf_command(bare, SFC_SET_RAW_START_OFFSET, &offset, sizeof offset) != 0 ||
        sf_command(bare, SFC_GET_CURRENT_SF_INFO, &raw, sizeof raw) != 0 || raw.frames <= 0 ||
        sf_seek(bare, 0, SEEK_SET) != 0) {
        (void)sf_close(bare);
        return NULL;
    }
    info->frames = raw.frames;
    return bare;
}

/* Callbacks that read the file and say that it is endless, so that a chunk reaching past its end is not refused. */
static sf_count_t endless_length(void *ctx)
{
    (void)ctx;
    return INT64_C(1) << 60;
}

static sf_count_t plain_seek(sf_count_t offset, int whence, void *ctx)
{
    (void)ctx;
    return lseek(CODEC_FD_SPARE, offset, whence);
}

static sf_count_t plain_read(void *to, sf_count_t n_bytes, void *ctx)
{
    (void)ctx;
    const ssize_t n = read(CODEC_FD_SPARE, to, (size_t)n_bytes);
    return n > 0 ? n : 0;
}

static sf_count_t no_write(const void *from, sf_count_t n_bytes, void *ctx)
{
    (void)from;
    (void)n_bytes;
    (void)ctx;
    return 0;
}

static sf_count_t plain_tell(void *ctx)
{
    return plain_seek(0, SEEK_CUR, ctx);
}

SNDFILE *codec_open_cut_caf(SF_INFO *info)
{
    static SF_VIRTUAL_IO io = {endless_length, plain_seek, plain_read, no_write, plain_tell};
    unsigned char magic[4];
    if (!read_at(CODEC_FD_SPARE, 0, magic, sizeof magic) || memcmp(magic, "caff", 4) != 0 ||
        lseek(CODEC_FD_SPARE, 0, SEEK_SET) != 0) {
        return NULL;
    }
    *info = (SF_INFO){0};
    return sf_open_virtual(&io, SFM_READ, info, NULL);
}
