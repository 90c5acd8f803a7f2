/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sono_test.h"

const unsigned char fixture_hanging_wav[88] = {
    'R',  'I',  'F', 'F', 80,   0,    0,    0,    'W', 'A', 'V',  'E',  'f', 'm', 't', ' ', 16,   0,
    0,    0,    1,   0,   1,    0,    0x40, 0x1f, 0,   0,   0x80, 0x3e, 0,   0,   2,   0,   16,   0,
    'L',  'I',  'S', 'T', 13,   0,    0,    0,    'I', 'N', 'F',  'O',  'f', 'i', 'l', 'e', 0xf8, 0xff,
    0xff, 0xff, 1,   1,   0xff, 0xff, 'd',  'a',  't', 'a', 20,   0,    0,   0,   1,   2,   1,    2,
    1,    2,    1,   2,   1,    2,    1,    2,    1,   2,   1,    2,    1,   2,   1,   2};

int fixture_setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    SonoError err = {0};
    assert_non_null(f);
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/sono-codec-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    assert_ok(sono_pcm_store_new(0, f->folder, &f->store, &err), err);
    *state = f;
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *where)
{
    (void)st;
    (void)flag;
    (void)where;
    return remove(path);
}

int fixture_teardown(void **state)
{
    Fixture *f = *state;
    sono_pcm_store_unref(f->store);
    (void)nftw(f->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

const char *fixture_path(const Fixture *f, const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", f->folder, name);
    return path;
}

int32_t fixture_level(int64_t i, int c, int bits)
{
    const int64_t full = INT64_C(1) << (bits - 1);
    if (i % 97 < 4) {
        const int64_t edges[] = {-full, full - 1, 0, -1};
        return (int32_t)edges[i % 97];
    }
    uint64_t z = ((uint64_t)i * 256 + (uint64_t)c + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (int32_t)((int64_t)(z >> (64 - bits)) - full);
}

bool fixture_write_ints(const char *path, int format, int rate_hz, int n_channels, int64_t n_frames, int bits)
{
    SF_INFO info = {.samplerate = rate_hz, .channels = n_channels, .format = format};
    SNDFILE *file = sf_format_check(&info) ? sf_open(path, SFM_WRITE, &info) : NULL;
    if (!file) {
        return false;
    }
    int frame[256];
    float scaled[256];
    const int subtype = format & SF_FORMAT_SUBMASK;
    const bool as_float =
        subtype == SF_FORMAT_FLOAT || subtype == SF_FORMAT_DOUBLE; /* ints are stored unscaled there */
    bool ok = true;
    for (int64_t i = 0; i < n_frames && ok; i++) {
        for (int c = 0; c < n_channels; c++) {
            frame[c] = (int)((uint32_t)fixture_level(i, c, bits) << (32 - bits));
            scaled[c] = ldexpf((float)fixture_level(i, c, bits), 1 - bits);
        }
        ok = (as_float ? sf_writef_float(file, scaled, 1) : sf_writef_int(file, frame, 1)) == 1;
    }
    return sf_close(file) == 0 && ok;
}

unsigned char *fixture_slurp(const char *path, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long n = ftell(file);
    assert_true(n >= 0);
    rewind(file);
    unsigned char *bytes = malloc((size_t)n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)n, file), n);
    (void)fclose(file);
    *n_bytes = (size_t)n;
    return bytes;
}

void fixture_spill(const char *path, const void *data, size_t n_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

void fixture_truncate(const char *from, const char *to, int per_mille)
{
    size_t n;
    unsigned char *bytes = fixture_slurp(from, &n);
    fixture_spill(to, bytes, n * (size_t)per_mille / 1000);
    free(bytes);
}

size_t fixture_riff_data(const unsigned char *bytes, size_t n_bytes, size_t *n_data)
{
    size_t at = 12;
    while (at + 8 <= n_bytes) {
        const size_t size = (size_t)bytes[at + 4] | (size_t)bytes[at + 5] << 8 | (size_t)bytes[at + 6] << 16 |
                            (size_t)bytes[at + 7] << 24;
        if (memcmp(bytes + at, "data", 4) == 0) {
            *n_data = size;
            return at + 8;
        }
        at += 8 + size + (size & 1);
    }
    fail_msg("no data chunk");
    return 0;
}

SonoClip *fixture_clip(const Fixture *f, double rate_hz, int n_channels, int64_t n_frames,
                       float (*fill)(void *ctx, int64_t i, int c), void *ctx)
{
    SonoError err = {0};
    SonoClipBuilder *builder = NULL;
    SonoClip *clip = NULL;
    float *planes[256];
    assert_ok(sono_clip_builder_new(f->store, rate_hz, n_channels, &builder, &err), err);
    for (int c = 0; c < n_channels; c++) {
        planes[c] = calloc((size_t)n_frames + 1, sizeof(float));
        assert_non_null(planes[c]);
        for (int64_t i = 0; i < n_frames; i++) {
            planes[c][i] = fill(ctx, i, c);
        }
    }
    assert_ok(sono_clip_builder_append(builder, (const float *const *)planes, n_frames, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &clip, &err), err);
    for (int c = 0; c < n_channels; c++) {
        free(planes[c]);
    }
    return clip;
}

void fixture_assert_no_children(void)
{
    errno = 0;
    const pid_t pid = waitpid(-1, NULL, WNOHANG);
    assert_int_equal(pid, -1);
    assert_int_equal(errno, ECHILD);
}

int fixture_n_temporaries(const Fixture *f)
{
    int n = 0;
    DIR *dir = opendir(f->folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        n += strncmp(entry->d_name, ".sonobrush-", 11) == 0;
    }
    (void)closedir(dir);
    return n;
}
