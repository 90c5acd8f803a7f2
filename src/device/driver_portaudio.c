/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sound cards and sound servers by PortAudio. Debian's is of 2016: latencies under JACK are nonsense (0, or an
 * underflow), it does not notice that a JACK server died, and closing the stream then blocks for minutes. */
#define _GNU_SOURCE
#include <pa_jack.h>
#include <portaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "portaudio_names.h"
#include "sono_mem.h"

#define MAX_PLAUSIBLE_DELAY_S 2.0
#define WANTED_LATENCY_S 0.02 /* of what has a choice: ALSA's own "low" is too low for many a machine */

struct DeviceStream {
    PaStream *stream;
    LastStage *stage;
    double rate_hz;
    double turn_s;        /* when the present turn of the device began, by PortAudio's clock; of the callback */
    uint32_t turn_frames; /* asked for in it */
    _Atomic bool finished;
};

/* Once per process; false with a reason where there is no PortAudio to be had. JACK clients of one name share sockets
 * and semaphores, also when one of them belongs to a server that is gone. */
static bool initialised(bool beside, char *text, uint32_t n_text)
{
    static bool done;
    static char name[32]; /* PortAudio keeps the pointer */
    if (!done) {
        (void)snprintf(name, sizeof name, beside ? "Sonobrush-%d" : "Sonobrush", (int)getpid());
        (void)PaJack_SetClientName(name);
        const PaError rc = Pa_Initialize();
        done = rc == paNoError;
        if (!done) {
            device_text(text, n_text, Pa_GetErrorText(rc));
        }
    }
    return done;
}

static bool portaudio_takes(const char *device)
{
    (void)device;
    return true;
}

static void name_of(int index, char out[DEVICE_NAME_BYTES])
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    const PaHostApiInfo *host = info ? Pa_GetHostApiInfo(info->hostApi) : NULL;
    device_name_make(out, host ? host->name : "", info && info->name ? info->name : "");
}

static int n_devices(void)
{
    const int n = Pa_GetDeviceCount();
    return n < 0 ? 0 : n < DEVICE_MAX_LISTED ? n : DEVICE_MAX_LISTED;
}

/* A JACK server that runs was meant to be used; else what leads to the desktop's server; else what PortAudio says. */
static int default_device(void)
{
    static const char *const preferred[] = {"ALSA: pipewire", "ALSA: pulse", "ALSA: default"};
    const PaHostApiIndex jack = Pa_HostApiTypeIdToHostApiIndex(paJACK);
    const PaHostApiInfo *host = jack >= 0 ? Pa_GetHostApiInfo(jack) : NULL;
    if (host && host->defaultOutputDevice >= 0) {
        return host->defaultOutputDevice;
    }
    for (size_t p = 0; p < sizeof preferred / sizeof *preferred; p++) {
        for (int i = 0; i < n_devices(); i++) {
            char name[DEVICE_NAME_BYTES];
            name_of(i, name);
            if (strcmp(name, preferred[p]) == 0 && Pa_GetDeviceInfo(i)->maxOutputChannels > 0) {
                return i;
            }
        }
    }
    return Pa_GetDefaultOutputDevice();
}

static void portaudio_list(void (*tell)(const DeviceReply *device))
{
    DeviceReply device = {0};
    if (!initialised(true, device.text, sizeof device.text)) {
        return;
    }
    const int by_default = default_device();
    for (int i = 0; i < n_devices(); i++) {
        const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
        device = (DeviceReply){.flags = i == by_default ? DEVICE_FLAG_DEFAULT : 0,
                               .rate_hz = info->defaultSampleRate,
                               .latency_s = info->defaultLowOutputLatency,
                               .n_channels = info->maxOutputChannels,
                               .n_in_channels = info->maxInputChannels};
        name_of(i, device.device);
        tell(&device);
    }
}

/* The index of the device that is meant; negative: none, with the reason. */
static int find_device(const char *wish, char *text, uint32_t n_text)
{
    if (!*wish) {
        const int index = default_device();
        if (index < 0) {
            device_text(text, n_text, "there is no sound device");
        }
        return index;
    }
    char names[DEVICE_MAX_LISTED][DEVICE_NAME_BYTES];
    const int n = n_devices();
    for (int i = 0; i < n; i++) {
        name_of(i, names[i]);
    }
    const int index = device_name_find(wish, (const char(*)[DEVICE_NAME_BYTES])names, n);
    if (index < 0) {
        char line[DEVICE_NAME_BYTES + 64];
        (void)snprintf(line, sizeof line,
                       index == DEVICE_NAME_SEVERAL ? "more than one sound device is called \"%s\""
                                                    : "there is no sound device called \"%s\"",
                       wish);
        device_text(text, n_text, line);
    }
    return index;
}

static int64_t now_ns(void)
{
    struct timespec t; /* without a system call wherever the clock can be read without */
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* PortAudio cuts the long periods of a JACK server into calls of 1024 frames, one right after the other, and gives all
 * of them the same time. */
static void note_turn(DeviceStream *stream, uint32_t n_frames, const PaStreamCallbackTimeInfo *times)
{
    if (times && times->currentTime > 0.0 && times->currentTime == stream->turn_s) {
        stream->turn_frames += n_frames;
    } else {
        stream->turn_s = times ? times->currentTime : 0.0;
        stream->turn_frames = n_frames;
    }
    last_stage_note_turn(stream->stage, stream->turn_frames);
}

static int callback(const void *in, void *out, unsigned long n_frames, const PaStreamCallbackTimeInfo *times,
                    PaStreamCallbackFlags flags, void *ctx)
{
    DeviceStream *stream = ctx;
    const int64_t now = now_ns();
    double delay_s = times ? times->outputBufferDacTime - times->currentTime : 0.0;
    if (!(delay_s > 0.0 && delay_s < MAX_PLAUSIBLE_DELAY_S)) {
        delay_s = (double)n_frames / stream->rate_hz;
    }
    if (flags & (paInputUnderflow | paInputOverflow | paOutputUnderflow | paOutputOverflow)) {
        last_stage_count_xrun(stream->stage);
    }
    note_turn(stream, (uint32_t)n_frames, times);
    last_stage_run(stream->stage, in, out, (uint32_t)n_frames, now + (int64_t)(delay_s * 1e9));
    return paContinue;
}

static void finished(void *ctx)
{
    DeviceStream *stream = ctx;
    atomic_store_explicit(&stream->finished, true, memory_order_relaxed);
}

typedef struct Attempt {
    PaStreamParameters out, in;
    double rate_hz;
} Attempt;

static PaError try_open(DeviceStream *stream, const Attempt *attempt, int buffer_frames)
{
    return Pa_OpenStream(&stream->stream, attempt->in.channelCount > 0 ? &attempt->in : NULL, &attempt->out,
                         attempt->rate_hz, buffer_frames > 0 ? (unsigned long)buffer_frames : 0, paClipOff, callback,
                         stream);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* As it was wished, then with what the device itself prefers, one thing after the other. */
static PaError open_somehow(DeviceStream *stream, int index, const DeviceRequest *wish, Attempt *attempt)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    const int most = least(info->maxOutputChannels, 64);
    const int channels[] = {least(wish->n_channels, most), least(2, most), most};
    const double rates[] = {wish->rate_hz > 0.0 ? wish->rate_hz : info->defaultSampleRate, info->defaultSampleRate};
    int in_index = index;
    if (info->maxInputChannels <= 0) {
        in_index = Pa_GetHostApiInfo(info->hostApi)->defaultInputDevice;
    }
    const PaDeviceInfo *in_info = in_index >= 0 ? Pa_GetDeviceInfo(in_index) : NULL;
    const int n_in = in_info ? least(wish->n_in_channels, in_info->maxInputChannels) : 0;
    const double low_s = info->defaultLowOutputLatency;
    const double latency_s = wish->buffer_frames > 0 || low_s > WANTED_LATENCY_S ? low_s : WANTED_LATENCY_S;
    PaError rc = paInvalidChannelCount;
    for (int with_in = n_in > 0; with_in >= 0; with_in--) {
        for (int r = 0; r < 2; r++) {
            for (int c = 0; c < 3; c++) {
                *attempt = (Attempt){
                    .out = {index, channels[c], paFloat32 | paNonInterleaved, latency_s, NULL},
                    .in = {in_index, with_in ? n_in : 0, paFloat32 | paNonInterleaved, latency_s, NULL},
                    .rate_hz = rates[r],
                };
                rc = channels[c] > 0 ? try_open(stream, attempt, wish->buffer_frames) : paInvalidChannelCount;
                if (rc == paNoError || rc == paDeviceUnavailable) {
                    return rc;
                }
            }
        }
    }
    return rc;
}

static void describe(PaError rc, char *text, uint32_t n_text)
{
    const PaHostErrorInfo *host = rc == paUnanticipatedHostError ? Pa_GetLastHostErrorInfo() : NULL;
    device_text(text, n_text, host && host->errorText && *host->errorText ? host->errorText : Pa_GetErrorText(rc));
}

static DeviceStream *portaudio_open(const DeviceRequest *wish, DeviceReply *opened)
{
    if (!initialised(wish->beside != 0, opened->text, sizeof opened->text)) {
        return NULL;
    }
    const int index = find_device(wish->device, opened->text, sizeof opened->text);
    if (index < 0) {
        return NULL;
    }
    DeviceStream *stream = sono_calloc(1, sizeof *stream);
    if (!stream) {
        device_text(opened->text, sizeof opened->text, "out of memory");
        return NULL;
    }
    Attempt attempt;
    const PaError rc = open_somehow(stream, index, wish, &attempt);
    if (rc != paNoError) {
        describe(rc, opened->text, sizeof opened->text);
        sono_free(stream);
        return NULL;
    }
    (void)Pa_SetStreamFinishedCallback(stream->stream, finished);
    const PaStreamInfo *info = Pa_GetStreamInfo(stream->stream);
    stream->rate_hz = attempt.rate_hz;
    name_of(index, opened->device);
    opened->rate_hz = info && info->sampleRate > 0.0 ? info->sampleRate : attempt.rate_hz;
    opened->latency_s = info ? info->outputLatency : 0.0;
    opened->n_channels = attempt.out.channelCount;
    opened->n_in_channels = attempt.in.channelCount;
    opened->buffer_frames = wish->buffer_frames;
    return stream;
}

static bool portaudio_start(DeviceStream *stream, LastStage *stage, DeviceReply *reply)
{
    stream->stage = stage;
    const PaError rc = Pa_StartStream(stream->stream);
    if (rc != paNoError) {
        describe(rc, reply->text, sizeof reply->text);
    }
    return rc == paNoError;
}

static const char *portaudio_gone(DeviceStream *stream, uint32_t *flags)
{
    *flags = 0;
    return atomic_load_explicit(&stream->finished, memory_order_relaxed) ? "the sound server ended the stream" : NULL;
}

static void portaudio_stop(DeviceStream *stream)
{
    (void)Pa_AbortStream(stream->stream);
    (void)Pa_CloseStream(stream->stream);
    (void)Pa_Terminate();
    sono_free(stream);
}

const DeviceDriver device_driver_portaudio = {
    .name = "portaudio",
    .takes = portaudio_takes,
    .list = portaudio_list,
    .open = portaudio_open,
    .start = portaudio_start,
    .gone = portaudio_gone,
    .stop = portaudio_stop,
};
