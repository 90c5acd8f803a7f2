/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "portaudio_names.h"

#include <stdio.h>
#include <string.h>

#include "driver.h"

static const char *short_host(const char *host)
{
    return strncmp(host, "JACK", 4) == 0 ? "JACK" : host;
}

void device_name_make(char out[DEVICE_NAME_BYTES], const char *host, const char *device)
{
    char whole[512];
    (void)snprintf(whole, sizeof whole, "%s: %s", short_host(host), device);
    for (char *c = whole; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    device_text(out, DEVICE_NAME_BYTES, whole);
}

static const char *device_part(const char *name)
{
    const char *colon = strstr(name, ": ");
    return colon ? colon + 2 : name;
}

int device_name_find(const char *wish, const char (*names)[DEVICE_NAME_BYTES], int n_names)
{
    for (int i = 0; i < n_names; i++) {
        if (strcmp(names[i], wish) == 0) {
            return i;
        }
    }
    for (int i = 0; i < n_names; i++) {
        if (strcmp(device_part(names[i]), wish) == 0) {
            return i;
        }
    }
    int found = DEVICE_NAME_NONE;
    for (int i = 0; i < n_names; i++) {
        if (strcasestr(names[i], wish)) {
            if (found != DEVICE_NAME_NONE) {
                return DEVICE_NAME_SEVERAL;
            }
            found = i;
        }
    }
    return found;
}
