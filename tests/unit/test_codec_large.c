/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Past 4 GiB: an 8 GiB RF64 file (a sparse one, nearly all silence) opens with bounded memory, keeps what is at its far
 * end, and comes back from a save as RF64. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec_fixture.h"
#include "sono_clock.h"
#include "sono_test.h"

#define DATA_BYTES (INT64_C(8) << 30)
enum { N_CHANNELS = 2, HEADER_BYTES = 80 };

static void put(unsigned char *p, uint64_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++) {
        p[i] = (unsigned char)(value >> (8 * i));
    }
}

/* RF64 with ds64, 16-bit stereo; a few frames that are not zero at the start, past 4 GiB and at the end. */
static void make_sparse(const char *path)
{
    static const int64_t marks[] = {0, (INT64_C(5) << 30) / 4, DATA_BYTES / 4 - 1};
    unsigned char head[HEADER_BYTES];
    memset(head, 0, sizeof head);
    memcpy(head, "RF64\xff\xff\xff\xffWAVEds64", 16);
    put(head + 16, 28, 4);
    put(head + 20, (uint64_t)DATA_BYTES + HEADER_BYTES - 8, 8);
    put(head + 28, (uint64_t)DATA_BYTES, 8);
    put(head + 36, (uint64_t)DATA_BYTES / 4, 8);
    memcpy(head + 48, "fmt ", 4);
    put(head + 52, 16, 4);
    put(head + 56, 1, 2);
    put(head + 58, N_CHANNELS, 2);
    put(head + 60, 48000, 4);
    put(head + 64, 48000 * 4, 4);
    put(head + 68, 4, 2);
    put(head + 70, 16, 2);
    memcpy(head + 72, "data\xff\xff\xff\xff", 8);
    const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, head, sizeof head, 0), sizeof head);
    assert_int_equal(ftruncate(fd, DATA_BYTES + HEADER_BYTES), 0);
    for (size_t i = 0; i < 3; i++) {
        const int16_t frame[2] = {(int16_t)(1000 * ((int)i + 1)), (int16_t)(-1000 * ((int)i + 1))};
        assert_int_equal(pwrite(fd, frame, sizeof frame, HEADER_BYTES + marks[i] * 4), sizeof frame);
    }
    assert_int_equal(close(fd), 0);
}

static long resident_mib(void)
{
    long pages = 0, ignored = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &ignored, &pages), 2);
    (void)fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

static bool watch(void *ctx, int64_t n_done, int64_t n_total)
{
    long *most = ctx;
    const long now = resident_mib();
    *most = now > *most ? now : *most;
    assert_true(n_done <= n_total);
    return true;
}

static void check_marks(const SonoClip *clip)
{
    static const int64_t marks[] = {0, (INT64_C(5) << 30) / 4, DATA_BYTES / 4 - 1};
    SonoError err = {0};
    assert_int_equal(sono_clip_n_frames(clip), DATA_BYTES / 4);
    for (int i = 0; i < 3; i++) {
        for (int c = 0; c < N_CHANNELS; c++) {
            float x[3];
            assert_ok(sono_clip_read(clip, c, marks[i] - 1, 3, x, &err), err);
            assert_true(x[0] == 0.0f && x[2] == 0.0f);
            assert_true(x[1] == (c ? -1000.0f : 1000.0f) * (float)(i + 1) / 32768.0f);
        }
    }
}

/* On tmpfs, reading a hole takes no memory; elsewhere the kernel fills its cache with 8 GiB of zeros first. */
static const char *sparse_path(const Fixture *f)
{
    static char path[64];
    if (access("/dev/shm", W_OK) != 0) {
        return fixture_path(f, "huge.wav");
    }
    (void)snprintf(path, sizeof path, "/dev/shm/sono-codec-huge-%d.wav", (int)getpid());
    return path;
}

static void test_eight_gibibytes(void **state)
{
    const Fixture *f = *state;
    const char *path = sparse_path(f);
    long most_mib = 0;
    const SonoCodecOptions options = {.progress = watch, .progress_ctx = &most_mib};
    SonoClip *clip = NULL;
    SonoLoadReport report;
    SonoError err = {0};
    make_sparse(path);
    const double start_s = sono_now_s();
    assert_ok(sono_clip_load(path, &options, f->store, &clip, &report, &err), err);
    const double took_s = sono_now_s() - start_s;
    assert_string_equal(report.info.format, "RF64");
    assert_string_equal(report.warning, "");
    print_message("8 GiB of 16-bit stereo: %.1f s (%.0f MB/s), at most %ld MiB resident\n", took_s,
                  (double)DATA_BYTES / 1e6 / took_s, most_mib);
    assert_true(most_mib < 1024);
    check_marks(clip);
    sono_clip_unref(clip);

    /* Before anything is decoded, a first picture can look anywhere. */
    SonoDecoder *dec = NULL;
    assert_ok(sono_decoder_open(path, NULL, &dec, NULL, &err), err);
    const SonoPcmReader reader = sono_decoder_reader(dec);
    float x[2];
    assert_int_equal(reader.n_frames, DATA_BYTES / 4);
    assert_ok(reader.read(reader.ctx, 1, reader.n_frames - 1, 2, x, &err), err);
    assert_true(x[0] == -3000.0f / 32768.0f && x[1] == 0.0f);
    sono_decoder_close(dec);
    assert_int_equal(unlink(path), 0);
}

static float ramp(void *ctx, int64_t i, int c)
{
    (void)ctx;
    return ldexpf((float)((i + c) % 65536 - 32768), -15);
}

/* A clip past 4 GiB costs little when its blocks are shared: silence with sound at both ends. */
static void test_write_past_four_gibibytes(void **state)
{
    const Fixture *f = *state;
    enum { CHANNELS = 256, BLOCK = 65536, N_BLOCKS = 130, TAIL = 1000 };
    const char *path = fixture_path(f, "large.wav");
    SonoClipBuilder *builder = NULL;
    SonoClip *clip = NULL, *back = NULL;
    SonoError err = {0};
    float *silence = calloc(BLOCK, sizeof *silence), *sound = malloc(TAIL * sizeof *sound);
    const float *planes[CHANNELS];
    assert_non_null(silence);
    assert_non_null(sound);
    for (int i = 0; i < TAIL; i++) {
        sound[i] = ramp(NULL, i, 0);
    }
    assert_ok(sono_clip_builder_new(f->store, 48000.0, CHANNELS, &builder, &err), err);
    for (int b = 0; b < N_BLOCKS; b++) {
        for (int c = 0; c < CHANNELS; c++) {
            planes[c] = silence;
        }
        assert_ok(sono_clip_builder_append(builder, planes, BLOCK, &err), err);
    }
    for (int c = 0; c < CHANNELS; c++) {
        planes[c] = sound;
    }
    assert_ok(sono_clip_builder_append(builder, planes, TAIL, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &clip, &err), err);
    const int64_t n_frames = (int64_t)N_BLOCKS * BLOCK + TAIL;
    const SonoEncodeOptions wav = {.file = SONO_FILE_WAV, .sample = SONO_SAMPLE_PCM16};
    const SonoEncodeOptions aiff = {.file = SONO_FILE_AIFF, .sample = SONO_SAMPLE_PCM16};
    assert_int_equal(sono_clip_save(clip, path, &aiff, NULL, NULL, &err), SONO_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "4 GiB"));
    const double start_s = sono_now_s();
    assert_ok(sono_clip_save(clip, path, &wav, NULL, NULL, &err), err);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > (INT64_C(1) << 32));
    print_message("%.2f GiB written in %.1f s\n", (double)st.st_size / 1073741824.0, sono_now_s() - start_s);
    SonoAudioInfo info;
    SonoDecoder *dec = NULL;
    assert_ok(sono_decoder_open(path, NULL, &dec, &info, &err), err);
    assert_string_equal(info.format, "RF64");
    assert_int_equal(info.n_frames_claimed, n_frames);
    const SonoPcmReader reader = sono_decoder_reader(dec);
    for (int c = 0; c < CHANNELS; c += 51) {
        float x[TAIL];
        assert_ok(reader.read(reader.ctx, c, n_frames - TAIL, TAIL, x, &err), err);
        assert_memory_equal(x, sound, sizeof x);
    }
    sono_decoder_close(dec);
    assert_int_equal(unlink(path), 0);
    sono_clip_unref(clip);
    sono_clip_unref(back);
    free(silence);
    free(sound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eight_gibibytes),
        cmocka_unit_test(test_write_past_four_gibibytes),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
