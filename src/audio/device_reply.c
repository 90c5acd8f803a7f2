/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the device child says, checked where it enters: it shares its address space with drivers and servers of all
 * kinds. */
#include <stdbool.h>
#include <stddef.h>

#include "device_child.h"
#include "sono_output.h"

#define MAX_BUFFER_FRAMES 65536
#define MAX_LATENCY_S 10.0

/* Bytes of the valid, printable UTF-8 character at text; 0: there is none. */
static size_t character(const unsigned char *text)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t extra = 0; extra < 4; extra++) {
        if ((text[0] & forms[extra].mask) != forms[extra].lead) {
            continue;
        }
        uint32_t code = text[0] & (unsigned char)~forms[extra].mask;
        for (size_t i = 1; i <= extra; i++) {
            if ((text[i] & 0xc0) != 0x80) {
                return 0;
            }
            code = code << 6 | (text[i] & 0x3fU);
        }
        const bool control = code == 0x7f || (code >= 0x80 && code < 0xa0);
        const bool surrogate = code >= 0xd800 && code < 0xe000;
        return code < forms[extra].least || code > 0x10ffff || control || surrogate ? 0 : extra + 1;
    }
    return 0;
}

static void clean(char *text, size_t n)
{
    text[n - 1] = 0;
    for (size_t i = 0; text[i];) {
        const size_t bytes = character((const unsigned char *)text + i);
        if (bytes == 0) {
            text[i] = '?';
        }
        i += bytes > 0 ? bytes : 1;
    }
}

void device_reply_clean(DeviceReply *reply)
{
    clean(reply->device, sizeof reply->device);
    clean(reply->text, sizeof reply->text);
}

static bool is_rate(double rate_hz)
{
    return rate_hz >= DEVICE_MIN_RATE_HZ && rate_hz <= DEVICE_MAX_RATE_HZ;
}

/* PortAudio 19.6 says 0 or the like of 89,478 s under JACK. */
static bool is_latency(double latency_s)
{
    return latency_s > 0.0 && latency_s < MAX_LATENCY_S;
}

SonoStatus device_reply_check_open(const DeviceReply *reply, SonoError *err)
{
    if (!is_rate(reply->rate_hz) || reply->n_channels < 1 || reply->n_channels > SONO_OUTPUT_MAX_CHANNELS ||
        reply->n_in_channels < 0 || reply->n_in_channels > SONO_OUTPUT_MAX_CHANNELS || reply->buffer_frames < 0 ||
        reply->buffer_frames > MAX_BUFFER_FRAMES) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the device claims %d channels, %d inputs at %g Hz in buffers of %d",
                         reply->device, reply->n_channels, reply->n_in_channels, reply->rate_hz, reply->buffer_frames);
    }
    return SONO_OK;
}

SonoStatus device_reply_check_started(const DeviceReply *reply, DeviceReply *opened, SonoError *err)
{
    if (reply->buffer_frames < 1 || reply->buffer_frames > MAX_BUFFER_FRAMES) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the device asks for %d frames at once", opened->device,
                         reply->buffer_frames);
    }
    opened->buffer_frames = reply->buffer_frames;
    if (!is_latency(opened->latency_s)) {
        opened->latency_s = reply->buffer_frames / opened->rate_hz;
    }
    return SONO_OK;
}

SonoStatus device_reply_check_listed(DeviceReply *reply, SonoError *err)
{
    if (!reply->device[0] || reply->n_channels < 0 || reply->n_in_channels < 0 || reply->flags > DEVICE_FLAGS_ALL) {
        return sono_fail(err, SONO_E_FORMAT, "the list of sound devices makes no sense");
    }
    if (!is_rate(reply->rate_hz)) {
        reply->rate_hz = 0.0;
    }
    if (!is_latency(reply->latency_s)) {
        reply->latency_s = 0.0;
    }
    return SONO_OK;
}
