/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 500 mutated files of 13 formats through the sandbox, from one seed: whatever they do to libsndfile, this process gets
 * finite samples in a valid shape or one line of text, in time, and every child is reaped. */
#include <math.h>
#include <sndfile.h>
#include <string.h>

#include "codec_fixture.h"
#include "sono_clock.h"
#include "sono_test.h"

enum { N_FILES = 500, MAX_READ_FRAMES = 4000000 };
#define STALL_S 2.0

static const int formats[] = {
    SF_FORMAT_WAV | SF_FORMAT_PCM_16,  SF_FORMAT_WAVEX | SF_FORMAT_PCM_24,        SF_FORMAT_RF64 | SF_FORMAT_FLOAT,
    SF_FORMAT_W64 | SF_FORMAT_PCM_16,  SF_FORMAT_AIFF | SF_FORMAT_PCM_16,         SF_FORMAT_AU | SF_FORMAT_FLOAT,
    SF_FORMAT_CAF | SF_FORMAT_ALAC_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,         SF_FORMAT_OGG | SF_FORMAT_VORBIS,
    SF_FORMAT_OGG | SF_FORMAT_OPUS,    SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM,
    SF_FORMAT_VOC | SF_FORMAT_PCM_16,
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * UINT64_C(2685821657736338717) >> 11) % below;
}

/* A few changes, most of them where headers are. Returns the new length. */
static size_t mutate(unsigned char *bytes, size_t n, uint64_t *rng)
{
    static const uint32_t sizes[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff8, 0x10000, 3};
    const int n_changes = 1 + (int)draw(rng, 8);
    for (int k = 0; k < n_changes; k++) {
        const size_t span = draw(rng, 4) ? (n < 200 ? n : 200) : n;
        const size_t at = (size_t)draw(rng, span);
        switch (draw(rng, 5)) {
        case 0:
            bytes[at] ^= (unsigned char)(1U << draw(rng, 8));
            break;
        case 1:
            bytes[at] = (unsigned char)draw(rng, 256);
            break;
        case 2: { /* a size or count that lies */
            const uint32_t value = sizes[draw(rng, sizeof sizes / sizeof *sizes)];
            memcpy(bytes + at, &value, n - at < 4 ? n - at : 4);
            break;
        }
        case 3: { /* a piece moves */
            const size_t from = (size_t)draw(rng, n), m = (size_t)draw(rng, 64);
            const size_t most = n - (from > at ? from : at);
            memmove(bytes + at, bytes + from, m < most ? m : most);
            break;
        }
        default:
            n = draw(rng, 8) ? n : 1 + (size_t)draw(rng, n); /* cut */
            break;
        }
    }
    return n;
}

/* What one file did: 0 opened and read, 1 refused, 2 timed out. */
static int read_mutant(const char *path, int64_t *n_total)
{
    static float block[16384];
    const SonoCodecOptions options = {.stall_timeout_s = STALL_S};
    SonoDecoder *dec = NULL;
    SonoAudioInfo info = {0};
    SonoError err = {0};
    const double start_s = sono_now_s();
    SonoStatus status = sono_decoder_open(path, &options, &dec, &info, &err);
    int64_t total = 0;
    if (status == SONO_OK) {
        float *planes[SONO_MAX_CHANNELS];
        assert_true(info.n_channels >= 1 && info.n_channels <= SONO_MAX_CHANNELS);
        assert_true(info.rate_hz >= 1.0 && info.rate_hz <= 768000.0);
        assert_true(info.n_frames_claimed >= -1);
        const int64_t portion = 16384 / info.n_channels;
        for (int c = 0; c < info.n_channels; c++) {
            planes[c] = block + c * portion;
        }
        int64_t n = 1;
        while (status == SONO_OK && n > 0 && total < MAX_READ_FRAMES) {
            status = sono_decoder_next(dec, portion, planes, &n, &err);
            for (int64_t i = 0; status == SONO_OK && i < n; i++) {
                for (int c = 0; c < info.n_channels; c++) {
                    assert_true(isfinite(planes[c][i]));
                }
            }
            total += status == SONO_OK ? n : 0;
        }
        if (status == SONO_OK && info.seekable) {
            status = sono_decoder_read_at(dec, info.n_frames_claimed / 2, portion, planes, &err);
        }
    }
    const double took_s = sono_now_s() - start_s;
    sono_decoder_close(dec);
    *n_total = total;
    /* The limit is for one silence; these files are so short that even all their blocks together take no time. */
    if (took_s > 2.0 * STALL_S + 2.0) {
        fail_msg("%s took %.1f s: %s", path, took_s, err.message);
    }
    if (status != SONO_OK) {
        assert_true(status == SONO_E_FORMAT || status == SONO_E_TIMEOUT || status == SONO_E_NOMEM ||
                    status == SONO_E_IO);
        assert_non_null(strstr(err.message, path));
        assert_null(strchr(err.message, '\n'));
    }
    return status == SONO_OK ? 0 : status == SONO_E_TIMEOUT ? 2 : 1;
}

static void test_mutations(void **state)
{
    const Fixture *f = *state;
    uint64_t rng = 20240917;
    int counts[3] = {0};
    int64_t n_frames = 0;
    for (int k = 0; k < N_FILES; k++) {
        const char *seed = fixture_path(f, "seed"), *mutant = fixture_path(f, "mutant");
        static unsigned char *bytes[N_FORMATS];
        static size_t lengths[N_FORMATS];
        const int format = k % N_FORMATS;
        if (k < N_FORMATS) {
            assert_true(fixture_write_ints(seed, formats[format], 48000, 1 + format % 2, 6000, 16));
            bytes[format] = fixture_slurp(seed, &lengths[format]);
        }
        unsigned char *copy = malloc(lengths[format]);
        assert_non_null(copy);
        memcpy(copy, bytes[format], lengths[format]);
        const size_t n = k < N_FORMATS ? lengths[format] : mutate(copy, lengths[format], &rng);
        fixture_spill(mutant, copy, n);
        free(copy);
        int64_t read = 0;
        const int outcome = read_mutant(mutant, &read);
        if (k < N_FORMATS) { /* the seeds themselves are whole */
            assert_int_equal(outcome, 0);
            assert_true(read >= 6000);
        }
        counts[outcome]++;
        n_frames += read;
        if (k >= N_FILES - N_FORMATS) {
            free(bytes[format]);
        }
    }
    fixture_assert_no_children();
    print_message("%d files: %d read (%lld frames), %d refused, %d stopped for silence\n", N_FILES, counts[0],
                  (long long)n_frames, counts[1], counts[2]);
    assert_true(counts[0] > 50); /* the mutations reach the decoders, */
    assert_true(counts[1] > 50); /* and the parsers */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
