/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorder that is killed leaves a WAV or RF64 file whose header says that it holds nothing, with all the sound
 * behind it. libsndfile opens such a file with 0 frames; this finds where the sound begins. */
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

int64_t codec_unfinished_wav_data(int fd)
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
