/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device without hardware, with the faults that real ones have, for tests and for machines without sound:
 *   virtual[:OPTION[,OPTION ...]]
 *   unpaced             as fast as the ring is filled, not in step with the clock
 *   drift_ppm=X         its clock runs so much too fast
 *   xrun_every=N        before every Nth callback it loses ...
 *   xrun_frames=N       ... so many frames (64)
 *   unplug_s=X          after X seconds callbacks just stop, as with a sound server that was killed
 *   rate_change_s=X     after X seconds it says that its rate is another; every second stream has that other rate
 *   channels=N          it has so many channels (64)
 *   buffer=N            frames of a callback where nobody asks for another number (256)
 * Its input is its output, one callback later. Seconds are those of its own clock. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "driver.h"
#include "sono_mem.h"

#define DEFAULT_BUFFER_FRAMES 256
#define DEFAULT_RATE_HZ 48000.0
#define MAX_CHANNELS 64
#define TURN_NS 100000
#define UNPACED_PATIENCE_TURNS 2000 /* a feeder or a reader that is away for so long will starve, or lose frames */
#define UNPACED_IDLE_TURNS 5        /* a turn in which nothing is played takes so long, so as not to burn the machine */

typedef struct VirtualOptions {
    bool unpaced;
    double drift_ppm, xrun_every, xrun_frames, unplug_s, rate_change_s, channels, buffer;
} VirtualOptions;

struct DeviceStream {
    VirtualOptions options;
    double rate_hz;
    uint32_t n_channels, n_in_channels, buffer_frames;
    LastStage *stage;
    pthread_t thread;
    bool started;
    _Atomic bool stop, changed;
    float *samples; /* [n_channels][2 * buffer_frames]: this callback's and the last one's */
};

/* One option; false: unknown, or its value is no number. */
static bool read_option(VirtualOptions *options, char *text)
{
    const struct {
        const char *name;
        double *value;
    } numbers[] = {
        {"drift_ppm", &options->drift_ppm},     {"xrun_every", &options->xrun_every},
        {"xrun_frames", &options->xrun_frames}, {"unplug_s", &options->unplug_s},
        {"channels", &options->channels},       {"rate_change_s", &options->rate_change_s},
        {"buffer", &options->buffer},
    };
    if (strcmp(text, "unpaced") == 0) {
        options->unpaced = true;
        return true;
    }
    char *value = strchr(text, '=');
    if (!value) {
        return false;
    }
    *value++ = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(text, numbers[i].name) == 0) {
            char *end = NULL;
            *numbers[i].value = strtod(value, &end);
            return *value && end && !*end && *numbers[i].value >= -1e6 && *numbers[i].value <= 1e6;
        }
    }
    return false;
}

static bool read_options(const char *device, VirtualOptions *options)
{
    char text[128];
    device_text(text, sizeof text, device);
    *options = (VirtualOptions){.xrun_frames = 64.0, .channels = MAX_CHANNELS, .buffer = DEFAULT_BUFFER_FRAMES};
    char *rest = strchr(text, ':');
    for (char *next = rest ? rest + 1 : NULL; next && *next;) {
        char *option = next;
        next = strchr(option, ',');
        if (next) {
            *next++ = 0;
        }
        if (!read_option(options, option)) {
            return false;
        }
    }
    return options->channels >= 1 && options->channels <= MAX_CHANNELS && options->buffer >= 1 &&
           options->buffer <= DEVICE_MAX_BUFFER_FRAMES && options->xrun_frames >= 0 && options->xrun_every >= 0;
}

static bool virtual_takes(const char *device)
{
    return strcmp(device, "virtual") == 0 || strncmp(device, "virtual:", 8) == 0;
}

static void virtual_list(void (*tell)(const DeviceReply *device))
{
    const DeviceReply device = {.device = "virtual",
                                .rate_hz = DEFAULT_RATE_HZ,
                                .latency_s = DEFAULT_BUFFER_FRAMES / DEFAULT_RATE_HZ,
                                .n_channels = MAX_CHANNELS,
                                .n_in_channels = MAX_CHANNELS};
    tell(&device);
}

static DeviceStream *virtual_open(const DeviceRequest *wish, DeviceReply *opened)
{
    VirtualOptions options;
    if (!read_options(wish->device, &options)) {
        device_text(opened->text, sizeof opened->text, "the virtual device does not know these options");
        return NULL;
    }
    DeviceStream *stream = sono_calloc(1, sizeof *stream);
    if (!stream) {
        device_text(opened->text, sizeof opened->text, "out of memory");
        return NULL;
    }
    stream->options = options;
    stream->rate_hz = wish->rate_hz > 0.0 ? wish->rate_hz : DEFAULT_RATE_HZ;
    if (options.rate_change_s > 0.0 && (wish->attempt & 1)) {
        stream->rate_hz = stream->rate_hz == 44100.0 ? 48000.0 : 44100.0;
    }
    const int most = (int)options.channels;
    stream->n_channels = (uint32_t)(wish->n_channels < most ? wish->n_channels : most);
    stream->n_in_channels =
        wish->n_in_channels < (int)stream->n_channels ? (uint32_t)wish->n_in_channels : stream->n_channels;
    stream->buffer_frames = wish->buffer_frames > 0 ? (uint32_t)wish->buffer_frames : (uint32_t)options.buffer;
    stream->samples = sono_alloc_aligned(stream->n_channels * 2U, stream->buffer_frames * sizeof(float));
    if (!stream->samples) {
        sono_free(stream);
        device_text(opened->text, sizeof opened->text, "out of memory");
        return NULL;
    }
    device_text(opened->device, sizeof opened->device, wish->device);
    opened->rate_hz = stream->rate_hz;
    opened->latency_s = stream->buffer_frames / stream->rate_hz;
    opened->n_channels = (int32_t)stream->n_channels;
    opened->n_in_channels = (int32_t)stream->n_in_channels;
    opened->buffer_frames = (int32_t)stream->buffer_frames;
    return stream;
}

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
    const struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

/* Time is no matter here, but what nobody was quick enough to supply is no fault of the device either. */
static void wait_for_others(const DeviceStream *stream)
{
    LastStage *stage = stream->stage;
    const uint32_t n = stream->buffer_frames;
    const int idle_turns = last_stage_is_silent(stage) ? UNPACED_IDLE_TURNS : UNPACED_PATIENCE_TURNS;
    for (int i = 0; i < UNPACED_PATIENCE_TURNS && !atomic_load_explicit(&stream->stop, memory_order_relaxed); i++) {
        if (!last_stage_would_overwrite(stage, n) && (i >= idle_turns || !last_stage_would_starve(stage, n))) {
            break;
        }
        sleep_until(now_ns() + TURN_NS);
    }
}

static void *run(void *ctx)
{
    DeviceStream *stream = ctx;
    const VirtualOptions *options = &stream->options;
    const uint32_t n = stream->buffer_frames;
    const double ns_per_frame = 1e9 / (stream->rate_hz * (1.0 + options->drift_ppm * 1e-6));
    const int64_t start_ns = now_ns();
    double n_frames = 0.0; /* of its own clock */
    for (uint64_t k = 0; !atomic_load_explicit(&stream->stop, memory_order_relaxed); k++) {
        const double at_s = n_frames / stream->rate_hz;
        if (options->unplug_s > 0.0 && at_s >= options->unplug_s) {
            break;
        }
        if (options->rate_change_s > 0.0 && at_s >= options->rate_change_s) {
            atomic_store_explicit(&stream->changed, true, memory_order_relaxed);
            break;
        }
        if (options->xrun_every >= 1.0 && k > 0 && k % (uint64_t)options->xrun_every == 0) {
            last_stage_count_xrun(stream->stage);
            n_frames += options->xrun_frames;
        }
        int64_t period_ns = start_ns + (int64_t)(n_frames * ns_per_frame);
        if (options->unpaced) {
            wait_for_others(stream);
            period_ns = now_ns();
        } else {
            sleep_until(period_ns);
        }
        float *out[MAX_CHANNELS];
        const float *in[MAX_CHANNELS];
        for (uint32_t c = 0; c < stream->n_channels; c++) {
            out[c] = stream->samples + (2 * c + (k & 1)) * (size_t)n;
            in[c] = stream->samples + (2 * c + (~k & 1)) * (size_t)n;
        }
        last_stage_run(stream->stage, in, out, n, period_ns + (int64_t)(n * ns_per_frame));
        n_frames += n;
    }
    return NULL;
}

static bool virtual_start(DeviceStream *stream, LastStage *stage, DeviceReply *reply)
{
    stream->stage = stage;
    stream->started = pthread_create(&stream->thread, NULL, run, stream) == 0;
    if (!stream->started) {
        device_text(reply->text, sizeof reply->text, "no thread for the virtual device");
    }
    return stream->started;
}

static const char *virtual_gone(DeviceStream *stream, uint32_t *flags)
{
    *flags = DEVICE_FLAG_AGAIN;
    return atomic_load_explicit(&stream->changed, memory_order_relaxed) ? "the device changed its rate" : NULL;
}

static void virtual_stop(DeviceStream *stream)
{
    atomic_store_explicit(&stream->stop, true, memory_order_relaxed);
    if (stream->started) {
        (void)pthread_join(stream->thread, NULL);
    }
    sono_free(stream->samples);
    sono_free(stream);
}

const DeviceDriver device_driver_virtual = {
    .name = "virtual",
    .takes = virtual_takes,
    .list = virtual_list,
    .open = virtual_open,
    .start = virtual_start,
    .gone = virtual_gone,
    .stop = virtual_stop,
};
