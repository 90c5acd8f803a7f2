/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a way to reach devices has to offer: a file that fills this table, and a row in drivers.def. Thread: main of
 * sonobrush-audio. Any of these may hang or never return: the editor kills the child then. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "device_protocol.h"
#include "last_stage.h"

typedef struct DeviceStream DeviceStream; /* a driver's own */

typedef struct DeviceDriver {
    const char *name;
    /* Is this name (empty: the default device) for this driver? The first row that says so serves it. */
    bool (*takes)(const char *device);
    /* Calls tell for each device; of reply, what DEVICE_LIST says counts. */
    void (*list)(void (*tell)(const DeviceReply *device));
    /* Opens without playing yet; fills device, rates, channels, buffer, latency of opened. NULL: not; opened->text has
     * the reason. */
    DeviceStream *(*open)(const DeviceRequest *wish, DeviceReply *opened);
    /* Callbacks run the stage from now on. False: refused, reply->text has the reason. */
    bool (*start)(DeviceStream *stream, LastStage *stage, DeviceReply *reply);
    /* Whether the device went away or changed, as far as it tells; NULL: no. flags: DEVICE_FLAG_AGAIN or 0. */
    const char *(*gone)(DeviceStream *stream, uint32_t *flags);
    /* No callback runs when this returns; frees the stream. */
    void (*stop)(DeviceStream *stream);
} DeviceDriver;

#define DEVICE_DRIVER(name) extern const DeviceDriver device_driver_##name;
#include "drivers.def"
#undef DEVICE_DRIVER

/* Copy a text into a field of a message, whole UTF-8 characters only. */
void device_text(char *to, uint32_t n_to, const char *from);
