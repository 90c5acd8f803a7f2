/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices there are, asked of a child of its own: some sound libraries take seconds to look, or hang. */
#include <string.h>

#include "device_child.h"
#include "sono_clock.h"
#include "sono_mem.h"
#include "sono_output.h"

#define LIST_S 5.0

static SonoStatus add(SonoDeviceList *list, const DeviceReply *device, SonoError *err)
{
    if (list->n_devices >= DEVICE_MAX_LISTED + 8) {
        return sono_fail(err, SONO_E_FORMAT, "more than %d sound devices", DEVICE_MAX_LISTED);
    }
    SonoDeviceInfo *grown = sono_realloc_array(list->devices, (size_t)list->n_devices + 1, sizeof *grown);
    if (!grown) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for the list of sound devices");
    }
    list->devices = grown;
    SonoDeviceInfo *info = &grown[list->n_devices++];
    *info = (SonoDeviceInfo){.max_output_channels = device->n_channels,
                             .max_input_channels = device->n_in_channels,
                             .default_rate_hz = device->rate_hz,
                             .low_latency_s = device->latency_s,
                             .is_default = (device->flags & DEVICE_FLAG_DEFAULT) != 0};
    memcpy(info->name, device->device, sizeof info->name);
    return SONO_OK;
}

SonoStatus sono_device_list(const char *program, SonoDeviceList *out, SonoError *err)
{
    DeviceChild child;
    SonoDeviceList list = {0};
    DeviceRequest request = {.type = DEVICE_LIST};
    const double until_s = sono_now_s() + LIST_S;
    SonoStatus status = device_child_start(&child, program, err);
    status = status == SONO_OK ? device_child_send(&child, &request, -1, err) : status;
    for (bool more = true; more && status == SONO_OK;) {
        DeviceReply reply;
        status = device_child_receive(&child, DEVICE_LIST, until_s, -1, &reply, err);
        if (status == SONO_OK) {
            more = (reply.flags & DEVICE_FLAG_MORE) != 0;
            if (more) {
                status = device_reply_check_listed(&reply, err);
                status = status == SONO_OK ? add(&list, &reply, err) : status;
            }
        }
    }
    device_child_kill(&child);
    if (status == SONO_OK) {
        *out = list;
    } else {
        sono_device_list_clear(&list);
    }
    return status;
}

void sono_device_list_clear(SonoDeviceList *list)
{
    sono_free(list->devices);
    *list = (SonoDeviceList){0};
}
