/* SPDX-License-Identifier: GPL-3.0-or-later */
/* e2e_tap DEVICE CHANNELS RATE OUT SECONDS: a client of its own that listens to a sound server's device (such as JACK's
 * "loopback") by PortAudio and nothing of Sonobrush's. Says "ready" when sound comes in; when its standard input ends
 * it writes what it heard to OUT (float32, interleaved) and to OUT.times one line for each callback: its first frame
 * and when it came, in ns of CLOCK_MONOTONIC. */
#define _GNU_SOURCE
#include <portaudio.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MAX_CALLS 2000000

typedef struct Call {
    int64_t frame, at_ns;
} Call;

typedef struct Tap {
    int n_channels;
    int64_t room_frames, n_frames;
    float *samples;
    Call *calls;
    int64_t n_calls;
    _Atomic int64_t n_told; /* frames, for the main thread */
    int64_t n_late;         /* callbacks that the server says came after a gap */
} Tap;

static int callback(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *times,
                    PaStreamCallbackFlags flags, void *ctx)
{
    Tap *tap = ctx;
    struct timespec t;
    (void)out;
    (void)times;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    if (tap->n_frames + (int64_t)n > tap->room_frames || tap->n_calls == MAX_CALLS) {
        return paComplete;
    }
    tap->n_late += (flags & (paInputOverflow | paInputUnderflow)) != 0;
    tap->calls[tap->n_calls++] = (Call){tap->n_frames, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec};
    const size_t n_samples = (size_t)n * (size_t)tap->n_channels;
    memcpy(tap->samples + tap->n_frames * tap->n_channels, in, n_samples * sizeof(float));
    tap->n_frames += (int64_t)n;
    atomic_store_explicit(&tap->n_told, tap->n_frames, memory_order_release);
    return paContinue;
}

static void *room(size_t n_bytes)
{
    void *p = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static int find_device(const char *name, int n_channels)
{
    for (int i = 0; i < Pa_GetDeviceCount(); i++) {
        const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
        if (strcmp(info->name, name) == 0 && info->maxInputChannels >= n_channels) {
            return i;
        }
    }
    return -1;
}

static int write_out(const Tap *tap, const char *path)
{
    char times_path[4096];
    (void)snprintf(times_path, sizeof times_path, "%s.times", path);
    FILE *out = fopen(path, "wb");
    FILE *times = fopen(times_path, "w");
    if (!out || !times) {
        perror(path);
        return 1;
    }
    const size_t n_samples = (size_t)tap->n_frames * (size_t)tap->n_channels;
    const int short_write = fwrite(tap->samples, sizeof(float), n_samples, out) != n_samples;
    for (int64_t i = 0; i < tap->n_calls; i++) {
        (void)fprintf(times, "%lld %lld\n", (long long)tap->calls[i].frame, (long long)tap->calls[i].at_ns);
    }
    return (fclose(out) != 0) | (fclose(times) != 0) | short_write;
}

static int fail(PaError rc)
{
    (void)fprintf(stderr, "e2e_tap: %s\n", Pa_GetErrorText(rc));
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        (void)fprintf(stderr, "e2e_tap DEVICE CHANNELS RATE OUT SECONDS\n");
        return 2;
    }
    Tap tap = {.n_channels = (int)strtol(argv[2], NULL, 10)};
    const double rate_hz = strtod(argv[3], NULL);
    tap.room_frames = (int64_t)(rate_hz * strtod(argv[5], NULL));
    tap.samples = room((size_t)tap.room_frames * (size_t)tap.n_channels * sizeof(float));
    tap.calls = room(MAX_CALLS * sizeof(Call));
    if (!tap.samples || !tap.calls) {
        perror("e2e_tap");
        return 1;
    }
    PaError rc = Pa_Initialize();
    if (rc != paNoError) {
        return fail(rc);
    }
    PaStream *stream = NULL;
    const int device = find_device(argv[1], tap.n_channels);
    if (device < 0) {
        (void)fprintf(stderr, "e2e_tap: no device %s with %d inputs\n", argv[1], tap.n_channels);
        return 1;
    }
    const PaStreamParameters in = {device, tap.n_channels, paFloat32, 0.0, NULL};
    rc = Pa_OpenStream(&stream, &in, NULL, rate_hz, paFramesPerBufferUnspecified, paClipOff | paDitherOff, callback,
                       &tap);
    rc = rc == paNoError ? Pa_StartStream(stream) : rc;
    if (rc != paNoError) {
        return fail(rc);
    }
    while (atomic_load_explicit(&tap.n_told, memory_order_acquire) == 0) {
        Pa_Sleep(5);
    }
    (void)puts("ready");
    (void)fflush(stdout);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    rc = Pa_StopStream(stream);
    if (rc != paNoError) {
        return fail(rc);
    }
    (void)printf("%lld frames, %lld late\n", (long long)tap.n_frames, (long long)tap.n_late);
    return write_out(&tap, argv[4]);
}
